import Casework
import Database
import Kernel

/// How a report was read.
enum ReadKind: String, Sendable {
    /// As a page, or over the API.
    case opened
    /// Held against others that may be the same matter.
    case compared
}

extension Casefile {
    /// Writes down that somebody read a report, and enters it in the log.
    func enterRead(_ report: ReportID, by viewer: Viewer, _ kind: ReadKind) async throws {
        try await enterReads([report], by: viewer, kind)
    }

    /// Of several reports that one look showed.
    func enterReads(_ reports: [ReportID], by viewer: Viewer, _ kind: ReadKind) async throws {
        let now = clock.now()
        try await database.write { tx in
            for report in reports {
                let id = Identifier<SealedTag>.ordered(at: now)
                try tx.run(
                    """
                    INSERT INTO report_read (id, report_id, staff_id, organ_id, kind, at)
                    VALUES (\(id), \(report), \(viewer.staff), \(viewer.organ), \(kind.rawValue), \(now))
                    """)
                try LogLeaf.append(.read, id.description, tx)
            }
        }
    }
}

extension ReportView {
    /// Whether anything in it was opened with a key: the letter, who reported, a word of the story or of a request.
    var tellsSealed: Bool {
        letter != nil || reporter != nil || !conversation.isEmpty || story.contains { !$0.texts.isEmpty }
            || requests.contains { $0.why != nil }
    }
}
