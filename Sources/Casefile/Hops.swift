import Casework
import Kernel

/// Ways back and sideways: a return to who sent it, the alarm when it goes to and fro, the common superior's decision.
extension ActChange {
    /// The organ it was forwarded or assigned to gives it back, with its leaders' approval (规则 16条).
    mutating func handBack() throws {
        guard let letterKey = open.letterKey, let custody = open.stored.standing.custody,
            let sender = open.stored.standing.senderCustody
        else { throw CasefileError.keyMissing }
        let made = open.picture.wraps(
            of: letterKey, to: sender.intakeOffice, audience: sender.audience, barred: after.standing.barred)
        guard !made.isEmpty else { throw CasefileError.nobodyHome(organ: sender.organ.description) }
        wraps += made
        if let key = open.sharedKey(of: open.stored.standing.done.last { $0.act == "return" }) {
            wraps += open.picture.wraps(
                of: key, to: sender.intakeOffice, audience: sender.audience, barred: after.standing.barred)
        }
        codes["to"] = sender.organ.description
        arrive(at: sender.organ, desk: sender.intakeOffice, audience: sender.audience, via: "return", after: custody)
        try alarmIfToAndFro()
    }

    /// The common superior takes the matter to itself and says who handles it.
    mutating func callIn() throws {
        let world = open.picture.world
        guard let letterKey = open.letterKey, let viewer, let custody = open.stored.standing.custody,
            let office = world.places(of: viewer.staff, on: open.stored.standing).first(where: {
                after.standing.watchers[$0.office] == "alarm"
            })?.office, let organ = world.offices[office]?.organ
        else { throw CasefileError.keyMissing }
        wraps += open.picture.wraps(of: letterKey, to: office, audience: .letters, barred: after.standing.barred)
        codes["to"] = organ.description
        arrive(at: organ, desk: office, audience: .letters, via: "call-in", after: custody)
        after.standing.stage = "incoming"
    }

    /// The report arrives at another organ with a custody of its own; its letter key goes with it.
    mutating func arrive(at target: Organ, audience: Audience) throws {
        let world = open.picture.world
        guard let custody = open.stored.standing.custody, let letterKey = open.letterKey else {
            throw CasefileError.keyMissing
        }
        guard let desk = world.office(audience == .internal ? .internal : .letters, of: target.id) else {
            throw CasefileError.nobodyHome(organ: target.code)
        }
        let made = open.picture.wraps(
            of: letterKey, to: desk.id, audience: audience, barred: after.standing.barred)
        guard !made.isEmpty else { throw CasefileError.nobodyHome(organ: target.code) }
        wraps += made
        codes["to"] = target.id.description
        arrive(at: target.id, desk: desk.id, audience: audience, via: rule.name, after: custody)
        try alarmIfToAndFro()
    }

    /// The report is at another desk; what was proposed or decided at the last one is over.
    mutating func arrive(at organ: OrganID, desk: OfficeID, audience: Audience, via: String, after last: Custody) {
        arrives = true
        // A clock that stood still stood still at the last desk. What a letter is stays.
        let over = Set(open.workflow.acts.values.flatMap(\.unmark)).subtracting(Workflow.lastingMarks)
        after.marks.removeAll { over.contains($0) }
        after.standing.custodies.append(
            Custody(
                index: last.index + 1, organ: organ, intakeOffice: desk, office: desk, audience: audience, via: via,
                since: at, number: nil))
        after.standing.handlers = []
        after.standing.proposal = nil
        after.standing.proposer = nil
        after.standing.disposal = nil
        after.standing.team = []
        after.standing.watchers = [:]
        after.standing.deciding = nil
    }

    /// When a report has gone the same way between the same two organs twice, their common superior is alarmed.
    mutating func alarmIfToAndFro() throws {
        let world = open.picture.world
        let hops = after.standing.custodies
        guard let last = hops.last, let before = hops.dropLast().last, let first = world.organs[last.organ],
            let second = world.organs[before.organ], let letterKey = open.letterKey
        else { return }
        let same = zip(hops, hops.dropFirst()).filter { $0.organ == before.organ && $1.organ == last.organ }
        guard same.count >= 2 else { return }
        add(mark: "ping-pong")
        let above = Set(world.line(from: second).dropFirst().map(\.id))
        let common = world.line(from: first).dropFirst().first { above.contains($0.id) }
        guard let common, let desk = world.office(.letters, of: common.id),
            world.canCarryOn(desk.id, audience: .director, barred: after.standing.barred)
        else { return }
        after.standing.watchers[desk.id] = "alarm"
        wraps += open.picture.wraps(
            of: letterKey, to: desk.id, audience: .director, barred: after.standing.barred)
    }

    /// Whether an agency is one of the reported units (I-1), by its name with or without the place before it.
    private func isAccused(_ agency: String) throws -> Bool {
        let fold = try SearchFold.shipped()
        let name = fold.folded(agency)
        return (letter?.reported ?? []).contains { party in
            [party.unit, party.kind == .unit ? party.name : ""].map(fold.folded).contains { unit in
                let shorter = min(unit.count, name.count)
                return unit == name && !unit.isEmpty || shorter > 2 && (unit.hasSuffix(name) || name.hasSuffix(unit))
            }
        }
    }

    /// Out of scope: handed to another agency, a copy to the office that supervises it (双向移交、单向反馈).
    mutating func handOut(_ input: CheckedInput) throws {
        if let agency = input.values["agency"], try isAccused(agency) {
            throw CasefileError.invalid([FieldFault("agency", "accused")])
        }
        guard let copy = input.values["copy-to"].flatMap({ OfficeID($0) }), let letterKey = open.letterKey else {
            return
        }
        after.standing.watchers[copy] = "copy"
        wraps += open.picture.wraps(of: letterKey, to: copy, audience: .director, barred: after.standing.barred)
    }
}
