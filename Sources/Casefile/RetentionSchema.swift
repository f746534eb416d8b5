import Database

extension CasefileSchema {
    /// Lists of what is to be destroyed, who approved, and what is left of what was. A destroyed report's row of
    /// `destruction_entry` is its tombstone. No words of anybody: grounds are codes.
    static let retention = Migration(
        id: "0016-retention",
        statements: [
            """
            CREATE TABLE destruction_list (
              id TEXT PRIMARY KEY NOT NULL, organ_id TEXT NOT NULL REFERENCES organ(id),
              office_id TEXT NOT NULL REFERENCES office(id), drawn_by TEXT NOT NULL REFERENCES staff(id),
              drawn_at INTEGER NOT NULL, rules TEXT NOT NULL, refused_by TEXT REFERENCES staff(id), refused_at INTEGER
            ) STRICT
            """,
            "CREATE INDEX destruction_list_organ ON destruction_list (organ_id, drawn_at)",
            // cleared_at: when its files were gone and what the database had freed was overwritten.
            // sequence: that of the report's last event when the list was drawn up; what happened since stops it.
            """
            CREATE TABLE destruction_entry (
              list_id TEXT NOT NULL REFERENCES destruction_list(id), report_id TEXT NOT NULL REFERENCES report(id),
              sequence INTEGER NOT NULL, number TEXT NOT NULL, kind TEXT, outcome TEXT NOT NULL, rule TEXT NOT NULL,
              received_day INTEGER NOT NULL, archived_day INTEGER NOT NULL, texts INTEGER NOT NULL,
              files INTEGER NOT NULL, bytes INTEGER NOT NULL, struck_by TEXT REFERENCES staff(id), struck_at INTEGER,
              struck_ground TEXT, destroyed_at INTEGER, cleared_at INTEGER, PRIMARY KEY (list_id, report_id)
            ) STRICT
            """,
            "CREATE INDEX destruction_entry_report ON destruction_entry (report_id)",
            """
            CREATE TABLE destruction_approval (
              list_id TEXT NOT NULL, report_id TEXT NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              at INTEGER NOT NULL, PRIMARY KEY (list_id, report_id, staff_id),
              FOREIGN KEY (list_id, report_id) REFERENCES destruction_entry(list_id, report_id)
            ) STRICT
            """,
            // Sealed files whose rows are gone and which are not removed from the disk yet.
            "CREATE TABLE destruction_file (stored TEXT PRIMARY KEY NOT NULL) STRICT",
        ])
}
