import Casework
import Database
import Kernel

extension Casefile {
    /// How much the people of the viewer's offices exported, by month, the newest first, over a year; empty for whoever
    /// directs none. Reports that the director may not read are not counted, nor those that may name the director and
    /// that nobody could see to do so yet.
    package func exportCounts(for viewer: Viewer) async throws -> [ExportCount] {
        let casefile = self
        let since = clock.now().day.adding(months: -12).start
        let unseen = try await unseenExports(for: viewer, since: since)
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let world = picture.world
            let directed = world.places(of: viewer.staff).filter { $0.role == .director && $0.admitted }
            let people = Set(directed.flatMap { world.members(of: $0.office) }.map(\.staff))
            guard !people.isEmpty else { return [] }
            let rows = try tx.rows(
                """
                SELECT staff_id, report_id, at FROM export
                WHERE organ_id = \(viewer.organ) AND staff_id IN \(list: Array(people)) AND at >= \(since)
                """)
            var readable: [ReportID: Bool] = [:]
            var counts: [String: ExportCount] = [:]
            for row in rows {
                let report: ReportID? = try row.maybe("report_id")
                if let report {
                    let known =
                        try readable[report]
                        ?? (!unseen.contains(report) && casefile.reads(viewer.staff, report, picture, tx))
                    readable[report] = known
                    guard known else { continue }
                }
                let staff: StaffID = try row.get("staff_id")
                let month = String(try row.get("at", as: Instant.self).day.text.prefix(7))
                var count = counts["\(staff) \(month)"] ?? ExportCount(staff: staff, month: month, reports: 0, lists: 0)
                if report == nil { count.lists += 1 } else { count.reports += 1 }
                counts["\(staff) \(month)"] = count
            }
            return counts.values.sorted {
                ($1.month, world.staff[$0.staff]?.username ?? "") < ($0.month, world.staff[$1.staff]?.username ?? "")
            }
        }
    }

    /// Exported reports that are older than the viewer's record, and whose letter does not open for them: it names them,
    /// which this look finds out, or nobody can tell. Empty for almost everybody.
    private func unseenExports(for viewer: Viewer, since: Instant) async throws -> Set<ReportID> {
        let pictures = pictures
        let older = try await database.read { tx -> [ReportID] in
            guard let record = try pictures.current(tx).lateNames[viewer.staff] else { return [] }
            return try tx.rows(
                """
                SELECT DISTINCT r.id FROM export e JOIN report r ON r.id = e.report_id
                WHERE e.organ_id = \(viewer.organ) AND e.at >= \(since) AND r.received_at <= \(record)
                """
            ).map { try $0.get("id") }
        }
        var unseen: Set<ReportID> = []
        for report in older where try await opened(report, for: viewer) == nil { unseen.insert(report) }
        return unseen
    }
}
