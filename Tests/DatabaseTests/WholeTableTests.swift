import Database
import DatabaseTesting
import Testing

@Suite struct `A whole table` {
    private struct Enough: Error {}

    @Test(arguments: TestDatabase.availableEngines)
    func `is walked row by row from one moment, with other statements in between`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { tx in
                try tx.insert(
                    (1...1234).map { [.integer($0), .text("机关\($0)")] }, into: "organ", columns: ["id", "name"])
            }
            let (sum, inner) = try await database.read { tx in
                var (sum, inner) = (0, 0)
                try tx.forEach("SELECT id, name FROM organ ORDER BY id") { row in
                    sum += try row.get("id", as: Int.self)
                    if sum.isMultiple(of: 100) {
                        try tx.forEach("SELECT id, name FROM organ ORDER BY id") { _ in inner += 1 }
                    }
                }
                return (sum, inner)
            }
            #expect(sum == 1234 * 1235 / 2)
            #expect(inner > 0 && inner.isMultiple(of: 1234))
            // Whoever has enough ends it; the transaction lives, and the same query begins anew.
            let seen = try await database.read { tx in
                var seen = 0
                for _ in 0..<3 {
                    do {
                        try tx.forEach("SELECT id FROM organ WHERE id > \(10)") { _ in
                            seen += 1
                            if seen.isMultiple(of: 250) { throw Enough() }
                        }
                    } catch is Enough {}
                }
                #expect(try tx.exists("SELECT 1 FROM organ"))
                return seen
            }
            #expect(seen == 750)
            let wrong = await failure { try await database.read { tx in try tx.forEach("SELECT nothing") { _ in } } }
            #expect(wrong != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found with its columns in order`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let tables = try await database.read { try $0.tables() }
            #expect(tables.map(\.name) == ["organ", "paper", "schema_migration"])
            #expect(tables.map(\.columns)[1] == ["id", "organ_id", "title", "body", "weight", "pages"])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is loaded in any order, and what it refers to must be there in the end`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let paper: [[Value]] = [[.integer(1), .integer(5)], [.integer(2), .null]]
            try await database.write { tx in
                try tx.loading {
                    try tx.insert(paper, into: "paper", columns: ["id", "organ_id"])
                    try tx.run("INSERT INTO organ (id, name) VALUES (5, '甲')")
                }
            }
            try await expect("paper", holds: 2, in: database)
            let broken = await failure {
                try await database.write { tx in
                    try tx.loading {
                        try tx.insert([[.integer(3), .integer(99)]], into: "paper", columns: ["id", "organ_id"])
                    }
                }
            }
            guard case .constraint(.foreignKey, _)? = broken else {
                Issue.record("\(String(describing: broken))")
                return
            }
            try await expect("paper", holds: 2, in: database)
            // The rule stands again for everybody else.
            let alone = await failure {
                try await database.write { tx in try tx.run("INSERT INTO paper (id, organ_id) VALUES (4, 98)") }
            }
            #expect(alone != nil)
        }
    }
}
