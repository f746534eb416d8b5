package import Casework
import Database
package import Kernel

/// One absence as it is kept.
package struct AbsenceRecord: Sendable {
    package var absence: Absence
    package var declaredBy: StaffID
    package var declaredAt: Instant
    package var endedBy: StaffID?
    package var endedAt: Instant?

    package init(
        absence: Absence, declaredBy: StaffID, declaredAt: Instant, endedBy: StaffID? = nil, endedAt: Instant? = nil
    ) {
        self.absence = absence
        self.declaredBy = declaredBy
        self.declaredAt = declaredAt
        self.endedBy = endedBy
        self.endedAt = endedAt
    }

    /// Whether it is over, or was ended.
    package func isOver(on day: Day) -> Bool { endedAt != nil || absence.term.last < day }
}

/// One delegation as it is kept.
package struct DelegationRecord: Sendable {
    package var delegation: Delegation
    package var reason: DelegationReason
    package var madeBy: StaffID
    package var madeAt: Instant
    package var endedBy: StaffID?
    package var endedAt: Instant?

    package init(
        delegation: Delegation, reason: DelegationReason, madeBy: StaffID, madeAt: Instant, endedBy: StaffID? = nil,
        endedAt: Instant? = nil
    ) {
        self.delegation = delegation
        self.reason = reason
        self.madeBy = madeBy
        self.madeAt = madeAt
        self.endedBy = endedBy
        self.endedAt = endedAt
    }

    /// Whether it is over, or was ended.
    package func isOver(on day: Day) -> Bool { endedAt != nil || delegation.term.last < day }
}

extension Casefile {
    /// Writes down that somebody is away. `.notYourAct` for whom that is not theirs to say; `.invalid` with the fields
    /// `first` and `last`. What the person may do stays theirs; others act beside them, also on what waits already.
    package func declareAway(_ person: StaffID, term: Term, by viewer: Viewer) async throws {
        let world = try await world()
        let now = clock.now()
        guard world.mayDeclareAway(person, by: viewer.staff) else { throw CasefileError.notYourAct }
        let faults = term.faults(today: now.day)
        guard faults.isEmpty else { throw CasefileError.invalid(faults) }
        try await database.write { tx in
            let isKnown = try tx.exists(
                """
                SELECT 1 FROM absence WHERE staff_id = \(person) AND ended_at IS NULL
                  AND first_day <= \(term.last) AND last_day >= \(term.first)
                """)
            guard !isKnown else { throw CasefileError.invalid([FieldFault("first", "overlaps")]) }
            try tx.run(
                """
                INSERT INTO absence (id, staff_id, first_day, last_day, declared_by, declared_at)
                VALUES (\(AbsenceID.ordered(at: now)), \(person), \(term.first), \(term.last), \(viewer.staff), \(now))
                """)
            try Self.touchWorld(tx)
        }
        await findDeciders(by: viewer)
    }

    /// Ends an absence early, or takes it back before it begins; it stays on the record. `.notFound` for others.
    package func endAbsence(_ id: AbsenceID, by viewer: Viewer) async throws {
        let world = try await world()
        let now = clock.now()
        try await database.write { tx in
            let person: StaffID? = try tx.scalar("SELECT staff_id FROM absence WHERE id = \(id) AND ended_at IS NULL")
            guard let person, world.mayDeclareAway(person, by: viewer.staff) else { throw CasefileError.notFound }
            try tx.run("UPDATE absence SET ended_by = \(viewer.staff), ended_at = \(now) WHERE id = \(id)")
            try Self.touchWorld(tx)
        }
    }

    /// The absences that this viewer may see: of these people, their own and those of whom they may say it; the latest
    /// first, at most 200.
    package func absences(of people: [StaffID], for viewer: Viewer) async throws -> [AbsenceRecord] {
        let world = try await world()
        let mine = people.filter { world.mayDeclareAway($0, by: viewer.staff) }
        return try await database.read { tx in
            try tx.rows(
                """
                SELECT * FROM absence WHERE staff_id IN \(list: mine) ORDER BY last_day DESC, id DESC LIMIT 200
                """
            ).map { row in
                AbsenceRecord(
                    absence: Absence(
                        id: try row.get("id"), staff: try row.get("staff_id"), term: try Term(row: row)),
                    declaredBy: try row.get("declared_by"), declaredAt: try row.get("declared_at"),
                    endedBy: try row.maybe("ended_by"), endedAt: try row.maybe("ended_at"))
            }
        }
    }

    /// The delegations that a person gave or received, and those of the offices that the person leads; the latest
    /// first, at most 200.
    package func delegations(for viewer: Viewer) async throws -> [DelegationRecord] {
        let world = try await world()
        let led = world.offices(of: viewer.organ).map(\.id).filter { world.leads($0, by: viewer.staff) }
        return try await database.read { tx in
            try tx.rows(
                """
                SELECT * FROM delegation WHERE from_id = \(viewer.staff) OR to_id = \(viewer.staff)
                  OR office_id IN \(list: led) ORDER BY last_day DESC, id DESC LIMIT 200
                """
            ).compactMap { row in
                guard let delegation = try Delegation(row: row) else { return nil }
                return DelegationRecord(
                    delegation: delegation,
                    reason: DelegationReason(rawValue: try row.get("reason")) ?? .other,
                    madeBy: try row.get("made_by"), madeAt: try row.get("made_at"),
                    endedBy: try row.maybe("ended_by"), endedAt: try row.maybe("ended_at"))
            }
        }
    }
}

extension Cover {
    /// Who is away and who may act, from today on; what is over or was ended does not come along.
    static func load(_ tx: any Transaction, today: Day, keys: Set<KeyHolder>) throws -> Cover {
        let absences = try tx.rows(
            "SELECT id, staff_id, first_day, last_day FROM absence WHERE ended_at IS NULL AND last_day >= \(today)"
        ).map { Absence(id: try $0.get("id"), staff: try $0.get("staff_id"), term: try Term(row: $0)) }
        let order = try tx.rows(
            "SELECT office_id, role, position, staff_id FROM stand_in WHERE ended_at IS NULL ORDER BY position"
        ).compactMap { row -> StandIn? in
            guard let post = try Seat(row: row) else { return nil }
            return StandIn(post: post, position: try row.get("position"), staff: try row.get("staff_id"))
        }
        let delegations = try tx.rows("SELECT * FROM delegation WHERE ended_at IS NULL AND last_day >= \(today)")
            .compactMap { try Delegation(row: $0) }
        return Cover(day: today, absences: absences, order: order, delegations: delegations, keys: keys)
    }
}

extension Term {
    init(row: Row) throws { self.init(first: try row.get("first_day"), last: try row.get("last_day")) }
}

extension Seat {
    init?(row: Row) throws {
        guard let role = Role(rawValue: try row.get("role")) else { return nil }
        self.init(office: try row.get("office_id"), role: role)
    }
}

extension Delegation {
    init?(row: Row) throws {
        guard let post = try Seat(row: row) else { return nil }
        self.init(
            id: try row.get("id"), post: post, from: try row.get("from_id"), to: try row.get("to_id"),
            term: try Term(row: row))
    }
}
