/// What can go wrong between the program and its database. No case ever carries a bound value.
package enum DatabaseError: Error, Equatable, Sendable {
    /// The kind of rule that a row broke.
    package enum Kind: String, Sendable { case unique, foreignKey, notNull, check }

    /// A row broke a rule of the schema; the text names the table, column or rule as far as the engine tells.
    case constraint(Kind, String)
    /// Another process held the database too long; the same work may succeed later.
    case busy
    /// The database cannot be reached or was lost midway. The work may or may not have been done when it was committing.
    case unavailable(String)
    /// The statement is wrong, or its parameters are.
    case statement(String)
    /// A column was not what the program expected.
    case decoding(column: String, String)
    /// The schema is not one that this program can bring up to date.
    case migration(String)
    /// The database was closed, or a transaction was used after its end.
    case closed
}
