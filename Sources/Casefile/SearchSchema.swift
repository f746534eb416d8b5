import Database

/// What makes searching fast, and who searched.
enum SearchSchema {
    /// Both columns and the tokens stand at one wrap of a letter key and go with it, whatever takes the wrap away:
    /// sending up, the purge of a hand-over, recusal, a new key of the office (I-1, I-2, I-7).
    static let migration = Migration(
        id: "0009-search",
        statements: [
            // The key of the wrap, sealed a second time under a symmetric key of the same recipient.
            "ALTER TABLE key_wrap ADD COLUMN quick BLOB",
            // The version of the letter from which the tokens were made; NULL where there are none yet.
            "ALTER TABLE key_wrap ADD COLUMN searched INTEGER",
            """
            CREATE TABLE search_token (
              token BLOB NOT NULL, key_id TEXT NOT NULL, recipient TEXT NOT NULL,
              PRIMARY KEY (token, key_id, recipient),
              FOREIGN KEY (key_id, recipient) REFERENCES key_wrap(key_id, recipient) ON DELETE CASCADE
            ) STRICT
            """,
            "CREATE INDEX search_token_wrap ON search_token (key_id, recipient)",
            """
            CREATE TABLE search_event (
              id TEXT PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              organ_id TEXT NOT NULL REFERENCES organ(id), offices TEXT NOT NULL, at INTEGER NOT NULL,
              kind TEXT NOT NULL, words BLOB NOT NULL
            ) STRICT
            """,
            "CREATE INDEX search_event_staff ON search_event (staff_id, at)",
        ])
}
