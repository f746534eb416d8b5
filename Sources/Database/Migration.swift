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
/// Several processes may do this at once. Throws ``DatabaseError/migration(_:)`` when the database holds a step that is
/// not in the list (a newer program made it) or the steps were applied in another order, and changes nothing then.
package func migrate(
    _ database: any Database, _ migrations: [Migration], clock: Clock = .system
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
        try checkApplied(migrations, in: tx)
    }
    for (position, migration) in migrations.enumerated() {
        try await database.write { tx in
            let applied = try checkApplied(migrations, in: tx)
            guard position >= applied else { return }
            for statement in migration.statements { try tx.run(SQL(raw: tx.engine.ddl(statement))) }
            try tx.run(
                """
                INSERT INTO schema_migration (position, id, applied_at)
                VALUES (\(position), \(migration.id), \(clock.now()))
                """)
        }
    }
}

/// How many of the steps are applied: the first ones of the list, or the database is not ours.
@discardableResult
private func checkApplied(_ migrations: [Migration], in tx: any Transaction) throws -> Int {
    let applied = try tx.rows("SELECT id FROM schema_migration ORDER BY position").map { row in
        try row.get("id", as: String.self)
    }
    let known = Set(migrations.map(\.id))
    guard known.count == migrations.count else { throw DatabaseError.migration("an id stands twice in the list") }
    if let stranger = applied.first(where: { !known.contains($0) }) {
        throw DatabaseError.migration("\(stranger) was applied by a newer program")
    }
    for (ours, theirs) in zip(migrations, applied) where ours.id != theirs {
        throw DatabaseError.migration("\(theirs) was applied where \(ours.id) belongs")
    }
    return applied.count
}
