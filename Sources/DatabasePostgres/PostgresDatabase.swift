package import Database

/// A PostgreSQL server, by libpq: one writer's connection and a few readers' connections, each on its own thread.
///
/// Writers of all processes take one advisory lock, so writes are one after the other as they are on SQLite.
package enum PostgresDatabase {
    /// Connects to `postgres://…`. Throws ``DatabaseError/unavailable(_:)`` when that fails; no error ever shows the
    /// password.
    package static func open(url: String, readers: Int = 3) async throws -> LaneDatabase {
        let database = LaneDatabase(PostgresDriver(address: try Address(url: url)), readers: readers)
        do {
            try await database.write { tx in _ = try tx.rows("SELECT 1") }
        } catch {
            await database.close()
            throw error
        }
        return database
    }
}

struct PostgresDriver: Driver {
    let address: Address
    var engine: Engine { .postgres }

    func post(writing: Bool) -> any Post {
        // The lock's number is Mingjian's own; it stands for nothing but the writer's turn.
        PostgresConnection(
            address: address,
            begin: writing
                ? "BEGIN; SELECT pg_advisory_xact_lock(5495173461827)"
                : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    func close() {}
}
