import Casework
import Kernel
import Sealing

/// What is told across offices and organs is sealed under a key of its own, one for each act.
extension ActChange {
    /// The key of what is told with this act.
    mutating func sharedKey() throws -> HeldKey {
        if let made = newKeys.first(where: { $0.kind == "shared" }) { return made.key }
        guard let custody = open.stored.standing.custody else { throw CasefileError.notFound }
        let key = HeldKey.fresh()
        newKeys.append(NewKey(key: key, kind: "shared", custody: custody.index))
        share(key, with: readers())
        return key
    }

    /// Who reads what is told with this act: both sides of the last hop, and the leaders whose decision it is. A request
    /// is the asker's and the approvers' until it is agreed to; the answer is told to whoever asked, and to the others
    /// if it is yes. Offices that look on read what they asked for.
    private func readers() -> [OfficeID] {
        let standing = open.stored.standing
        let (workflow, world) = (open.workflow, open.picture.world)
        func offices(of person: StaffID?) -> [OfficeID] {
            person.map { world.places(of: $0, on: standing).map(\.office) } ?? []
        }
        func asked(by request: Request) -> [OfficeID] {
            workflow.asked(by: request, on: standing, world: world).map(\.office)
        }
        let own = offices(of: viewer?.staff)
        if rule.effect == "recuse" {
            // Who was asked for a view tells the desk, which has to go on without them.
            let isConsulted = standing.consulted(in: world).map(own.contains) ?? false
            return beside(own) + (isConsulted ? [standing.custody?.intakeOffice].compactMap(\.self) : [])
        }
        let leaders = standing.custody.flatMap {
            world.deciders(of: $0.organ, barred: after.standing.barred, except: nil)?.office
        }
        // As of all that is told, the leaders hold the key: whoever bars a clerk takes it from the desk as a whole.
        if rule.effect == "consult" || rule.effect == "advise" { return studying + [leaders].compactMap(\.self) }
        let watching = own.filter { standing.watchers[$0] != nil }
        if !rule.approval.isEmpty {
            let person = codes["person"].flatMap { StaffID($0) }
            let approvers = workflow.approvers(
                of: rule, chosen: codes, asker: viewer?.staff, except: person, on: standing, world: world)
            return approvers.map(\.office) + bothSides.filter(own.contains) + watching
        }
        let all = bothSides + [leaders].compactMap(\.self) + watching
        guard let decided else {
            let pending = workflow.pending(on: standing).filter {
                !workflow.isBlind($0, on: standing, world: world)
            }
            return all + pending.flatMap(asked)
        }
        if workflow.isBlind(decided, on: standing, world: world) { return asked(by: decided).filter(own.contains) }
        let answered =
            offices(of: decided.act.staff).filter { bothSides.contains($0) || standing.watchers[$0] != nil }
            + asked(by: decided).filter(own.contains)
        return codes["agreed"] == "yes" ? all + answered : answered
    }

    /// The offices on both sides of the last hop. Why a report is to be returned is told to the sender when it is.
    var bothSides: [OfficeID] {
        let standing = open.stored.standing
        let sender = rule.effect == "propose-return" ? nil : standing.senderCustody?.intakeOffice
        return [standing.custody?.office, standing.custody?.intakeOffice, sender].compactMap(\.self)
    }

    mutating func share(_ key: HeldKey, with offices: [OfficeID]) {
        guard let custody = open.stored.standing.custody else { return }
        var seen: Set<OfficeID> = []
        for office in offices where seen.insert(office).inserted {
            let looksOn = open.stored.standing.watchers[office] != nil
            let audience: Audience =
                office == custody.intakeOffice ? custody.audience : looksOn ? .director : .letters
            wraps += open.picture.wraps(of: key, to: office, audience: audience, barred: after.standing.barred)
        }
    }

    /// What was told before, for one more office: not what was told with a request that nobody has agreed to, unless that
    /// office was asked.
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
}

extension OpenReport {
    /// The keys of what was told across offices and organs, as far as this viewer holds them.
    var sharedKeys: [HeldKey] { keys.filter { $0.key.kind == "shared" }.map(\.value) }

    /// The key of what was told with an act, in this viewer's hands.
    func sharedKey(of act: DoneAct?) -> HeldKey? {
        guard let id = act?.codes["key"] else { return nil }
        return sharedKeys.first { $0.id.description == id }
    }
}
