import Database
import DatabaseSQLite
import DatabaseTesting
import Foundation
import Testing

@Suite struct `SQLite alone` {
    @Test func `every commit is synced, foreign keys are on, the log is written ahead`() async throws {
        try await withDatabase(.sqlite) { database in
            let settings = try await database.write { tx in
                try ["synchronous", "foreign_keys", "busy_timeout"].map { name in
                    try tx.scalar("PRAGMA \(raw: name)", as: Int.self)
                }
            }
            #expect(settings == [2, 1, 5000])
            let journal = try await database.read { tx in try tx.scalar("PRAGMA journal_mode", as: String.self) }
            #expect(journal == "wal")
        }
    }

    @Test func `a folder has one owner, and the error names it`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var lock: OwnerLock? = try OwnerLock(path: path)
        #expect(lock != nil)
        #expect(throws: OwnerLockError.held(pid: ProcessInfo.processInfo.processIdentifier)) {
            try OwnerLock(path: path)
        }
        lock = nil
        _ = try OwnerLock(path: path)
    }

    @Test func `a path that cannot be opened is an error`() {
        #expect(throws: DatabaseError.self) { try SQLiteDatabase.open(path: "/nowhere/at/all.sqlite") }
    }
}
