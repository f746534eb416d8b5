import Database
import DatabaseTesting
import Testing

@Suite struct `The schema's rules hold` {
    @Test(arguments: TestDatabase.availableEngines)
    func `a broken rule is told by its kind and without the value`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { tx in try tx.run("INSERT INTO organ (id, name) VALUES (1, '甲')") }
            let broken: [(SQL, DatabaseError.Kind)] = [
                ("INSERT INTO organ (id, name) VALUES (2, \("甲"))", .unique),
                ("INSERT INTO organ (id, name) VALUES (1, \("乙"))", .unique),
                ("INSERT INTO organ (id, name) VALUES (3, \(String?.none))", .notNull),
                ("INSERT INTO paper (id, organ_id, title) VALUES (1, 99, \("甲"))", .foreignKey),
                ("INSERT INTO paper (id, pages, title) VALUES (1, \(-1), \("甲"))", .check),
            ]
            for (sql, kind) in broken {
                let error = await failure { try await database.write { tx in try tx.run(sql) } }
                guard case .constraint(kind, let text)? = error else {
                    Issue.record("\(sql) gave \(String(describing: error))")
                    continue
                }
                #expect(!text.contains("甲"))
            }
            try await expect("organ", holds: 1, in: database)
            try await expect("paper", holds: 0, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a wrong statement is an error, and the next one works`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let wrong: [SQL] = [
                "SELEC 1", "SELECT none FROM organ", "", SQL(raw: "SELECT ?"), "SELECT 1; SELECT 2",
                "INSERT INTO organ (id, name) VALUES (\("甲"), 'x')",
            ]
            for sql in wrong {
                let error = await failure { try await database.write { tx in _ = try tx.rows(sql) } }
                guard case .statement(let text)? = error else {
                    Issue.record("\(sql) gave \(String(describing: error))")
                    continue
                }
                #expect(!text.contains("甲"))
            }
            let inRead = await failure { try await database.read { tx in try tx.run("DELETE FROM organ") } }
            #expect(inRead == .statement("a read cannot write"))
            try await expect("organ", holds: 0, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a swallowed failure keeps nothing, but an attempt may fail alone`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let error = await failure {
                try await database.write { tx in
                    try tx.run("INSERT INTO organ (id, name) VALUES (1, '甲')")
                    _ = try? tx.run("INSERT INTO organ (id, name) VALUES (1, '乙')")
                }
            }
            guard case .constraint(.unique, _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await expect("organ", holds: 0, in: database)

            try await database.write { tx in
                try tx.run("INSERT INTO organ (id, name) VALUES (1, '甲')")
                _ = try? tx.attempt {
                    try tx.run("INSERT INTO organ (id, name) VALUES (2, '乙')")
                    _ = try? tx.attempt { try tx.run("INSERT INTO organ (id, name) VALUES (1, '丙')") }
                    try tx.run("INSERT INTO organ (id, name) VALUES (2, '丁')")
                }
                try tx.attempt { try tx.run("INSERT INTO organ (id, name) VALUES (3, '戊')") }
            }
            try await expect("organ", holds: 2, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what fails is told by what follows at the latest, and an attempt undoes it whatever else happens in it`(
        _ engine: Engine
    ) async throws {
        struct Other: Error {}
        try await withDatabase(engine) { database in
            @Sendable func insert(_ id: Int, _ tx: any Transaction) throws {
                try tx.run("INSERT INTO organ (id, name) VALUES (\(id), \("organ \(id)"))")
            }
            try await database.write { tx in
                try insert(1, tx)
                #expect(throws: DatabaseError.self) {
                    try tx.attempt {
                        try insert(2, tx)
                        try? insert(1, tx)
                        _ = try tx.rows("SELECT id FROM organ")
                    }
                }
                #expect(throws: DatabaseError.self) { try tx.attempt { try? insert(1, tx) } }
                #expect(throws: Other.self) {
                    try tx.attempt {
                        try insert(3, tx)
                        try? insert(1, tx)
                        throw Other()
                    }
                }
                #expect(try tx.changes("UPDATE organ SET name = 'x' WHERE id IN (1, 2, 3)") == 1)
                for id in 4..<200 { try insert(id, tx) }
            }
            try await expect("organ", holds: 197, in: database)
            let error = await failure {
                try await database.write { tx in for id in 200..<400 { try insert(id == 300 ? 1 : id, tx) } }
            }
            guard case .constraint(.unique, _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await expect("organ", holds: 197, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `migrations go forward only and refuse a newer database`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let second = Migration(id: "0002-more", statements: ["CREATE TABLE more (a INTEGER NOT NULL) STRICT"])
            let third = Migration(id: "0003-bad", statements: ["CREATE TABLE half (a INTEGER) STRICT", "CREATE TABEL"])
            try await migrate(database, [schema, second])
            try await migrate(database, [schema, second])
            try await expect("schema_migration", holds: 2, in: database)

            let tooOld = await failure { try await migrate(database, [schema]) }
            #expect(tooOld == .migration("0002-more was applied by a newer program"))
            let reordered = await failure { try await migrate(database, [second, schema]) }
            #expect(reordered == .migration("0001-test was applied where 0002-more belongs"))

            #expect(await failure { try await migrate(database, [schema, second, third]) } != nil)
            try await expect("schema_migration", holds: 2, in: database)

            // A database in use: one module grows after another has come.
            let other = Migration(id: "0100-other", statements: ["CREATE TABLE other (a INTEGER NOT NULL) STRICT"])
            let next = Migration(id: "0003-next", statements: ["CREATE TABLE next (a INTEGER NOT NULL) STRICT"])
            try await migrate(database, [schema, second], [other])
            for _ in 1...2 { try await migrate(database, [schema, second, next], [other]) }
            try await expect("schema_migration", holds: 4, in: database)
            try await expect("next", holds: 0, in: database)
            let inserted = await failure { try await migrate(database, [schema, next, second], [other]) }
            #expect(inserted == .migration("0002-more was applied where 0003-next belongs"))
            #expect(await failure { _ = try await count("half", in: database) } != nil)
        }
    }
}
