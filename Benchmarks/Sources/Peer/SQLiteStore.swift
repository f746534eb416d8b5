import Foundation
import GRDB

/// GRDB's pool as its manual shows it, with the log synced at every commit.
struct SQLiteStore: Store {
    private let pool: DatabasePool

    init(_ path: String) throws {
        pool = try DatabasePool(path: path)
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "CREATE TABLE piece (id TEXT PRIMARY KEY NOT NULL, body BLOB NOT NULL) STRICT")
        }
    }

    func write(_ pieces: [[UInt8]]) async throws {
        try await pool.write { db in
            let statement = try db.cachedStatement(sql: "INSERT INTO piece (id, body) VALUES (?, ?)")
            for piece in pieces { try statement.execute(arguments: [UUID().uuidString, Data(piece)]) }
        }
    }
}
