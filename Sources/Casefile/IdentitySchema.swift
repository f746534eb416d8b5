import Database

extension CasefileSchema {
    /// To whom the reporter's identity was opened, by which two, until when. What was handed to somebody who is no
    /// custodian is sealed to that person alone and destroyed when the time is over. Nothing is deleted.
    static let identityOpenings = Migration(
        id: "0010-identity",
        statements: [
            """
            CREATE TABLE identity_opening (
              report_id TEXT NOT NULL REFERENCES report(id), seq INTEGER NOT NULL,
              reader_id TEXT NOT NULL REFERENCES staff(id), asked_by TEXT NOT NULL REFERENCES staff(id),
              agreed_by TEXT NOT NULL REFERENCES staff(id), ground TEXT NOT NULL, opened_at INTEGER NOT NULL,
              until INTEGER NOT NULL, ended_at INTEGER, key_id TEXT, wrap BLOB, envelope BLOB,
              PRIMARY KEY (report_id, seq), CHECK (ended_at IS NULL OR (wrap IS NULL AND envelope IS NULL))
            ) STRICT
            """,
            "CREATE INDEX identity_opening_until ON identity_opening (ended_at, until)",
            """
            CREATE TABLE identity_mark (
              report_id TEXT NOT NULL REFERENCES report(id), organ_id TEXT NOT NULL REFERENCES organ(id),
              mark BLOB NOT NULL, PRIMARY KEY (report_id, organ_id, mark)
            ) STRICT
            """,
            "CREATE INDEX identity_mark_mark ON identity_mark (mark)",
            """
            CREATE TABLE identity_search (
              id TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              office_id TEXT NOT NULL REFERENCES office(id), kind TEXT NOT NULL, ground TEXT NOT NULL,
              hits INTEGER NOT NULL
            ) STRICT
            """,
        ])
}
