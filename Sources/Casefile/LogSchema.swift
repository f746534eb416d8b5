import Database

extension CasefileSchema {
    /// The transparency log. A leaf is written with its event; its place (`idx`) is given when it is integrated.
    static let log = Migration(
        id: "0050-log",
        statements: [
            // ref: the row that it is of, in the table that subject names; its own for a cover leaf. salt: gone where its
            // event was destroyed. Every filing writes two, so nothing is indexed before a leaf has its place.
            """
            CREATE TABLE log_leaf (
              ref TEXT PRIMARY KEY NOT NULL, subject TEXT NOT NULL, salt BLOB, entry BLOB NOT NULL, idx INTEGER
            ) CLUSTERED
            """,
            "CREATE INDEX log_leaf_waiting ON log_leaf (ref) WHERE idx IS NULL",
            "CREATE UNIQUE INDEX log_leaf_idx ON log_leaf (idx) WHERE idx IS NOT NULL",
            // One process at a time gives places and publishes: whoever holds the lease.
            """
            CREATE TABLE log_state (
              id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), origin TEXT NOT NULL, size INTEGER NOT NULL,
              holder TEXT NOT NULL, until INTEGER NOT NULL
            ) STRICT
            """,
            // Who opened a report, as a page, over the API or as a paper.
            """
            CREATE TABLE report_read (
              id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id),
              staff_id TEXT NOT NULL REFERENCES staff(id), organ_id TEXT NOT NULL REFERENCES organ(id),
              kind TEXT NOT NULL, at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX report_read_report ON report_read (report_id, at)",
            // Who looked at which list with titles, and when: which reports it held is not told.
            """
            CREATE TABLE list_look (
              id TEXT PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              organ_id TEXT NOT NULL REFERENCES organ(id), list TEXT NOT NULL, at INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX list_look_organ ON list_look (organ_id, at)",
            // Written before it is signed: no size is ever signed with two heads.
            """
            CREATE TABLE log_checkpoint (
              size INTEGER PRIMARY KEY NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL, note TEXT
            ) STRICT
            """,
            // A witness that refused a head, or a fault that keeps the log from going on; ended_at: it agreed again.
            """
            CREATE TABLE log_alarm (
              id TEXT PRIMARY KEY NOT NULL, about TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
              at INTEGER NOT NULL, ended_at INTEGER
            ) STRICT
            """,
            // How far each witness went with the log.
            """
            CREATE TABLE log_witness (
              key TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, seen_at INTEGER, tried_at INTEGER NOT NULL
            ) STRICT
            """,
            // The logs of others that this installation looks at, and the head of each that it cosigned last.
            """
            CREATE TABLE watched_log (
              origin TEXT PRIMARY KEY NOT NULL, keys TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER
            ) STRICT
            """,
            // The audits of everything against everything. One that did not end lives as long as its beat; size: how many
            // entries were found right, or the entry at which fault, the first thing that was wrong, was found.
            """
            CREATE TABLE log_audit (
              id TEXT PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id), began_at INTEGER NOT NULL,
              beat_at INTEGER NOT NULL, holder TEXT, part TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,
              stop INTEGER NOT NULL, ended_at INTEGER, size INTEGER, fault TEXT
            ) STRICT
            """,
        ])
}
