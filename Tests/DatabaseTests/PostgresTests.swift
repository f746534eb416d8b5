import Database
import DatabasePostgres
import DatabaseTesting
import Testing

private let isAtHand = TestDatabase.availableEngines.contains(.postgres)

@Suite(.enabled(if: isAtHand)) struct `PostgreSQL alone` {
    @Test func `a lost connection is made anew, and a job in flight is told`() async throws {
        try await withDatabase(.postgres) { database in
            let killer = try await TestDatabase.make(.postgres)
            try await kill(try await backend(database), by: killer)
            // Between jobs: nobody notices.
            try await database.write { tx in try tx.run("INSERT INTO organ (id, name) VALUES (1, '甲')") }

            let error = await failure {
                try await database.write { tx in
                    try tx.run("INSERT INTO organ (id, name) VALUES (2, '乙')")
                    _ = try tx.rows("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            guard case .unavailable? = error else {
                Issue.record("\(String(describing: error))")
                await killer.close()
                return
            }
            try await expect("organ", holds: 1, in: database)
            await killer.close()
        }
    }

    @Test func `a job that loses the connection does not take along those not begun`() async throws {
        try await withDatabase(.postgres) { database in
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        await failure {
                            try await database.write { tx in
                                try tx.run("INSERT INTO organ (id, name) VALUES (\(number), \("\(number)"))")
                                if number == 20 { _ = try tx.rows("SELECT pg_terminate_backend(pg_backend_pid())") }
                            }
                        } == nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            let stored = try await count("organ", in: database)
            #expect(stored == outcomes)
            #expect(outcomes < 40)
        }
    }

    @Test func `two processes take turns`() async throws {
        let place = try await TestPlace(.postgres)
        let first = try await place.open()
        let second = try await place.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for database in [first, second] { group.addTask { try await migrate(database, [schema]) } }
            try await group.waitForAll()
            for number in 0..<100 {
                let database = number % 2 == 0 ? first : second
                group.addTask {
                    try await database.write { tx in
                        let last = try tx.scalar("SELECT MAX(id) FROM organ", as: Int.self) ?? 0
                        try tx.run("INSERT INTO organ (id, name) VALUES (\(last + 1), \("\(number)"))")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await expect("organ", holds: 100, in: second)
        await first.close()
        await second.close()
        await place.remove()
    }

    @Test func `more statements than the cache holds`() async throws {
        try await withDatabase(.postgres) { database in
            try await database.write { tx in
                for number in 0..<1_100 {
                    let sum = try tx.scalar("SELECT \(raw: "\(number)") + \(1)", as: Int.self)
                    #expect(sum == number + 1)
                }
            }
        }
    }

    @Test func `a change of the schema heals by the next transaction`() async throws {
        try await withDatabase(.postgres, readers: 1) { database in
            let read = { try await database.read { tx in try tx.rows("SELECT * FROM organ") } }
            _ = try await read()
            try await database.write { tx in try tx.run("ALTER TABLE organ ADD COLUMN more BIGINT") }
            // The reader's plan is outgrown: its connection may fail once.
            _ = try? await read()
            _ = try await read()
        }
    }

    @Test func `a numeric column asks for a CAST`() async throws {
        try await withDatabase(.postgres) { database in
            let error = await failure {
                try await database.read { tx in _ = try tx.rows("SELECT CAST(1 AS NUMERIC) AS total") }
            }
            guard case .statement(let text)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(text.contains("total") && text.contains("CAST"))
        }
    }

    private func backend(_ database: any Database) async throws -> Int {
        try await database.write { tx in try tx.scalar("SELECT pg_backend_pid()") ?? 0 }
    }

    private func kill(_ backend: Int, by killer: any Database) async throws {
        try await killer.write { tx in
            _ = try tx.rows("SELECT pg_terminate_backend(CAST(\(backend) AS INTEGER))")
        }
        while try await killer.read({ tx in
            try tx.exists("SELECT 1 FROM pg_stat_activity WHERE pid = \(backend)")
        }) { await Task.yield() }
    }
}

@Suite struct `The password stays secret` {
    @Test(arguments: [
        "postgres://clerk:hunter2@127.0.0.1:1/mingjian", "postgres://clerk:hunter2/x@127.0.0.1/mingjian",
        "postgres://clerk:hunter2%zz@127.0.0.1/mingjian", "postgres://clerk@127.0.0.1:hunter2/mingjian",
        "postgres://clerk@127.0.0.1:1/mingjian?password=hunter2", "hunter2", "host=127.0.0.1 port=1 password=hunter2",
    ])
    func `in every error`(_ url: String) async {
        let error = await failure { _ = try await PostgresDatabase.open(url: url) }
        guard case .unavailable(let text)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!text.contains("hunter2"))
    }
}
