import Casework
import Database
import Kernel

extension InboxSQL {
    /// The reports whose letter this viewer may read, newest first: the lists' own rule, and what one looks on at or
    /// signs for. `condition` narrows it by the column that holds a report's id.
    /// Where it names a few reports, the way is from these: SQLite would else go through all of an organ's for them.
    func letters(limit: Int, namesFew: Bool = false, where condition: (SQL) -> SQL = { _ in "1 = 1" }) -> SQL {
        let handling = workflow.stages.values.filter { $0.phase == .handling }.map(\.name)
        let team = "%\"" + person.description + "\"%"
        let order: SQL = "r.id, r.received_at, r.intake_order"
        let here: SQL = namesFew ? "r.organ_id || ''" : "r.organ_id"
        var branches: [SQL] = [
            """
            SELECT \(order) FROM report r JOIN custody c ON c.report_id = r.id AND c.idx = r.custody
            WHERE \(here) = \(organ) AND (\(condition("r.id")))
              AND ((\(allReadable)) OR (r.stage IN \(list: handling) AND r.team LIKE \(team)))
            """,
            """
            SELECT \(order) FROM custody c JOIN custody d ON d.report_id = c.report_id AND d.idx = c.idx + 1
            JOIN report r ON r.id = c.report_id
            WHERE d.via IN ('forward', 'assign') AND (\(condition("c.report_id"))) AND (\(sender))
              AND NOT EXISTS (SELECT 1 FROM custody e WHERE e.report_id = c.report_id AND e.idx > c.idx
                AND e.organ_id NOT IN \(list: Array(below)))
            """,
            """
            SELECT \(order) FROM watch a JOIN report r ON r.id = a.report_id
            WHERE \(directs("a.office_id")) AND (\(condition("a.report_id")))
            """,
        ]
        // What waits for a custodian as such keeps its letter closed.
        let custody = places.map(\.office).filter { world.offices[$0]?.kind == .custody }
        let open: SQL =
            custody.isEmpty ? "1 = 1" : "(w.office_id IS NULL OR w.office_id NOT IN \(list: custody))"
        branches += sources.map { source in
            """
            SELECT \(order) FROM waiting w JOIN report r ON r.id = w.report_id
            WHERE \(source("w", false)) AND \(open) AND (\(condition("w.report_id")))
            """
        }
        return
            """
            SELECT q.id FROM (\(SQL.joined(branches, by: " UNION "))) AS q WHERE \(notBarred("q.id"))
            ORDER BY q.received_at DESC, q.intake_order DESC, q.id LIMIT \(limit)
            """
    }

    /// Of the custody `c` of the report `r`: who handed it down and still reads.
    private var sender: SQL {
        """
        \(directs("c.intake_office_id")) OR (c.intake_office_id IN \(list: places.map(\.office))
          AND \(tookPart(in: "c.idx", of: "c.report_id")))
        """
    }
}
