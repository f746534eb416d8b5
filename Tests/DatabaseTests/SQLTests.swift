import Database
import DatabaseTesting
import Testing

@Suite struct `SQL from literals` {
    @Test func `what is interpolated is bound, lists and nested pieces included`() {
        let condition: SQL = "pages > \(3) AND title IN \(list: ["a", "b"])"
        let sql: SQL = "SELECT * FROM \(raw: "paper") WHERE \(condition)" + " AND organ_id IN \(list: [])"
        #expect(sql.text == "SELECT * FROM paper WHERE pages > ? AND title IN (?, ?) AND organ_id IN (NULL)")
        #expect(sql.values == [.integer(3), .text("a"), .text("b")])
        #expect(SQL.joined([condition, "x = \(true)"], by: " OR ").values.count == 4)
    }

    @Test func `neither print nor dump shows what is bound`() {
        let sql: SQL = "SELECT \("secret")"
        var dumped = ""
        dump(sql, to: &dumped)
        dump(Row(columns: ["name"], values: [.text("secret")]), to: &dumped)
        #expect(!"\(sql) \(String(reflecting: sql)) \(dumped)".contains("secret"))
    }

    @Test func `question marks in quotes and comments stay`() {
        let text = "SELECT '?''?', \"?\", ? /* ? */ -- ?\n, ?, '?"
        #expect(SQLScanner.numberParameters(of: text).text == "SELECT '?''?', \"?\", $1 /* ? */ -- ?\n, $2, '?")
        #expect(SQLScanner.numberParameters(of: text).count == 2)
        for odd in ["", "'", "/*", "/*/", "--", "/", "-", "\"?"] {
            #expect(SQLScanner.numberParameters(of: odd).text == odd)
        }
    }

    @Test func `the common dialect becomes PostgreSQL's by whole words`() {
        let ddl = "CREATE TABLE real_blob (integer_id INTEGER, b blob, r REAL DEFAULT 'REAL') STRICT"
        #expect(
            Engine.postgres.ddl(ddl)
                == "CREATE TABLE real_blob (integer_id BIGINT, b BYTEA, r DOUBLE PRECISION DEFAULT 'REAL') ")
        #expect(Engine.sqlite.ddl(ddl) == ddl)
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an empty list matches nothing, and exists, scalar and changed rows are right`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { tx throws in
                #expect(try tx.changes("INSERT INTO organ (id, name) VALUES (1, '甲'), (2, '乙')") == 2)
                #expect(try tx.changes("SELECT id FROM organ") == 0)
                #expect(try tx.changes("UPDATE organ SET name = \("丙") WHERE id = \(9)") == 0)
                #expect(try tx.changes("DELETE FROM organ WHERE name = \("乙")") == 1)
                #expect(try tx.rows("SELECT id FROM organ WHERE id IN \(list: [])").isEmpty)
                #expect(try tx.exists("SELECT 1 FROM organ WHERE id = \(1)"))
                #expect(try !tx.exists("SELECT 1 FROM organ WHERE id = \(2)"))
                #expect(try tx.scalar("SELECT name FROM organ", as: String.self) == "甲")
                #expect(try tx.rows("INSERT INTO organ (id, name) VALUES (3, '丁') RETURNING id").count == 1)
                #expect(tx.statements == 9)
            }
        }
    }
}
