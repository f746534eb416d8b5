import Casework
import Database
import Kernel
import Sealing

/// A look at a scan before its report is registered: marked and counted as every other look at evidence is.
extension Casefile {
    /// The first page of a scan, drawn anew with this viewer's mark burned in, for whoever brought it. The look is counted;
    /// the picture is kept nowhere. `nil` where it cannot be drawn.
    package func drawn(_ scan: StagedFile, for viewer: Viewer) async throws -> [UInt8]? {
        let reader = try files.reader(scan)
        let source: EvidenceSource = { take in try reader.forEachChunk(take) }
        if let look = cleaner.scan, try await look(source) != nil { return nil }
        guard case .clean(.pictures, let parts, _, _) = try await cleaner.clean(scan.type, scan.name, source),
            let first = parts.first
        else { return nil }
        let mark = try await markOfScan(scan, for: viewer)
        let picture = try await cleaner.mark(first, mark.lines)
        try await count(.shown, of: scan, by: viewer, under: mark)
        return picture
    }

    /// The original of a scan as it came, for whoever brought it; counted. Throws `.notFound` for one that was thrown away.
    package func original(of scan: StagedFile, for viewer: Viewer) async throws -> OpenedFile {
        let opened = try open(scan)
        let mark = newMark(at: clock.now(), for: viewer, in: try await world())
        try await count(.original, of: scan, by: viewer, under: mark)
        return opened
    }

    /// The mark under which this viewer looks at the scan already, or a new one.
    private func markOfScan(_ scan: StagedFile, for viewer: Viewer) async throws -> ViewMark {
        let (world, now) = (try await world(), clock.now())
        let since = now.adding(seconds: -Int64(cleaner.markedSeconds))
        let row = try await database.read { tx in
            try tx.first(
                """
                SELECT mark, MIN(at) AS began FROM scan_view
                WHERE stored = \(scan.stored) AND staff_id = \(viewer.staff) AND kind = 'shown'
                GROUP BY mark ORDER BY began DESC LIMIT 1
                """)
        }
        guard let row, case let began:Instant = try row.get("began"), began >= since else {
            return newMark(at: now, for: viewer, in: world)
        }
        return mark(try row.get("mark"), began, for: viewer, in: world)
    }

    private func count(
        _ kind: EvidenceLook.Kind, of scan: StagedFile, by viewer: Viewer, under mark: ViewMark
    ) async throws {
        let now = clock.now()
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO scan_view (id, stored, staff_id, organ_id, kind, mark, at)
                VALUES (\(Identifier<SealedTag>.ordered(at: now)), \(scan.stored), \(viewer.staff), \(viewer.organ),
                  \(kind.rawValue), \(mark.id), \(now))
                """)
        }
    }

    /// With the registration the looks at the scans are looks at the report's files.
    static func settleScanLooks(_ tx: any Transaction, of report: ReportID) throws {
        try tx.run(
            """
            INSERT INTO evidence_view (id, report_id, file_id, staff_id, organ_id, kind, mark, at)
            SELECT v.id, f.report_id, f.id, v.staff_id, v.organ_id, v.kind, v.mark, v.at
            FROM scan_view v JOIN file f ON f.stored = v.stored WHERE f.report_id = \(report)
            """)
        for row in try tx.rows(
            "SELECT id, v.at FROM scan_view v WHERE stored IN (SELECT stored FROM file WHERE report_id = \(report))")
        {
            try LogLeaf.append(.evidence, try row.get("id"), tx)
        }
        try tx.run(
            "DELETE FROM scan_view WHERE stored IN (SELECT stored FROM file WHERE report_id = \(report))")
    }

    /// What was looked at and thrown away leaves nothing, not even that it was looked at.
    func forgetScanLooks(at stored: [String]) async throws {
        guard !stored.isEmpty else { return }
        try await database.write { tx in
            try tx.run("DELETE FROM scan_view WHERE stored IN \(list: stored)")
        }
    }

    /// Looks at scans that no report took up go when the scans have gone.
    func sweepScanLooks(olderThan seconds: Double) async throws {
        let before = clock.now().adding(seconds: -Int64(seconds))
        let old = try await database.read { tx in
            try tx.rows("SELECT DISTINCT stored FROM scan_view WHERE at < \(before)")
                .map { try $0.get("stored", as: String.self) }
        }
        try await forgetScanLooks(at: old.filter { !files.has($0) })
    }
}
