package import Kernel

/// One step of the schema. Once shipped it never changes; a mistake is mended by the next one.
package struct Migration: Sendable {
    /// Its name for ever, such as `0007-limits`.
    package let id: String
    /// One statement each, in the common dialect of ``Engine/ddl(_:)``.
    package let statements: [String]

    /// A step with its statements.
    package init(id: String, statements: [String]) {
        self.id = id
        self.statements = statements
    }
}

/// Brings the schema up to date: applies, in order and each in its own transaction, the steps not yet applied.
///
/// Each module has a line of steps of its own that grows at its end alone; a later line may rest on the tables of an
/// earlier one. Several processes may do this at once. Throws ``DatabaseError/migration(_:)`` when the database holds a
/// step that is in no line (a newer program made it) or the steps of a line were applied in another order, and changes
/// nothing then.
package func migrate(
    _ database: any Database, _ lines: [Migration]..., clock: Clock = .system
) async throws {
    try await database.write { tx in
        try tx.run(
            SQL(
                raw: tx.engine.ddl(
                    """
                    CREATE TABLE IF NOT EXISTS schema_migration (
                        position INTEGER NOT NULL UNIQUE, id TEXT NOT NULL PRIMARY KEY, applied_at INTEGER NOT NULL
                    ) STRICT
                    """)))
        try checkApplied(lines, in: tx)
    }
    for migration in lines.joined() {
        try await database.write { tx in
            let applied = try checkApplied(lines, in: tx)
            if applied.contains(migration.id) { return }
            for statement in migration.statements { try tx.run(SQL(raw: tx.engine.ddl(statement))) }
            try tx.run(
                """
                INSERT INTO schema_migration (position, id, applied_at)
                VALUES (\(applied.count), \(migration.id), \(clock.now()))
                """)
        }
    }
}

/// The steps that are applied, of each line the first ones; or the database is not ours.
@discardableResult
private func checkApplied(_ lines: [[Migration]], in tx: any Transaction) throws -> [String] {
    let applied = try tx.rows("SELECT id FROM schema_migration ORDER BY position").map { row in
        try row.get("id", as: String.self)
    }
    let all = lines.joined().map(\.id)
    let known = Set(all)
    guard known.count == all.count else { throw DatabaseError.migration("an id stands twice in the list") }
    if let stranger = applied.first(where: { !known.contains($0) }) {
        throw DatabaseError.migration("\(stranger) was applied by a newer program")
    }
    for line in lines.map({ $0.map(\.id) }) {
        for (ours, theirs) in zip(line, applied.filter(line.contains)) where ours != theirs {
            throw DatabaseError.migration("\(theirs) was applied where \(ours) belongs")
        }
    }
    return applied
}
