package import Database
import GRDB

package import enum Database.DatabaseError

/// SQLite inside the process, by GRDB: one writer, a few readers, write-ahead log, every commit synced.
package enum SQLiteDatabase {
    /// Opens or creates the database at `path`. Throws ``DatabaseError/unavailable(_:)`` when that cannot be done.
    ///
    /// One process at a time: take an ``OwnerLock`` first.
    package static func open(path: String, readers: Int = 3) throws(DatabaseError) -> LaneDatabase {
        do {
            return LaneDatabase(try SQLiteDriver(path: path, readers: readers), readers: readers)
        } catch {
            throw .unavailable("SQLite cannot open \(path): \(explain(error))")
        }
    }

    private static func explain(_ error: any Error) -> String {
        (error as? GRDB.DatabaseError)?.message ?? "unknown reason"
    }
}

struct SQLiteDriver: Driver {
    private let pool: DatabasePool

    init(path: String, readers: Int) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = max(readers, 1)
        // Otherwise GRDB traps when a transaction could not be ended; here the next BEGIN reports it.
        configuration.allowsUnsafeTransactions = true
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // GRDB sets NORMAL on opening. FULL syncs the log at every commit: what was acknowledged stays.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Fewer, larger checkpoints: each costs two syncs that a commit waits for.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
    }

    var engine: Engine { .sqlite }
    func post(writing: Bool) -> any Post { SQLitePost(pool: pool, isWriter: writing) }
    func close() { try? pool.close() }
}

/// A lane's way to the pool's writer or to one of its readers.
private final class SQLitePost: Post {
    private let pool: DatabasePool
    private let isWriter: Bool

    init(pool: DatabasePool, isWriter: Bool) {
        self.pool = pool
        self.isWriter = isWriter
    }

    func use(_ body: (any Connection) -> Void) throws(DatabaseError) {
        do {
            if isWriter {
                pool.writeWithoutTransaction { db in body(SQLiteConnection(db, begin: "BEGIN IMMEDIATE")) }
            } else {
                try pool.unsafeRead { db in body(SQLiteConnection(db, begin: "BEGIN DEFERRED")) }
            }
        } catch {
            throw translate(error, while: .preparing)
        }
    }

    func close() {}
}
