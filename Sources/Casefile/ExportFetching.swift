package import Casework
import Database
package import Kernel
import Sealing

/// An export that its maker may fetch now.
package struct OwnExport: Sendable {
    package var id: ExportID
    /// `report` or `list`.
    package var kind: String
    package var way: ExportWay
    package var number: String
    package var at: Instant
    package var until: Instant
    package var downloads: Int
}

/// How many exports somebody of an office made in a month.
package struct ExportCount: Sendable, Hashable {
    package var staff: StaffID
    /// As `2026-11`.
    package var month: String
    package var reports: Int
    package var lists: Int
}

extension Casefile {
    /// The exports that this person made and may still fetch, the newest first.
    package func exports(of viewer: Viewer) async throws -> [OwnExport] {
        try await endExports(of: viewer.staff)
        return try await database.read { tx in
            try tx.rows(
                """
                SELECT e.id, e.kind, e.way, e.number, e.at, e.until,
                  (SELECT COUNT(*) FROM export_download d WHERE d.export_id = e.id) AS downloads
                FROM export e WHERE e.staff_id = \(viewer.staff) AND e.ended_at IS NULL ORDER BY e.at DESC, e.id
                """
            ).map(OwnExport.init(row:))
        }
    }

    /// An export for whoever made it, counted. `.notFound` for everybody else, after its time, and from the moment on
    /// from which its maker may not read every report in it.
    package func fetch(_ id: ExportID, by viewer: Viewer) async throws -> (export: OwnExport, bytes: [UInt8]) {
        let now = clock.now()
        let (reports, isList) = try await database.read { tx in
            (
                try Self.reports(in: id, tx).map(\.report),
                try tx.exists("SELECT 1 FROM export WHERE id = \(id) AND kind = 'list'")
            )
        }
        // Whoever turns out to be named in one of them is barred by this very look.
        var areOpen = true
        for report in reports where try await opened(report, for: viewer) == nil { areOpen = false }
        try await endExports(of: viewer.staff)
        // A list may hold a report whose title, too, is closed to its maker.
        guard areOpen || isList else { throw CasefileError.notFound }
        let row = try await database.write { tx -> Row in
            guard
                let row = try tx.first(
                    """
                    SELECT e.*, (SELECT COUNT(*) FROM export_download d WHERE d.export_id = e.id) + 1 AS downloads
                    FROM export e WHERE e.id = \(id) AND e.staff_id = \(viewer.staff) AND e.ended_at IS NULL
                      AND e.until > \(now)
                    """)
            else { throw CasefileError.notFound }
            let download = Identifier<ExportTag>.ordered(at: now)
            try tx.run(
                """
                INSERT INTO export_download (id, export_id, at)
                VALUES (\(download), \(id), \(now))
                """)
            try LogLeaf.append(.download, download.description, tx)
            return row
        }
        let keyID: SealingKeyID = try row.get("key_id")
        let key = try HeldKey.opening(try row.get("wrap"), with: viewer.privateKey, id: keyID)
        let bytes = try Envelope.open(try row.get("envelope"), under: key.secret, binding: .export(id))
        return (try OwnExport(row: row), bytes)
    }

    /// Destroys key and bytes of exports whose time is over, and of those that hold a report which their maker may not
    /// read any more: recused, named, or the report went on (I-1, I-2, I-7). Needs no key.
    package func endExports(of person: StaffID? = nil) async throws {
        let casefile = self
        let now = clock.now()
        let whose: SQL = person.map { "staff_id = \($0)" } ?? "1 = 1"
        let ending = try await database.read { tx -> [ExportID] in
            let picture = try casefile.pictures.current(tx)
            return try tx.rows("SELECT id, staff_id, until FROM export WHERE ended_at IS NULL AND \(whose)")
                .filter { row in
                    if try row.get("until", as: Instant.self) <= now { return true }
                    let maker: StaffID = try row.get("staff_id")
                    return try Self.reports(in: try row.get("id"), tx).contains { shown in
                        let reach = try casefile.reach(maker, shown.report, picture, tx)
                        return reach.isNone || (shown.hasLetter && !reach.letter) || (shown.hasPapers && !reach.papers)
                    }
                }.map { try $0.get("id") }
        }
        guard !ending.isEmpty else { return }
        try await database.write { tx in try Self.endExports("id IN \(list: ending)", at: now, tx) }
    }

    /// Destroys key and bytes of the exports for which a condition on `export` holds; that they were made stays.
    static func endExports(_ condition: SQL, at now: Instant, _ tx: any Transaction) throws {
        try tx.run(
            """
            UPDATE export SET ended_at = \(now), wrap = NULL, envelope = NULL WHERE ended_at IS NULL AND \(condition)
            """)
        try tx.run("DELETE FROM export_row WHERE export_id IN (SELECT id FROM export WHERE ended_at IS NOT NULL)")
    }

    private static func reports(in export: ExportID, _ tx: any Transaction) throws -> [ExportedReport] {
        try tx.rows(
            """
            SELECT report_id, parts FROM export WHERE id = \(export) AND report_id IS NOT NULL
            UNION SELECT report_id, parts FROM export_row WHERE export_id = \(export)
            """
        ).map { row in
            let parts = try row.get("parts", as: String.self).split(separator: " ").map(String.init)
            return ExportedReport(
                report: try row.get("report_id"), hasLetter: !parts.isEmpty,
                hasPapers: parts.contains(ExportPart.papers.rawValue))
        }
    }

    private func reach(
        _ person: StaffID, _ report: ReportID, _ picture: Picture, _ tx: any Transaction
    ) throws -> Reach {
        guard let stored = try StoredReport.load(tx, report) else { return .none }
        let workflow = rules(of: stored, in: picture)
        return Reach.of(person, on: stored.standing, world: picture.world, workflow: workflow)
    }

    func reads(
        _ person: StaffID, _ report: ReportID, _ picture: Picture, _ tx: any Transaction
    ) throws -> Bool {
        try !reach(person, report, picture, tx).isNone
    }
}

/// What an export shows of a report: its maker has to be able to read as much to fetch it.
private struct ExportedReport {
    var report: ReportID
    var hasLetter: Bool
    var hasPapers: Bool
}

extension OwnExport {
    fileprivate init(row: Row) throws {
        let way: String = try row.get("way")
        self.init(
            id: try row.get("id"), kind: try row.get("kind"), way: ExportWay(rawValue: way) ?? .export,
            number: try row.get("number"), at: try row.get("at"), until: try row.get("until"),
            downloads: try row.get("downloads"))
    }
}
