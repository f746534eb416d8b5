package import Casework
import Database
import Kernel

/// Handing a post over for a time, and the order of those who act while its holders are away.
extension Casefile {
    /// Hands over a post. With the holder's (or a colleague's) session the delegate gets the office's key at once;
    /// from somebody without the key, once a colleague lets them in. Nothing opens outside of the days.
    ///
    /// `.notYourAct` for whom it is not theirs to hand over; `.invalid` with the fields `to`, `first`, `last`.
    package func delegate(
        _ post: Seat, from: StaffID, to: StaffID, term: Term, reason: DelegationReason, by viewer: Viewer
    ) async throws {
        let world = try await world()
        let now = clock.now()
        guard world.mayDelegate(post, of: from, by: viewer.staff) else { throw CasefileError.notYourAct }
        let faults = term.faults(today: now.day) + world.faults(of: to, in: post, field: "to")
        guard faults.isEmpty else { throw CasefileError.invalid(faults) }
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO delegation (id, from_id, to_id, office_id, role, first_day, last_day, reason, made_by, made_at)
                VALUES (\(DelegationID.ordered(at: now)), \(from), \(to), \(post.office), \(post.role.rawValue),
                  \(term.first), \(term.last), \(reason.rawValue), \(viewer.staff), \(now))
                """)
            try Self.touchWorld(tx)
        }
        try await admitIfHeld(to, to: post.office, by: viewer)
        try await refreshWaiting(for: to)
    }

    /// Ends a delegation before its last day: the giver, the receiver, or who leads the office. The key goes with it.
    package func endDelegation(_ id: DelegationID, by viewer: Viewer) async throws {
        let world = try await world()
        let now = clock.now()
        let to = try await database.write { tx -> StaffID in
            guard
                let row = try tx.first(
                    "SELECT from_id, to_id, office_id FROM delegation WHERE id = \(id) AND ended_at IS NULL")
            else { throw CasefileError.notFound }
            let office: OfficeID = try row.get("office_id")
            let from: StaffID = try row.get("from_id")
            let to: StaffID = try row.get("to_id")
            guard [from, to].contains(viewer.staff) || world.leads(office, by: viewer.staff) else {
                throw CasefileError.notFound
            }
            try tx.run("UPDATE delegation SET ended_by = \(viewer.staff), ended_at = \(now) WHERE id = \(id)")
            try Self.withdrawKey(tx, of: to, from: office, at: now)
            try Self.touchWorld(tx)
            return to
        }
        try await refreshWaiting(for: to)
        await findDeciders(by: viewer)
    }

    /// Sets who stands in for a post, first to last; whoever stood there before and does not now loses the key. Those
    /// who are new get it from the viewer, or, where the viewer does not hold it, from a colleague who lets them in.
    ///
    /// `.notYourAct` for whom the office is not theirs to arrange; `.invalid` with the fields `stand-in-1`, ….
    package func arrange(_ people: [StaffID], for post: Seat, by viewer: Viewer) async throws {
        let world = try await world()
        guard world.mayArrange(post.office, by: viewer.staff), post.role.isDeciding,
            world.offices[post.office].map({ $0.kind != .administration }) ?? false
        else { throw CasefileError.notYourAct }
        var faults: [FieldFault] = []
        for (index, person) in people.enumerated() {
            let field = "stand-in-\(index + 1)"
            faults += world.faults(of: person, in: post, field: field)
            if people.prefix(index).contains(person) { faults.append(FieldFault(field, "twice")) }
            // Who only arranges does not let themselves in by the way.
            if person == viewer.staff, !world.leads(post.office, by: person) {
                faults.append(FieldFault(field, "self"))
            }
        }
        guard faults.isEmpty else { throw CasefileError.invalid(faults) }
        let now = clock.now()
        try await database.write { tx in
            let before = try tx.rows(
                """
                SELECT staff_id FROM stand_in
                WHERE office_id = \(post.office) AND role = \(post.role.rawValue) AND ended_at IS NULL
                """
            ).map { try $0.get("staff_id", as: StaffID.self) }
            try tx.run(
                """
                UPDATE stand_in SET ended_by = \(viewer.staff), ended_at = \(now)
                WHERE office_id = \(post.office) AND role = \(post.role.rawValue) AND ended_at IS NULL
                """)
            for (index, person) in people.enumerated() {
                try tx.run(
                    """
                    INSERT INTO stand_in (id, office_id, role, position, staff_id, arranged_by, arranged_at)
                    VALUES (\(Identifier<StandInTag>.ordered(at: now)), \(post.office), \(post.role.rawValue),
                      \(index + 1), \(person), \(viewer.staff), \(now))
                    """)
            }
            for person in before where !people.contains(person) {
                try Self.withdrawKey(tx, of: person, from: post.office, at: now)
            }
            try Self.touchWorld(tx)
        }
        for person in people { try await admitIfHeld(person, to: post.office, by: viewer) }
        await findDeciders(by: viewer)
    }

    /// Gives the keys at once where the viewer holds them; else the person waits for a colleague.
    private func admitIfHeld(_ person: StaffID, to office: OfficeID, by viewer: Viewer) async throws {
        let holds = try await world().members(of: office).contains { $0.staff == viewer.staff && $0.admitted }
        if holds { try await admit(person, to: office, by: viewer) }
    }
}

enum StandInTag {}

extension Term {
    /// What is wrong with the days that somebody chose for something to come.
    func faults(today: Day) -> [FieldFault] {
        if last < first { return [FieldFault("last", "beforeFirst")] }
        return last < today ? [FieldFault("last", "past")] : []
    }
}

extension World {
    /// Why a person cannot be given a post for a time.
    func faults(of person: StaffID, in post: Seat, field: String) -> [FieldFault] {
        guard let someone = staff[person], someone.active, someone.organ == offices[post.office]?.organ else {
            return [FieldFault(field, "otherOrgan")]
        }
        if holds(post, person) { return [FieldFault(field, "holdsIt")] }
        return mustStayApart(person, from: post) ? [FieldFault(field, "apart")] : []
    }
}
