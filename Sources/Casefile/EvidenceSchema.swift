package import Database

/// Tables of evidence: what commits to an original, its clean copies, who looked at it, and uploads that were cut.
package enum EvidenceSchema {
    package static let migration = Migration(
        id: "0008-evidence",
        statements: [
            // HMAC-SHA256 under a salt that lies sealed in the descriptor; hexadecimal. NULL for files from before.
            "ALTER TABLE file ADD COLUMN commitment TEXT",
            // viewer: empty for the clean copy itself, else whose mark it bears; part: 0 for the clean copy itself.
            """
            CREATE TABLE evidence_copy (
              file_id TEXT NOT NULL REFERENCES file(id), viewer TEXT NOT NULL, part INTEGER NOT NULL,
              recipe TEXT NOT NULL, stored TEXT UNIQUE, digest TEXT, key_id TEXT NOT NULL,
              made_at INTEGER NOT NULL, envelope BLOB NOT NULL, PRIMARY KEY (file_id, viewer, part)
            ) STRICT
            """,
            "CREATE INDEX evidence_copy_made ON evidence_copy (made_at)",
            // Rows are added and never changed: there is no statement for it.
            """
            CREATE TABLE evidence_view (
              id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id),
              file_id TEXT NOT NULL REFERENCES file(id), staff_id TEXT NOT NULL REFERENCES staff(id),
              organ_id TEXT NOT NULL REFERENCES organ(id),
              kind TEXT NOT NULL CHECK (kind IN ('shown', 'copy', 'original')), mark TEXT NOT NULL,
              at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX evidence_view_report ON evidence_view (report_id, at)",
            // Uploads that were cut; the hour of the last piece, a key wrapped to whoever sends, and where the pieces lie.
            """
            CREATE TABLE evidence_upload (
              id TEXT PRIMARY KEY NOT NULL, total INTEGER NOT NULL, version INTEGER NOT NULL,
              touched_at INTEGER NOT NULL, wrap BLOB NOT NULL, envelope BLOB NOT NULL
            ) STRICT
            """,
            """
            CREATE TABLE evidence_segment (
              stored TEXT PRIMARY KEY NOT NULL, upload_id TEXT NOT NULL REFERENCES evidence_upload(id),
              size INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX evidence_segment_upload ON evidence_segment (upload_id)",
        ])

    /// Whose an unfinished upload is, as a keyed hash: nobody fills the room of all others alone. What was unfinished at
    /// the update begins anew.
    static let owners = Migration(
        id: "0022-upload-owners",
        statements: [
            "DELETE FROM evidence_segment", "DELETE FROM evidence_upload",
            "ALTER TABLE evidence_upload ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX evidence_upload_owner ON evidence_upload (owner, touched_at)",
        ])

    /// Lengths of what is unfinished are sealed from here on, and stand as size classes; what was unfinished at the
    /// update begins anew.
    static let sizeClasses = Migration(
        id: "0070-upload-size-classes",
        statements: ["DELETE FROM evidence_segment", "DELETE FROM evidence_upload"])

    /// Looks at a scan that was brought for a report which is not registered yet: they become looks at its file with
    /// the registration, and go with the scan where there is none.
    static let scanLooks = Migration(
        id: "0071-scan-looks",
        statements: [
            """
            CREATE TABLE scan_view (
              id TEXT PRIMARY KEY NOT NULL, stored TEXT NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              organ_id TEXT NOT NULL REFERENCES organ(id), kind TEXT NOT NULL CHECK (kind IN ('shown', 'original')),
              mark TEXT NOT NULL, at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX scan_view_stored ON scan_view (stored, staff_id)",
        ])
}
