extension Transaction {
    /// Does `body` while rows may come in any order: foreign keys are looked at afterwards, by the end of the
    /// transaction at the latest. For loading a whole database, of which the user must be the owner; the transaction may
    /// take as long as it takes.
    package func loading<T>(_ body: () throws -> T) throws -> T {
        switch engine {
        case .sqlite:
            try run("PRAGMA defer_foreign_keys = ON")
            return try body()
        case .postgres:
            try run("SET LOCAL statement_timeout = 0")
            try run("SET LOCAL idle_in_transaction_session_timeout = 0")
            let keys = try rows(
                """
                SELECT CAST(CAST(conrelid AS regclass) AS TEXT) AS place, conname AS name, pg_get_constraintdef(oid) AS rule
                FROM pg_constraint
                WHERE contype = 'f' AND connamespace = CAST(CAST(current_schema() AS TEXT) AS regnamespace)
                ORDER BY 1, 2
                """
            ).map { row in
                (
                    place: try row.get("place", as: String.self), name: try row.get("name", as: String.self),
                    rule: try row.get("rule", as: String.self)
                )
            }
            for key in keys { try run("ALTER TABLE \(raw: key.place) DROP CONSTRAINT \(raw: quoted(key.name))") }
            let value = try body()
            for key in keys {
                try run(
                    "ALTER TABLE \(raw: key.place) ADD CONSTRAINT \(raw: quoted(key.name)) \(raw: key.rule)")
            }
            return value
        }
    }

    /// Adds rows of a table, all with the same columns, with few statements. The names come from ``tables()``.
    package func insert(_ rows: [[Value]], into table: String, columns: [String]) throws {
        // SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
        let most = max(1, min(100, 30_000 / max(columns.count, 1)))
        let names = columns.map(quoted).joined(separator: ", ")
        let places = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
        for start in stride(from: 0, to: rows.count, by: most) {
            let part = rows[start..<min(start + most, rows.count)]
            let all = part.map { _ in places }.joined(separator: ", ")
            try run(
                SQL(raw: "INSERT INTO \(quoted(table)) (\(names)) VALUES \(all)", values: Array(part.joined())))
        }
    }

    /// An identifier as both engines take it.
    private func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
