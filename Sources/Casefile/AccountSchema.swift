import Database

extension CasefileSchema {
    /// When a one-time password ends; `NULL` for one that its owner chose, and for those of before.
    static let oneTime = Migration(
        id: "0098-one-time",
        statements: [
            "ALTER TABLE staff ADD COLUMN one_time_until INTEGER",
            "CREATE INDEX account_event_kind ON account_event (kind, at)",
        ])

    /// Second factors, the use of accounts, and what was done on them. Secrets and marks are sealed to the person's own
    /// key: only their password leads to them.
    static let accounts = Migration(
        id: "0006-accounts",
        statements: [
            // A session that waits for the code of the second factor opens nothing yet.
            "ALTER TABLE session ADD COLUMN code_due INTEGER NOT NULL DEFAULT 0",
            """
            CREATE TABLE second_factor (
              staff_id TEXT PRIMARY KEY NOT NULL REFERENCES staff(id), secret BLOB NOT NULL,
              begun_at INTEGER NOT NULL, confirmed_at INTEGER, last_step INTEGER NOT NULL
            ) STRICT
            """,
            """
            CREATE TABLE recovery_code (
              staff_id TEXT NOT NULL REFERENCES staff(id), position INTEGER NOT NULL, mark BLOB NOT NULL,
              used_at INTEGER, PRIMARY KEY (staff_id, position)
            ) STRICT
            """,
            """
            CREATE TABLE account_use (
              staff_id TEXT PRIMARY KEY NOT NULL REFERENCES staff(id), signed_in_at INTEGER NOT NULL,
              before_at INTEGER, used_at INTEGER NOT NULL
            ) STRICT
            """,
            """
            CREATE TABLE account_event (
              id TEXT PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              by_id TEXT REFERENCES staff(id), at INTEGER NOT NULL, kind TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX account_event_staff ON account_event (staff_id, kind, at)",
            // What nobody else can open when a password is reset: kept under the key of before, which only the
            // password of before opens.
            """
            CREATE TABLE key_before_reset (
              id TEXT PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id), at INTEGER NOT NULL,
              sealed_key BLOB NOT NULL
            ) STRICT
            """,
            "CREATE INDEX key_before_reset_staff ON key_before_reset (staff_id)",
            """
            CREATE TABLE wrap_before_reset (
              reset_id TEXT NOT NULL REFERENCES key_before_reset(id), place TEXT NOT NULL, generation INTEGER NOT NULL,
              wrap BLOB NOT NULL, PRIMARY KEY (reset_id, place, generation)
            ) STRICT
            """,
        ])
}
