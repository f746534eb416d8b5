import Casework
import Kernel
import Sealing

/// Taking keys out of hands: recusal, and corrections that change who may read.
extension ActChange {
    /// A correction may change who inside this organ may work on the report: the whole letters office once every level
    /// is known, the director alone when one is not, internal supervision for an own cadre.
    mutating func settleAudience(_ letter: Letter) throws {
        let world = open.picture.world
        guard let custody = after.standing.custody, custody.office == custody.intakeOffice,
            let organ = world.organs[custody.organ]
        else { return }
        let decision = Jurisdiction.decide(organ: organ.code, place: letter.place, reported: letter.reported, in: world)
        guard case .receive(let receiver, let audience, _, _) = decision, receiver == organ.id,
            audience != custody.audience,
            let office = world.office(audience == .internal ? .internal : .letters, of: organ.id)
        else { return }
        movedInside = true
        updateCustody {
            $0.audience = audience
            $0.intakeOffice = office.id
            $0.office = office.id
        }
        if audience == .internal, open.stored.standing.stage != "received" {
            after.standing.stage = "registered"
            after.standing.proposal = nil
            after.standing.proposer = nil
        }
        for (stored, key) in open.keys where stored.kind == "letter" || stored.custody == custody.index {
            if stored.kind == "identity" { continue }
            dropWraps += holders(of: stored.id, in: organ.id).map { (stored.id, $0) }
            wraps += open.picture.wraps(
                of: key, to: office.id, audience: audience, barred: after.standing.barred)
        }
    }

    /// What turns out, while another office handles it, to be a higher organ's or an own cadre's comes back to the desk at
    /// once: from there it goes up, out of the platform, or to internal supervision, and nowhere else (规则 15条; I-2,
    /// I-3). What was read is read; its keys go.
    mutating func callBack(_ letter: Letter) throws {
        let world = open.picture.world
        guard let custody = open.stored.standing.custody, custody.office != custody.intakeOffice,
            let organ = world.organs[custody.organ]
        else { return }
        let decision = Jurisdiction.decide(organ: organ.code, place: letter.place, reported: letter.reported, in: world)
        if case .receive(let receiver, let audience, _, _) = decision, receiver == organ.id {
            guard audience == .internal, custody.audience != .internal else { return }
        }
        movedInside = true
        after.standing.stage = "registered"
        after.standing.proposal = nil
        after.standing.proposer = nil
        after.standing.disposal = nil
        after.standing.deciding = nil
        after.standing.handlers = []
        after.standing.team = []
        updateCustody { $0.office = $0.intakeOffice }
        for (stored, key) in open.keys where stored.kind == "letter" || stored.custody == custody.index {
            if stored.kind == "identity" { continue }
            dropWraps += holders(of: stored.id, in: organ.id).map { (stored.id, $0) }
            wraps += open.picture.wraps(
                of: key, to: custody.intakeOffice, audience: custody.audience, barred: after.standing.barred)
        }
    }

    /// The recipients inside one organ that hold this key now and lose it when the desk changes: the old desk, and whoever
    /// no longer reads. Leaders who decide and offices that look on keep what they have.
    private func holders(of key: SealingKeyID, in organ: OrganID) -> [String] {
        let world = open.picture.world
        let desk = open.stored.standing.custody?.intakeOffice
        func reads(_ person: StaffID) -> Bool {
            Reach.of(person, on: after.standing, world: world, workflow: open.workflow).letter
        }
        let inside = Set(
            world.offices(of: organ)
                .filter { office in
                    office.id == desk || !world.members(of: office.id).contains { reads($0.staff) }
                }.map { Recipient.office($0.id).description }
                + world.staff.values.filter { $0.organ == organ && !reads($0.id) }
                .map { Recipient.staff($0.id).description })
        return open.holders.filter { $0.key == key && inside.contains($0.recipient) }.map(\.recipient)
    }

    mutating func recuse() throws {
        guard let viewer else { return }
        add([viewer.staff: .recused])
        try withdraw(from: [viewer.staff])
        try refuseToLeaveNobody(for: viewer.staff)
    }

    /// Whether one of these people could have taken the decision that the report waits for.
    private func takesDecider(_ people: Set<StaffID>) -> Bool {
        let (standing, world) = (after.standing, open.picture.world)
        let organ = standing.custody?.organ
        guard let office = standing.deciding ?? organ.flatMap({ world.office(.leaders, of: $0)?.id }) else {
            return true
        }
        let roles = decidingRoles
        return world.members(of: office).contains { people.contains($0.staff) && roles.contains($0.role) }
    }

    /// Finds anew who decides on what is proposed: where no leader is left here, the superior's.
    mutating func findDeciders() throws {
        guard after.standing.custody != nil else { return }
        let before = after.standing.deciding
        let office = try askDeciders()
        if office != before { try admit(office, audience: .letters) }
    }

    /// These people are refused at once; where an office as a whole held the keys, each remaining member gets them.
    /// Nothing is written if nobody would be left to carry on.
    mutating func withdraw(from people: Set<StaffID>) throws {
        let world = open.picture.world
        let offices = Set(people.flatMap { world.places(of: $0).map(\.office) })
        for (stored, key) in open.keys {
            for office in offices
            where open.holders.contains(.init(key: stored.id, recipient: Recipient.office(office).description)) {
                dropWraps.append((stored.id, Recipient.office(office).description))
                // Where the report has just moved to another office of the organ, the old one gets nothing anew.
                if movedInside, office != after.standing.custody?.intakeOffice { continue }
                wraps += open.picture.wraps(
                    of: key, to: office, audience: audience(of: office), barred: after.standing.barred)
            }
            dropWraps += people.map { (stored.id, Recipient.staff($0).description) }
        }
        if waitsForLeaders, takesDecider(people) { try findDeciders() }
        after.standing.handlers.subtract(people)
        if let custody = after.standing.custody,
            !world.canCarryOn(
                custody.office, audience: custody.audience, handlers: after.standing.handlers,
                barred: after.standing.barred)
        {
            throw CasefileError.nobodyHome(organ: custody.organ.description)
        }
    }
}
