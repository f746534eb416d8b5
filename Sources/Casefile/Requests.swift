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
        // What is told with it is told to the others once it is agreed to.
        codes["key"] = newKeys.first { $0.kind == "shared" }?.key.id.description
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
        decided = request
        codes["request-act"] = request.rule.name
        for (name, value) in request.act.codes where codes[name] == nil && !["approver", "key"].contains(name) {
            codes[name] = value
        }
        codes["request"] = String(sequence)
        codes["agreed"] = input.values["agreed"]
        guard input.values["agreed"] == "yes" else { return }
        if let key = open.sharedKeys.first(where: { $0.id.description == request.act.codes["key"] }) {
            share(key, with: bothSides())
        }
        let stage = open.stored.standing.stage
        if let mark = request.rule.mark,
            request.rule.steps.isEmpty || request.rule.steps.contains(where: { $0.stage == stage })
        {
            add(mark: mark)
        }
        if request.rule.effect == "bar-person", let person = request.act.codes["person"].flatMap({ StaffID($0) }) {
            add([person: .recused])
            try withdraw(from: [person])
        }
    }

    /// What was told across offices and organs, for one more office: not what was told with a request that nobody has
    /// agreed to, unless that office was asked.
    func sharedKeys(for office: OfficeID) -> [HeldKey] {
        let done = after.standing.done
        let agreed = Set(
            done.filter { $0.act == "decide" && $0.codes["agreed"] == "yes" }.compactMap { $0.codes["request"] })
        let withheld = Set(
            done.filter { act in
                !agreed.contains(String(act.sequence))
                    && act.codes["approver"]?.split(separator: " ").contains(Substring(office.description)) == false
            }.compactMap { $0.codes["key"] })
        return open.sharedKeys.filter { !withheld.contains($0.id.description) }
    }

    mutating func add(mark: String) {
        if !after.marks.contains(mark) { after.marks.append(mark) }
    }

    /// The key of what both sides of a hop read: the offices of the holding organ, the sender's desk, the asker's and
    /// the approvers' offices. One for each act. What is told with a request is the asker's and the approvers' until it
    /// is agreed to.
    mutating func sharedKey() throws -> HeldKey {
        if let made = newKeys.first(where: { $0.kind == "shared" }) { return made.key }
        guard let custody = open.stored.standing.custody else { throw CasefileError.notFound }
        let world = open.picture.world
        let standing = open.stored.standing
        let key = HeldKey.fresh()
        newKeys.append(NewKey(key: key, kind: "shared", custody: custody.index))
        let own = viewer.map { world.places(of: $0.staff, on: standing).map(\.office) } ?? []
        var offices = open.workflow.approvers(
            of: rule, asker: viewer?.staff, except: codes["person"].flatMap { StaffID($0) }, on: standing, world: world
        ).map(\.office)
        let refuses = rule.effect == "decide" && codes["agreed"] != "yes"
        if rule.approval.isEmpty && !refuses {
            offices += bothSides()
            for request in open.workflow.pending(on: standing) {
                offices += open.workflow.asked(by: request, on: standing, world: world).map(\.office)
            }
            // A decision of the leaders is read by them.
            if let leaders = world.deciders(of: custody.organ, barred: after.standing.barred, except: nil)?.office {
                offices.append(leaders)
            }
        } else {
            offices += bothSides().filter(own.contains)
        }
        // Whoever asked reads the answer.
        if rule.effect == "decide", let asker = decided?.act.staff {
            offices += world.places(of: asker, on: standing).map(\.office).filter {
                bothSides().contains($0) || standing.watchers[$0] != nil
            }
            offices += own.filter { office in
                decided.map { open.workflow.asked(by: $0, on: standing, world: world).contains { $0.office == office } }
                    ?? false
            }
        }
        // A watcher reads what it asked for.
        offices += own.filter { standing.watchers[$0] != nil }
        share(key, with: offices)
        return key
    }

    /// The offices on both sides of the last hop.
    private func bothSides() -> [OfficeID] {
        let standing = open.stored.standing
        // Why it is to be returned is told to the sender when it is returned.
        let sender = rule.effect == "propose-return" ? nil : standing.senderCustody?.intakeOffice
        return [standing.custody?.office, standing.custody?.intakeOffice, sender].compactMap(\.self)
    }

    private mutating func share(_ key: HeldKey, with offices: [OfficeID]) {
        guard let custody = open.stored.standing.custody else { return }
        var seen: Set<OfficeID> = []
        for office in offices where seen.insert(office).inserted {
            let looksOn = open.stored.standing.watchers[office] != nil
            let audience: Audience =
                office == custody.intakeOffice ? custody.audience : looksOn ? .director : .letters
            wraps += open.picture.wraps(of: key, to: office, audience: audience, barred: after.standing.barred)
        }
    }
}
