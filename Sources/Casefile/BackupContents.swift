package import Database

/// What of this schema a backup holds.
extension CasefileSchema {
    /// Tables of what passes within a day, which backups leave out: they would keep it for years.
    package static let passing: Set<String> = [
        "session", "evidence_upload", "evidence_segment", "scan_view", "sign_in_salt", "sign_in_failure",
    ]
    /// Conditions on the rows that backups take: copies with a viewer's mark live for an hour, what an export shows for a day.
    package static let lasting: [String: SQL] = [
        "evidence_copy": "viewer = ''", "export_row": "1 = 0",
    ]
    /// What backups hold instead: nothing of a reporter's identity that was handed to somebody for a time, and of an export
    /// that it was made, as one whose time is over.
    package static let instead: [String: [String: String]] = [
        "identity_opening": ["wrap": "NULL", "envelope": "NULL"],
        "export": ["wrap": "NULL", "envelope": "NULL", "ended_at": "COALESCE(ended_at, until)"],
    ]
    /// The files that those rows speak of.
    package static let lastingFiles: SQL = """
        SELECT stored FROM file
        UNION ALL SELECT stored FROM evidence_copy WHERE viewer = '' AND stored IS NOT NULL
        """
}

extension Casefile {
    /// Which of these files the rows speak of still. One that was deleted lawfully lost its row before it went.
    package func stillNamed(_ files: [String]) async throws -> [String] {
        guard !files.isEmpty else { return [] }
        let named = try await database.read { tx in
            Set(try tx.rows(CasefileSchema.lastingFiles).map { try $0.get(at: 0, as: String.self) })
        }
        return files.filter(named.contains)
    }
}
