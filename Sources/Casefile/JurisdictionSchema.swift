import Database

extension CasefileSchema {
    /// What a dispatched team was empowered to receive, ties of staff with units, and when a sealed hand-over arrived.
    static let jurisdiction = Migration(
        id: "0004-jurisdiction",
        statements: [
            "ALTER TABLE organ ADD COLUMN delegated TEXT",
            "ALTER TABLE staff ADD COLUMN units TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE tombstone ADD COLUMN arrived INTEGER",
        ])
}
