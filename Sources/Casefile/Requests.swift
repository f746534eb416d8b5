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
            of: rule, asker: viewer?.staff, except: codes["person"].flatMap { StaffID($0) },
            on: open.stored.standing, world: world)
        guard !places.isEmpty else { throw CasefileError.nobodyHome(organ: custody.organ.description) }
        codes["approver"] = places.map(\.office.description).joined(separator: " ")
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
        codes["request-act"] = request.rule.name
        for (name, value) in request.act.codes where codes[name] == nil && name != "approver" { codes[name] = value }
        codes["request"] = String(sequence)
        codes["agreed"] = input.values["agreed"]
        guard input.values["agreed"] == "yes" else { return }
        if let mark = request.rule.mark { add(mark: mark) }
        if request.rule.effect == "bar-person", let person = request.act.codes["person"].flatMap({ StaffID($0) }) {
            add([person: .recused])
            try withdraw(from: [person])
        }
    }

    mutating func add(mark: String) {
        if !after.marks.contains(mark) { after.marks.append(mark) }
    }

    /// The key of what both sides of a hop read: the offices of the holding organ, the sender's desk, the asker's and
    /// the approvers' offices. One for each act.
    mutating func sharedKey() throws -> HeldKey {
        if let made = newKeys.first(where: { $0.kind == "shared" }) { return made.key }
        guard let custody = open.stored.standing.custody else { throw CasefileError.notFound }
        let world = open.picture.world
        let standing = open.stored.standing
        let key = HeldKey.fresh()
        newKeys.append(NewKey(key: key, kind: "shared", custody: custody.index))
        var offices = [custody.office, custody.intakeOffice, standing.senderCustody?.intakeOffice].compactMap(\.self)
        for request in open.workflow.pending(on: standing) {
            offices += open.workflow.asked(by: request, on: standing, world: world).map(\.office)
        }
        offices += open.workflow.approvers(
            of: rule, asker: viewer?.staff, except: codes["person"].flatMap { StaffID($0) }, on: standing, world: world
        ).map(\.office)
        // A decision of the leaders is read by them, and a watcher reads what it asked for.
        if let leaders = world.deciders(of: custody.organ, barred: after.standing.barred, except: nil)?.office {
            offices.append(leaders)
        }
        offices +=
            viewer.map { world.places(of: $0.staff).filter(\.admitted).map(\.office) }?
            .filter { standing.watchers[$0] != nil } ?? []
        var seen: Set<OfficeID> = []
        for office in offices where seen.insert(office).inserted {
            let audience: Audience = office == custody.intakeOffice ? custody.audience : .letters
            wraps += open.picture.wraps(of: key, to: office, audience: audience, barred: after.standing.barred)
        }
        return key
    }
}
