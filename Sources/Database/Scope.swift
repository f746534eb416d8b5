/// The transaction that a job sees: it counts, refuses what no engine may be sent, and stays failed after a failure.
final class Scope: Transaction {
    private let connection: any Connection
    private var depth = 0
    private var isOver = false
    private(set) var statements = 0
    /// The engine's error that ended the transaction.
    private(set) var failure: DatabaseError?

    init(_ connection: any Connection) { self.connection = connection }

    var engine: Engine { connection.engine }

    func run(_ sql: SQL) throws {
        try execute(sql) { sql throws(DatabaseError) in try connection.run(sql) }
    }

    func changes(_ sql: SQL) throws -> Int {
        try execute(sql) { sql throws(DatabaseError) in try connection.changes(sql) }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        try execute(sql) { sql throws(DatabaseError) in try connection.rows(sql) }
    }

    func numbers(_ sql: SQL) throws -> [Int64] {
        try execute(sql) { sql throws(DatabaseError) in try connection.numbers(sql) }
    }

    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        var stop: (any Error)?
        try execute(sql) { sql throws(DatabaseError) in
            try connection.forEach(sql) { row in
                do { try body(row) } catch { stop = error }
                return stop == nil
            }
        }
        if let stop { throw stop }
    }

    func attempt<T>(_ body: () throws -> T) throws -> T {
        try checkUsable()
        depth += 1
        defer { depth -= 1 }
        let name = "attempt_\(depth)"
        try noting { connection throws(DatabaseError) in try connection.savepoint(name) }
        do {
            let value = try body()
            if let failure { throw failure }
            try noting { connection throws(DatabaseError) in try connection.release(name) }
            return value
        } catch {
            recover(name)
            throw error
        }
    }

    /// Ends its use; a closure that kept it gets ``DatabaseError/closed``.
    func finish() { isOver = true }

    /// Goes back to the savepoint; the failure is over only if the engine could.
    private func recover(_ name: String) {
        do throws(DatabaseError) {
            try connection.back(to: name)
            failure = nil
        } catch {
            failure = failure ?? error
        }
    }

    private func execute<T>(
        _ sql: SQL, _ act: (SQL) throws(DatabaseError) -> T
    ) throws(DatabaseError) -> T {
        try checkUsable()
        statements += 1
        do {
            try sql.checkText()
            return try act(sql)
        } catch {
            failure = error
            throw error
        }
    }

    private func noting(_ act: (any Connection) throws(DatabaseError) -> Void) throws(DatabaseError) {
        do { try act(connection) } catch {
            failure = error
            throw error
        }
    }

    private func checkUsable() throws(DatabaseError) {
        if isOver { throw .closed }
        if let failure { throw failure }
    }
}
