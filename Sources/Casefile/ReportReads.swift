import Casework
import Database
import Kernel

/// How a report was read.
enum ReadKind: String, Sendable {
    /// As a page, or over the API.
    case opened
}

extension Casefile {
    /// Writes down that somebody looked at a list with titles in this hour, if it is not written down yet.
    func enterListLook(by viewer: Viewer) async throws {
        let now = clock.now()
        let hour = now.toTheHour
        guard looked.isFirst(of: viewer.staff, in: hour) else { return }
        let id = Identifier<SealedTag>.ordered(at: now)
        do {
            try await database.write { tx in
                let isNew = try tx.run(
                    """
                    INSERT INTO list_look (id, staff_id, organ_id, hour)
                    VALUES (\(id), \(viewer.staff), \(viewer.organ), \(hour)) ON CONFLICT (staff_id, hour) DO NOTHING
                    """)
                if isNew == 1 { try LogLeaf.append(.list, id.description, tx) }
            }
        } catch {
            looked.forget(viewer.staff, in: hour)
            throw error
        }
    }

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
