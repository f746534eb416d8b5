/// One stored value, in the five kinds that SQLite and PostgreSQL share here.
package enum Value: Sendable, Hashable {
    /// No value.
    case null
    /// A whole number; every bit of it is kept on both engines.
    case integer(Int64)
    /// An IEEE 754 double.
    case real(Double)
    /// Unicode text without U+0000, which PostgreSQL cannot hold; a statement that carries one is refused on both engines.
    case text(String)
    /// Bytes as they are.
    case bytes([UInt8])

    /// The kind alone, for messages: stored values never appear in an error.
    package var kind: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .real: "real"
        case .text: "text"
        case .bytes: "bytes"
        }
    }
}

/// A type that a column can hold.
///
/// `init?(stored:)` must accept what `stored` gives and refuse every value that it could not have given,
/// so that a wrong column is found at the first read.
package protocol Storable: Sendable {
    /// The value as it goes into the database.
    var stored: Value { get }
    /// The value as it comes back, or nil when it is none of this type's.
    init?(stored: Value)
}
