package import Casework
import Database
package import Kernel

/// A report as an auditor sees it: no word of it, nobody who is named in it, nobody who is barred from it.
package struct AuditedReport: Sendable {
    package var id: ReportID
    package var number: String
    package var receivedAt: Instant
    package var stage: String
    package var holder: Custody
    package var readers: [Reader]
    /// What was looked at, opened, exported and audited, the newest first.
    package var looks: [AuditLine]
    package var world: World
    package var workflow: Workflow
}

/// A report in an auditor's list.
package struct AuditedItem: Sendable {
    package var id: ReportID
    package var number: String
    package var stage: String
    package var organ: OrganID
    package var office: OfficeID
    package var receivedAt: Instant
}

/// A part of a list, and whether there is more.
package struct AuditPage<Line: Sendable>: Sendable {
    package var lines: [Line]
    package var more: Bool
}

extension Casefile {
    /// Who can read a report of the auditor's organ, and why; that the auditor asked is written down. `.notFound` for
    /// everybody else, and for what an auditor does not see.
    package func audit(_ id: ReportID, by viewer: Viewer) async throws -> AuditedReport {
        let casefile = self
        let now = clock.now()
        return try await database.write { tx in
            let picture = try casefile.pictures.current(tx)
            let scope = try AuditScope(viewer, picture)
            try scope.check(id, tx)
            guard let stored = try StoredReport.load(tx, id), let holder = stored.standing.custody,
                let number = stored.standing.custodies.last(where: { $0.organ == scope.organ })?.number
            else { throw CasefileError.notFound }
            let look = Identifier<AuditLookTag>.ordered(at: now)
            try tx.run(
                """
                INSERT INTO audit_look (id, report_id, staff_id, organ_id, at)
                VALUES (\(look), \(id), \(viewer.staff), \(scope.organ), \(now))
                """)
            try LogLeaf.append(.audit, look.description, tx)
            let workflow = casefile.rules(of: stored, in: picture)
            return AuditedReport(
                id: id, number: number, receivedAt: stored.receivedAt, stage: stored.standing.stage, holder: holder,
                readers: try Readers(stored, picture, workflow: workflow, at: now, tx).all,
                looks: try scope.looks(at: id, tx), world: picture.world, workflow: workflow)
        }
    }

    /// The report of a number at the auditor's organ; `nil` where there is none for this auditor.
    package func audited(number: String, by viewer: Viewer) async throws -> ReportID? {
        let casefile = self
        let plain = Digits.folded(number).uppercased().filter { $0.isLetter || $0.isNumber }
        return try await database.read { tx in
            let scope = try AuditScope(viewer, try casefile.pictures.current(tx))
            return try tx.first(
                """
                SELECT n.report_id FROM custody n
                WHERE n.organ_id = \(scope.organ) AND REPLACE(n.number, '-', '') = \(plain)
                  AND \(scope.sees("n.report_id"))
                """)?.get("report_id")
        }
    }

    /// The reports that came in the month of a day, by number.
    package func audited(
        monthOf day: Day, offset: Int, limit: Int, by viewer: Viewer
    ) async throws -> AuditPage<AuditedItem> {
        let casefile = self
        let first = day.adding(days: 1 - day.day)
        return try await database.read { tx in
            let scope = try AuditScope(viewer, try casefile.pictures.current(tx))
            let rows = try tx.rows(
                """
                SELECT r.id, r.stage, r.organ_id, r.office_id, r.received_at, MAX(n.number) AS number
                FROM report r JOIN custody n ON n.report_id = r.id AND n.organ_id = \(scope.organ)
                WHERE r.received_at >= \(first.start) AND r.received_at < \(first.adding(months: 1).start)
                  AND n.number IS NOT NULL AND \(scope.sees("r.id"))
                GROUP BY r.id, r.stage, r.organ_id, r.office_id, r.received_at
                ORDER BY number LIMIT \(limit + 1) OFFSET \(offset)
                """)
            return AuditPage(lines: try rows.prefix(limit).map(AuditedItem.init(row:)), more: rows.count > limit)
        }
    }
}

/// Marks ids of looks by auditors.
enum AuditLookTag {}

extension AuditedItem {
    init(row: Row) throws {
        self.init(
            id: try row.get("id"), number: try row.get("number"), stage: try row.get("stage"),
            organ: try row.get("organ_id"), office: try row.get("office_id"), receivedAt: try row.get("received_at"))
    }
}
