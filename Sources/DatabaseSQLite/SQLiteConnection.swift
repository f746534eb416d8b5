import Database
import Foundation
import GRDB

// Named alone, they go before GRDB's types of the same names, which are qualified below.
import enum Database.DatabaseError
import struct Database.Row
import struct Database.SQL

/// GRDB's connection for as long as the pool lends it.
final class SQLiteConnection: Connection {
    private let db: GRDB.Database
    private let opening: String
    private var changesAtBegin = 0

    init(_ db: GRDB.Database, begin: String) {
        self.db = db
        opening = begin
    }

    var engine: Engine { .sqlite }

    func run(_ sql: SQL) throws(DatabaseError) {
        let statement = try prepare(sql.text)
        do { try statement.execute(arguments: sql.arguments) } catch { throw translate(error, while: .running) }
    }

    func changes(_ sql: SQL) throws(DatabaseError) -> Int {
        let before = db.totalChangesCount
        try run(sql)
        // SQLite keeps the last count through statements that change no row.
        return db.totalChangesCount == before ? 0 : db.changesCount
    }

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        var rows: [Row] = []
        try walk(try prepare(sql.text), sql) { row in
            rows.append(row)
            return true
        }
        return rows
    }

    func numbers(_ sql: SQL) throws(DatabaseError) -> [Int64] {
        let statement = try prepare(sql.text)
        do { return try Int64.fetchAll(statement, arguments: sql.arguments) } catch {
            throw translate(error, while: .running)
        }
    }

    func forEach(_ sql: SQL, _ body: (Row) -> Bool) throws(DatabaseError) {
        // A statement of its own: `body` may execute others, the same text among them.
        let statement: Statement
        do { statement = try db.makeStatement(sql: sql.text) } catch { throw translate(error, while: .preparing) }
        try walk(statement, sql, body)
    }

    private func walk(_ statement: Statement, _ sql: SQL, _ body: (Row) -> Bool) throws(DatabaseError) {
        do {
            let cursor = try GRDB.Row.fetchCursor(statement, arguments: sql.arguments)
            let columns = statement.columnNames
            while let row = try cursor.next() {
                guard body(Row(columns: columns, values: row.databaseValues.map(Value.init))) else { break }
            }
        } catch {
            throw translate(error, while: .running)
        }
    }

    func begin() throws(DatabaseError) {
        if db.isInsideTransaction { rollback() }
        changesAtBegin = db.totalChangesCount
        try control(opening)
    }

    func savepoint(_ name: String) throws(DatabaseError) { try control("SAVEPOINT \(name)") }

    func release(_ name: String) throws(DatabaseError) { try control("RELEASE SAVEPOINT \(name)") }

    func back(to name: String) throws(DatabaseError) {
        try control("ROLLBACK TO SAVEPOINT \(name)")
        try release(name)
    }

    private func control(_ command: String) throws(DatabaseError) {
        let statement = try prepare(command)
        do { try statement.execute() } catch { throw translate(error, while: .running) }
    }

    func commit() throws(DatabaseError) -> Int {
        try control("COMMIT")
        return db.totalChangesCount == changesAtBegin ? 0 : 1
    }

    func rollback() {
        guard db.isInsideTransaction else { return }
        try? control("ROLLBACK")
    }

    private func prepare(_ text: String) throws(DatabaseError) -> Statement {
        do { return try db.cachedStatement(sql: text) } catch { throw translate(error, while: .preparing) }
    }
}

extension SQL {
    fileprivate var arguments: StatementArguments {
        StatementArguments(
            values.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .null: nil
                case .integer(let number): number
                case .real(let number): number
                case .text(let text): text
                case .bytes(let bytes): Data(bytes)
                }
            })
    }
}

extension Value {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes([UInt8](data))
        }
    }
}
