package import Database
import Foundation

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

    /// VACUUM leaves what somebody's snapshot still shows, so it runs once nobody holds one from before; a moment is
    /// given to those who are about to end. It may take as long as it takes.
    func purge(_ tables: [String]) throws(DatabaseError) -> Bool {
        let connection = PostgresConnection(address: address, begin: "BEGIN")
        defer { connection.close() }
        try connection.begin()
        connection.rollback()
        try connection.control("SET statement_timeout = 0")
        let mine = try connection.rows("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS TEXT) AS mine")
        guard let mine: String = try mine.first?.get("mine") else { return false }
        var patience = 100
        while try !connection.rows(
            """
            SELECT 1 AS old FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())
              AND (age(backend_xmin) > age(CAST(\(mine) AS xid)) OR age(backend_xid) > age(CAST(\(mine) AS xid)))
            LIMIT 1
            """
        ).isEmpty {
            patience -= 1
            if patience < 0 { return false }
            Thread.sleep(forTimeInterval: 0.05)
        }
        for table in tables { try connection.control("VACUUM \(table)") }
        return true
    }

    func close() {}
}
