package import Casework
import Database
import Kernel

extension Casefile {
    /// Computes again what is derived from rules and calendar, for every report: the next due day and for whom it
    /// waits. Looks at 200 reports at a time and writes only those that differ, so that people go on working meanwhile.
    ///
    /// - Parameters:
    ///   - organ: only reports held by this organ and those below it; `nil` for all.
    ///   - progress: how many of how many were looked at.
    /// - Returns: how many reports changed.
    @discardableResult
    package func recompute(
        within organ: OrganID? = nil, progress: @Sendable (Int, Int) -> Void
    ) async throws -> Int {
        let casefile = self
        let ids = try await database.read { tx -> [ReportID] in
            let world = try casefile.pictures.current(tx).world
            return try tx.rows("SELECT id, organ_id FROM report ORDER BY id").compactMap { row in
                let holder: OrganID = try row.get("organ_id")
                guard organ.map({ world.lies(holder, within: $0) }) ?? true else { return nil }
                return try row.get("id")
            }
        }
        var changed = 0
        var start = 0
        while start < ids.count {
            let part = Array(ids[start..<min(start + 200, ids.count)])
            let stale = try await database.read { tx -> [ReportID] in
                let picture = try casefile.pictures.current(tx)
                return try part.filter { id in
                    guard let stored = try StoredReport.load(tx, id) else { return false }
                    return try !casefile.projections(of: stored, in: picture).agree(with: stored, tx)
                }
            }
            if !stale.isEmpty {
                try await database.write { tx in
                    let picture = try casefile.pictures.current(tx)
                    for id in stale {
                        guard var stored = try StoredReport.load(tx, id) else { continue }
                        let projections = casefile.projections(of: stored, in: picture)
                        stored.dueDay = try projections.nextDue(stored.standing)
                        try tx.run("UPDATE report SET due_day = \(stored.dueDay) WHERE id = \(id)")
                        try projections.writeWaiting(tx, report: stored, fresh: false)
                    }
                }
            }
            changed += stale.count
            start += part.count
            progress(start, ids.count)
        }
        return changed
    }

    /// Once a day, and at the start: recomputes if since the last look a change that also touches running reports
    /// came into force or ended, or the software brought other rules. Answers how many reports changed.
    @discardableResult
    package func refreshRules() async throws -> Int {
        let today = clock.now().day
        let book = try await ruleBook()
        let mark = "\(today.text) " + book.versions.map(\.version).joined(separator: ",")
        let last: String? = try await database.read { tx in
            try tx.scalar("SELECT value FROM setting WHERE name = 'rules-seen'")
        }
        guard last != mark else { return 0 }
        let seen = last.flatMap { Day(String($0.prefix(10))) }
        let isOther = last.map { $0.dropFirst(10) != mark.dropFirst(10) } ?? true
        let turns =
            book.versions.filter { $0.scope == .running }.map(\.effectiveFrom)
            + book.overrides.filter { $0.scope == .running }.map(\.effectiveFrom)
        let turned = seen.map { seen in turns.contains { seen < $0 && $0 <= today } } ?? true
        let changed = isOther || turned ? try await recompute { _, _ in } : 0
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO setting (name, value) VALUES ('rules-seen', \(mark))
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """)
        }
        return changed
    }
}

extension Projections {
    /// Whether what is stored is what the rules and the calendar give now.
    func agree(with stored: StoredReport, _ tx: any Transaction) throws -> Bool {
        guard stored.dueDay == (try nextDue(stored.standing)) else { return false }
        let rows = try tx.rows(
            """
            SELECT office_id, staff_id, roles, except_staff, due_order FROM waiting
            WHERE report_id = \(stored.id) ORDER BY place
            """)
        let expected = workflow.waiters(on: stored.standing, world: world)
        guard rows.count == expected.count else { return false }
        return try zip(rows, expected).allSatisfy { row, waiter in
            let office: OfficeID? = try row.maybe("office_id")
            let staff: StaffID? = try row.maybe("staff_id")
            let except: StaffID? = try row.maybe("except_staff")
            return try office == waiter.office && staff == waiter.staff && except == waiter.except
                && row.get("roles", as: Int.self) == RoleMask(waiter.roles).bits
                && row.get("due_order", as: Int.self) == stored.dueDay.map { Int($0.days) } ?? Self.noDue
        }
    }
}
