import Database
import DatabaseTesting
import Dispatch
import Testing

@Suite struct `What was deleted for good` {
    @Test(arguments: TestDatabase.availableEngines)
    func `is not called gone while somebody reads what was before, and nobody waits for them`(
        _ engine: Engine
    ) async throws {
        try await withDatabase(engine) { database in
            try await database.write { tx in
                try tx.run("INSERT INTO organ (id, name) VALUES (\(1), \("要销毁的"))")
            }
            let (begun, begins) = AsyncStream<Void>.makeStream()
            let over = DispatchSemaphore(value: 0)
            async let backup = database.read { tx in
                let first = try tx.rows("SELECT id FROM organ").count
                begins.yield()
                // A purge that waited for this read would be told yes after it.
                _ = over.wait(timeout: .now() + 60)
                return (first, try tx.rows("SELECT id FROM organ").count)
            }
            for await _ in begun { break }
            try await database.write { tx in try tx.run("DELETE FROM organ") }
            #expect(try await !database.purge(["organ"]))
            // Other readers go on, and so does the writer.
            try await expect("organ", holds: 0, in: database)
            try await database.write { tx in
                try tx.run("INSERT INTO organ (id, name) VALUES (\(2), \("后来的"))")
            }
            over.signal()
            #expect(try await backup == (1, 1))
            // Other tests read in the same server; a purge waits five seconds for them.
            var isGone = false
            for _ in 1...20 where !isGone { isGone = try await database.purge(["organ"]) }
            #expect(isGone)
            if engine == .sqlite {
                #expect(try await database.write { try $0.scalar("PRAGMA busy_timeout", as: Int.self) } == 5000)
            }
        }
    }
}
