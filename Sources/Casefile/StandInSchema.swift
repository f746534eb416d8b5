import Database

extension CasefileSchema {
    /// Who is away, who stands in, who was handed a post. Nothing is deleted: what ended early says by whom and when.
    static let standIns = Migration(
        id: "0004-stand-ins",
        statements: [
            """
            CREATE TABLE absence (
              id TEXT PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id), first_day INTEGER NOT NULL,
              last_day INTEGER NOT NULL, declared_by TEXT NOT NULL REFERENCES staff(id), declared_at INTEGER NOT NULL,
              ended_by TEXT REFERENCES staff(id), ended_at INTEGER, CHECK (first_day <= last_day)
            ) STRICT
            """,
            "CREATE INDEX absence_staff ON absence (staff_id, last_day)",
            "CREATE INDEX absence_last ON absence (last_day)",
            """
            CREATE TABLE stand_in (
              id TEXT PRIMARY KEY NOT NULL, office_id TEXT NOT NULL REFERENCES office(id), role TEXT NOT NULL,
              position INTEGER NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
              arranged_by TEXT NOT NULL REFERENCES staff(id), arranged_at INTEGER NOT NULL,
              ended_by TEXT REFERENCES staff(id), ended_at INTEGER
            ) STRICT
            """,
            "CREATE INDEX stand_in_office ON stand_in (office_id, role)",
            """
            CREATE TABLE delegation (
              id TEXT PRIMARY KEY NOT NULL, from_id TEXT NOT NULL REFERENCES staff(id),
              to_id TEXT NOT NULL REFERENCES staff(id), office_id TEXT NOT NULL REFERENCES office(id),
              role TEXT NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, reason TEXT NOT NULL,
              made_by TEXT NOT NULL REFERENCES staff(id), made_at INTEGER NOT NULL,
              ended_by TEXT REFERENCES staff(id), ended_at INTEGER,
              CHECK (first_day <= last_day), CHECK (from_id <> to_id)
            ) STRICT
            """,
            "CREATE INDEX delegation_last ON delegation (last_day)",
            "CREATE INDEX delegation_from ON delegation (from_id)",
            "CREATE INDEX delegation_to ON delegation (to_id)",
        ])
}
