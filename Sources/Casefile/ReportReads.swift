import Casework
import Database
import Kernel

/// How a report was read.
enum ReadKind: String, Sendable {
    /// As a page, or over the API.
    case opened
}

extension Casefile {
    /// Writes down that somebody read a report, and enters it in the log.
    func enterRead(_ report: ReportID, by viewer: Viewer, _ kind: ReadKind) async throws {
        let now = clock.now()
        let id = Identifier<SealedTag>.ordered(at: now)
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO report_read (id, report_id, staff_id, organ_id, kind, at)
                VALUES (\(id), \(report), \(viewer.staff), \(viewer.organ), \(kind.rawValue), \(now))
                """)
            try LogLeaf.append(.read, id.description, tx)
        }
    }
}
