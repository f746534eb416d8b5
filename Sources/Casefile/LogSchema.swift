import Database

extension CasefileSchema {
    /// The transparency log. A leaf is written with its event; its place (`idx`) is given when it is integrated.
    static let log = Migration(
        id: "0050-log",
        statements: [
            // subject, ref: the row that it is of; none for a cover leaf. salt: gone where its event was destroyed.
            """
            CREATE TABLE log_leaf (
              id TEXT PRIMARY KEY NOT NULL, subject TEXT NOT NULL, ref TEXT, salt BLOB, entry BLOB NOT NULL,
              idx INTEGER UNIQUE
            ) STRICT
            """,
            "CREATE INDEX log_leaf_waiting ON log_leaf (id) WHERE idx IS NULL",
            "CREATE INDEX log_leaf_ref ON log_leaf (ref)",
            // One process at a time gives places and publishes: whoever holds the lease.
            """
            CREATE TABLE log_state (
              id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), origin TEXT NOT NULL, size INTEGER NOT NULL,
              holder TEXT NOT NULL, until INTEGER NOT NULL
            ) STRICT
            """,
            // Written before it is signed: no size is ever signed with two heads.
            """
            CREATE TABLE log_checkpoint (
              size INTEGER PRIMARY KEY NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL, note TEXT
            ) STRICT
            """,
        ])
}
