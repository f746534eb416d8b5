import Database
import DatabaseTesting
import Kernel
import Testing

@Suite struct `What goes in comes out` {
    @Test(arguments: TestDatabase.availableEngines)
    func `every kind of value at its extremes, NULL included`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let texts = ["", "纪检监察 🏮 e\u{301} '\"?$1", String(repeating: "长", count: 70_000)]
            let numbers = [Int64.min, -1, 0, 1, .max]
            let reals = [0.1, -Double.greatestFiniteMagnitude, .leastNonzeroMagnitude]
            let blob = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await expectEcho("TEXT", texts, database)
            try await expectEcho("INTEGER", numbers, database)
            try await expectEcho("REAL", reals, database)
            try await expectEcho("BLOB", [[], [0], blob], database)
            try await expectEcho("INTEGER", [true, false], database)
            try await expectEcho("TEXT", [String?.none, ""], database)
            try await expectEcho("BLOB", [[UInt8]?.none, []], database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `days, instants, ids and region codes`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await expectEcho("TEXT", [Identifier<Int>.random()], database)
            try await expectEcho("INTEGER", [Instant(milliseconds: -1)], database)
            try await expectEcho("INTEGER", [try #require(Day(year: 2026, month: 11, day: 21))], database)
            try await expectEcho("TEXT", [try #require(RegionCode("110105"))], database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `one statement takes NULL first and a value later, and the other way round`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let pages: [Int?] = [nil, 3, nil, 4]
            let titles: [String?] = ["一", nil, "二", nil]
            try await database.write { tx in
                for (index, page) in pages.enumerated() {
                    try tx.run("INSERT INTO paper (id, pages, title) VALUES (\(index), \(page), \(titles[index]))")
                }
            }
            let rows = try await database.read { tx in try tx.rows("SELECT pages, title FROM paper ORDER BY id") }
            #expect(try rows.map { try $0.maybe("pages", as: Int.self) } == pages)
            #expect(try rows.map { try $0.maybe("title", as: String.self) } == titles)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `text with NUL is refused, and the error does not show it`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let error = await failure {
                try await database.write { tx in
                    try tx.run("INSERT INTO organ (id, name) VALUES (1, \("秘密\u{0}"))")
                }
            }
            guard case .statement(let text)? = error else {
                Issue.record("not refused: \(String(describing: error))")
                return
            }
            #expect(!text.contains("秘密"))
            try await expect("organ", holds: 0, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a wrong column or type is told by name`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let row = try #require(
                try await database.read { tx in try tx.first("SELECT 7 AS pages, CAST(NULL AS TEXT) AS title") })
            #expect(try row.get("pages", as: Int.self) == 7)
            #expect(throws: DatabaseError.decoding(column: "pages", "integer is no String")) {
                try row.get("pages", as: String.self)
            }
            #expect(throws: DatabaseError.decoding(column: "title", "null is no String")) {
                try row.get("title", as: String.self)
            }
            #expect(throws: DatabaseError.decoding(column: "none", "there is no such column")) {
                try row.maybe("none", as: String.self)
            }
        }
    }

    private func expectEcho<T: Storable & Equatable>(
        _ type: String, _ values: [T], _ database: any Database
    ) async throws {
        for value in values {
            let row = try await database.read { tx in
                try tx.first("SELECT CAST(\(value) AS \(raw: tx.engine.ddl(type))) AS echo")
            }
            let echo = try #require(row).get("echo", as: T.self)
            #expect(echo == value)
        }
    }
}
