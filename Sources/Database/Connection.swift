/// One connection as a driver gives it to its lane; it never leaves the lane's thread.
package protocol Connection: AnyObject {
    /// The engine behind it.
    var engine: Engine { get }
    /// Executes a statement, or has it executed before anything that follows, which then throws its failure.
    func run(_ sql: SQL) throws(DatabaseError)
    /// Executes a statement and answers how many rows it changed.
    func changes(_ sql: SQL) throws(DatabaseError) -> Int
    /// Executes a statement and answers its rows.
    func rows(_ sql: SQL) throws(DatabaseError) -> [Row]
    /// Executes a query and answers the first column of its rows, whole numbers.
    func numbers(_ sql: SQL) throws(DatabaseError) -> [Int64]
    /// Executes a query and gives its rows one after the other, of which only a few are in memory at a time, until
    /// `body` answers false.
    func forEach(_ sql: SQL, _ body: (Row) -> Bool) throws(DatabaseError)
    /// Opens the lane's kind of transaction. A connection that is found dead is replaced once, as nothing was begun.
    func begin() throws(DatabaseError)
    /// Marks a place in the transaction, to which ``back(to:)`` goes.
    func savepoint(_ name: String) throws(DatabaseError)
    /// Forgets a place; throws the failure of what was run since.
    func release(_ name: String) throws(DatabaseError)
    /// Undoes what was done since a place, whatever became of it, and forgets the place.
    func back(to name: String) throws(DatabaseError)
    /// Commits what was run, and estimates the disk syncs that took; throws the failure of what was run.
    func commit() throws(DatabaseError) -> Int
    /// Leaves the transaction if one is open. Cannot fail: a connection that cannot roll back is to be replaced.
    func rollback()
}

/// A place on one thread from which a connection can be used.
package protocol Post: AnyObject {
    /// Hands over the connection for as long as `body` runs.
    func use(_ body: (any Connection) -> Void) throws(DatabaseError)
    /// Releases what it holds; called last, on the same thread.
    func close()
}

/// What an engine has to provide; ``LaneDatabase`` does the rest.
package protocol Driver: Sendable {
    /// The engine behind it.
    var engine: Engine { get }
    /// A post for the thread that calls; `writing` for the one writer, else for a reader.
    func post(writing: Bool) -> any Post
    /// Empties the log and frees the space of these tables, outside of any transaction; false where somebody still reads
    /// what was before. Blocks.
    func purge(_ tables: [String]) throws(DatabaseError) -> Bool
    /// Releases what all posts share, after the last of them has closed.
    func close()
}
