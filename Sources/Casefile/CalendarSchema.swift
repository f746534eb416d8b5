import Database

extension CasefileSchema {
    /// What was imported as a year's holiday notice, by whom and with what effect.
    static let calendar = Migration(
        id: "0004-calendar",
        statements: [
            """
            CREATE TABLE calendar_import (
              id TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, staff_id TEXT REFERENCES staff(id),
              source TEXT NOT NULL, years TEXT NOT NULL, notice TEXT NOT NULL, added INTEGER NOT NULL,
              removed INTEGER NOT NULL, changed INTEGER NOT NULL, moved INTEGER NOT NULL
            ) STRICT
            """
        ])
}
