package import Database

/// Tables of the interference records (I-12). Rows are added and never changed: there is no statement for it.
package enum InterferenceSchema {
    package static let migration = Migration(
        id: "0020-interference",
        statements: [
            """
            CREATE TABLE interference (
              id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id),
              recorder_id TEXT NOT NULL REFERENCES staff(id), organ_id TEXT NOT NULL REFERENCES organ(id),
              office_id TEXT NOT NULL REFERENCES office(id), recorded_at INTEGER NOT NULL, key_id TEXT NOT NULL,
              envelope BLOB NOT NULL
            ) STRICT
            """,
            "CREATE INDEX interference_office ON interference (office_id, recorded_at)",
            "CREATE INDEX interference_recorder ON interference (recorder_id, recorded_at)",
            """
            CREATE TABLE interference_wrap (
              interference_id TEXT NOT NULL REFERENCES interference(id),
              purpose TEXT NOT NULL CHECK (purpose IN ('examine', 'own')), recipient TEXT NOT NULL,
              generation INTEGER NOT NULL, wrap BLOB NOT NULL, PRIMARY KEY (interference_id, purpose, recipient)
            ) STRICT
            """,
            """
            CREATE TABLE interference_examination (
              interference_id TEXT PRIMARY KEY NOT NULL REFERENCES interference(id),
              staff_id TEXT NOT NULL REFERENCES staff(id), at INTEGER NOT NULL, envelope BLOB NOT NULL
            ) STRICT
            """,
        ])
}
