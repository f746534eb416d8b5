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
    /// For how many milliseconds another process may hold the database.
    private static let patience = 5000
    private let pool: DatabasePool

    init(path: String, readers: Int) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Double(Self.patience) / 1000)
        configuration.maximumReaderCount = max(readers, 1)
        // Otherwise GRDB traps when a transaction could not be ended; here the next BEGIN reports it.
        configuration.allowsUnsafeTransactions = true
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // GRDB sets NORMAL on opening. FULL syncs the log at every commit: what was acknowledged stays.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // What is deleted is overwritten, in the file as in the log.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // Fewer, larger checkpoints: each costs two syncs that a commit waits for.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 8000")
            // What a savepoint would take back is kept in memory: beyond 64 KB, which one filing exceeds, it went to a file.
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            // Pages that a batch of filings touches, 16 MB: with the 2 MB of the default it reads and writes many of them twice.
            try db.execute(sql: "PRAGMA cache_size = -16384")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
    }

    var engine: Engine { .sqlite }
    func post(writing: Bool) -> any Post { SQLitePost(pool: pool, isWriter: writing) }

    /// Not with the pool's barrier, which lets no reader begin until the last one has ended: a backup reads for minutes.
    /// Only writers wait here, and for a second at most.
    func purge(_ tables: [String]) throws(DatabaseError) -> Bool {
        do {
            return try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA busy_timeout = 1000")
                defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Self.patience)") }
                do {
                    try db.checkpoint(.truncate)
                    return true
                } catch let error as GRDB.DatabaseError where error.resultCode == .SQLITE_BUSY {
                    return false
                }
            }
        } catch {
            throw translate(error, while: .running)
        }
    }

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
