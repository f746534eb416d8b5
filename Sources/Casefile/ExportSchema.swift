import Database

extension CasefileSchema {
    /// What a list shows of each report: `letter` where it shows the title, else empty.
    static let exportedParts = Migration(
        id: "0023-exported-parts",
        statements: ["ALTER TABLE export_row ADD COLUMN parts TEXT NOT NULL DEFAULT 'letter'"])

    /// What was printed and exported, how often it was fetched, and which reports an auditor looked into.
    static let exports = Migration(
        id: "0018-exports",
        statements: [
            // number: of a report, counted on at each organ; of lists, counted on for each person. ended_at: key and
            // bytes are destroyed.
            """
            CREATE TABLE export (
              id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('report', 'list')), way TEXT NOT NULL,
              number TEXT NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              organ_id TEXT NOT NULL REFERENCES organ(id), report_id TEXT REFERENCES report(id), parts TEXT NOT NULL,
              ground TEXT NOT NULL, row_count INTEGER NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL,
              ended_at INTEGER, key_id TEXT NOT NULL, wrap BLOB, envelope BLOB, UNIQUE (organ_id, number),
              CHECK ((kind = 'report') = (report_id IS NOT NULL)),
              CHECK ((ended_at IS NULL) = (wrap IS NOT NULL)), CHECK ((wrap IS NULL) = (envelope IS NULL))
            ) STRICT
            """,
            "CREATE INDEX export_staff ON export (staff_id, at)",
            "CREATE INDEX export_report ON export (report_id)",
            "CREATE INDEX export_until ON export (ended_at, until)",
            // The reports that a list shows, as long as it may be fetched.
            """
            CREATE TABLE export_row (
              export_id TEXT NOT NULL REFERENCES export(id), report_id TEXT NOT NULL REFERENCES report(id),
              PRIMARY KEY (export_id, report_id)
            ) STRICT
            """,
            """
            CREATE TABLE export_download (
              id TEXT PRIMARY KEY NOT NULL, export_id TEXT NOT NULL REFERENCES export(id), at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX export_download_export ON export_download (export_id)",
            """
            CREATE TABLE audit_look (
              id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id),
              staff_id TEXT NOT NULL REFERENCES staff(id), organ_id TEXT NOT NULL REFERENCES organ(id),
              at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX audit_look_report ON audit_look (report_id, at)",
            "CREATE INDEX audit_look_organ ON audit_look (organ_id, at)",
        ])
}
