import Casework
import Kernel
import Sealing

/// Acts that take effect once somebody else agrees: extension, supervision, recusal that was asked for, clarification.
extension ActChange {
    /// Notes a request. Whoever must agree gets what they need to decide; nobody to ask means nothing is written.
    mutating func ask() throws {
        let world = open.picture.world
        guard let custody = open.stored.standing.custody else { throw CasefileError.notFound }
        // Whoever is asked to stand aside does not decide on it.
        let places = open.workflow.approvers(
            of: rule, chosen: codes, asker: viewer?.staff, except: codes["person"].flatMap { StaffID($0) },
            on: open.stored.standing, world: world)
        guard !places.isEmpty else { throw CasefileError.nobodyHome(organ: custody.organ.description) }
        // What is told with it is told to the others once it is agreed to.
        codes["key"] = newKeys.first { $0.kind == "shared" }?.key.id.description
        if rule.isOfHolder { codes["asked-at"] = custody.office.description }
        codes["approver"] = places.map(\.office.description).joined(separator: " ")
        // Whoever agrees blindly gets no key for it, and has taken no part in the matter.
        if open.workflow.isBlind(rule, chosen: codes, on: open.stored.standing, world: world) {
            codes["blind"] = "yes"
            return
        }
        for place in places {
            if world.offices[place.office]?.organ == custody.organ, open.reach.papers {
                try admit(place.office, audience: .letters)
            } else if let letterKey = open.letterKey {
                wraps += open.picture.wraps(
                    of: letterKey, to: place.office, audience: .letters, barred: after.standing.barred)
            }
        }
    }

    /// Decides on a request; what was agreed to takes effect with this event.
    mutating func decide(_ input: CheckedInput) throws {
        guard let viewer, let sequence = input.values["request"].flatMap({ Int($0) }),
            let request = open.workflow.requests(
                for: viewer.staff, on: open.stored.standing, world: open.picture.world
            ).first(where: { $0.sequence == sequence })
        else { throw CasefileError.notNow }
        decided = request
        codes["request-act"] = request.rule.name
        for (name, value) in request.act.codes
        where codes[name] == nil && !["approver", "key", "asked-at"].contains(name) {
            codes[name] = value
        }
        codes["request"] = String(sequence)
        codes["agreed"] = input.values["agreed"]
        guard input.values["agreed"] == "yes" else { return }
        if request.rule.effect == "open-identity" { return try openIdentity(request) }
        if let key = open.sharedKey(of: request.act) { share(key, with: bothSides) }
        let stage = open.stored.standing.stage
        if let mark = request.rule.mark,
            request.rule.steps.isEmpty || request.rule.steps.contains(where: { $0.stage == stage })
        {
            add(mark: mark)
        }
        if request.rule.effect == "bar-person", let person = request.act.codes["person"].flatMap({ StaffID($0) }) {
            add([person: .recused])
            try withdraw(from: [person])
            try refuseToLeaveNobody(for: person)
        }
    }

    mutating func add(mark: String) {
        if !after.marks.contains(mark) { after.marks.append(mark) }
    }

    /// The reporter wrote, objected or sent a file: lists say so until an act takes the mark away, as the rules have it.
    /// Before it is registered all of it is new.
    mutating func markNews() {
        if open.stored.standing.stage != "received" { add(mark: "reporter-news") }
    }
}
