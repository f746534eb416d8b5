/// An open transaction. It is synchronous on both engines and ends with the closure that received it.
///
/// A statement that fails ends the transaction, as PostgreSQL has it: every further statement throws the same error and
/// nothing is kept, even if the closure swallows it. Wrap what may fail in ``attempt(_:)`` to go on afterwards.
package protocol Transaction: AnyObject {
    /// The engine behind it, for the few statements that differ.
    var engine: Engine { get }
    /// How many statements were executed in it so far, for budgets in tests.
    var statements: Int { get }
    /// Executes a statement of whose outcome nothing is asked. PostgreSQL is sent it and not waited for: a failure is thrown
    /// here, by a later statement, or by the end of the transaction or of the ``attempt(_:)`` that it stands in.
    func run(_ sql: SQL) throws
    /// Executes a statement and answers how many rows it changed.
    func changes(_ sql: SQL) throws -> Int
    /// Executes a statement and answers its rows.
    func rows(_ sql: SQL) throws -> [Row]
    /// Executes a query and answers the first column of its rows, whole numbers: for answers of thousands of which each has
    /// to be quick.
    func numbers(_ sql: SQL) throws -> [Int64]
    /// Executes a query and gives its rows one after the other, of which only a few are in memory at a time: for answers
    /// of any size. What `body` throws ends it and is thrown on; the transaction lives.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws
    /// Does `body` so that its failure undoes only itself (a savepoint) and is thrown on, and the transaction lives.
    @discardableResult func attempt<T>(_ body: () throws -> T) throws -> T
}

extension Transaction {
    /// The first row, if there is one. Say `LIMIT 1` where there could be many.
    package func first(_ sql: SQL) throws -> Row? { try rows(sql).first }

    /// The first column of the first row, or nil when there is no row or it is NULL.
    package func scalar<T: Storable>(_ sql: SQL, as type: T.Type = T.self) throws -> T? {
        try first(sql)?.get(at: 0, as: T?.self)
    }

    /// Whether `sql`, a SELECT, answers any row.
    package func exists(_ sql: SQL) throws -> Bool {
        try first("SELECT 1 WHERE EXISTS (\(sql))") != nil
    }
}
