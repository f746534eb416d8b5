import Casework
import Database
import Kernel
import WorkingDays

/// What is derived from events and rules and stored for speed: who must act, and by when.
struct Projections {
    let workflow: Workflow
    let calendar: WorkingDayTable
    let world: World

    /// Sorts after every day.
    static let noDue = 1_000_000

    /// The next day on which a limit of this report ends; a clock that stands still has none.
    func nextDue(_ standing: Standing) throws -> Day? {
        guard !standing.isDestroyed else { return nil }
        return try workflow.limitStates(of: standing.done, standing: standing, calendar: calendar)
            .compactMap(\.runningDue).min()
    }

    /// Rewrites the rows that tell for whom the report waits.
    func writeWaiting(_ tx: any Transaction, report: StoredReport, fresh: Bool) throws {
        if !fresh { try tx.run("DELETE FROM waiting WHERE report_id = \(report.id)") }
        for (place, waiter) in workflow.waiters(on: report.standing, world: world).enumerated() {
            try tx.run(
                """
                INSERT INTO waiting (report_id, office_id, staff_id, roles, except_staff, received_at, intake_order,
                  due_order, place)
                VALUES (\(report.id), \(waiter.office), \(waiter.staff), \(RoleMask(waiter.roles).bits),
                  \(waiter.except), \(report.receivedAt), \(report.intakeOrder), \(report.dueDay.map { Int($0.days) } ?? Self.noDue), \(place))
                """)
        }
    }
}

/// Roles as bits, so that one row serves several.
struct RoleMask {
    var bits: Int

    init(_ roles: some Sequence<Role>) {
        bits = 0
        for role in roles {
            if let place = Role.allCases.firstIndex(of: role) { bits |= 1 << place }
        }
    }
}

/// Draws the next number of a sequence that belongs to one organ.
enum OrganCounter {
    static func next(_ tx: any Transaction, organ: OrganID, kind: String, year: Int) throws -> Int64 {
        let row = try tx.first(
            """
            INSERT INTO organ_counter (organ_id, kind, year, last) VALUES (\(organ), \(kind), \(year), 1)
            ON CONFLICT (organ_id, kind, year) DO UPDATE SET last = organ_counter.last + 1
            RETURNING last
            """)
        return try row?.get("last") ?? 1
    }
}
