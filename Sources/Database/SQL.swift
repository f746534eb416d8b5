/// A piece of SQL with its parameters bound, written as a string literal.
///
/// What is interpolated becomes a parameter, so text from a person can never become SQL:
///
///     try tx.rows("SELECT id FROM report WHERE organ_id = \(organ) AND stage IN \(list: stages)")
///
/// Write the subset that SQLite 3.40 and PostgreSQL 15 share, names in lower case (PostgreSQL folds them), `CAST(… AS
/// INTEGER)` around `SUM` (PostgreSQL answers `numeric`), and `?` nowhere but as a parameter.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The statement with one `?` for each of ``values``.
    package private(set) var text: String
    /// The parameters in order.
    package private(set) var values: [Value]

    /// SQL of the program's own, taken as it stands. Never pass what came from outside.
    package init(raw text: String, values: [Value] = []) {
        self.text = text
        self.values = values
    }

    package init(stringLiteral text: String) { self.init(raw: text) }
    package init(stringInterpolation interpolation: StringInterpolation) { self = interpolation.sql }

    /// One piece after the other.
    package static func + (left: SQL, right: SQL) -> SQL {
        SQL(raw: left.text + right.text, values: left.values + right.values)
    }

    /// One piece after the other, in place.
    package static func += (left: inout SQL, right: SQL) {
        left.text += right.text
        left.values += right.values
    }

    /// The pieces with `separator` between them: `SQL.joined(conditions, by: " AND ")`.
    package static func joined(_ pieces: [SQL], by separator: SQL) -> SQL {
        var whole: SQL = ""
        for (index, piece) in pieces.enumerated() {
            if index > 0 { whole += separator }
            whole += piece
        }
        return whole
    }

    /// Refuses what PostgreSQL cannot hold, so that both engines refuse it alike.
    func checkText() throws(DatabaseError) {
        for (index, value) in values.enumerated() {
            if case .text(let text) = value, text.utf8.contains(0) {
                throw .statement("parameter \(index + 1) holds U+0000, which text cannot")
            }
        }
    }

    /// Collects the literal's parts; used by the compiler.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL = SQL(raw: "")

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + interpolationCount)
            sql.values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { sql.text += literal }

        /// A bound parameter.
        package mutating func appendInterpolation(_ value: some Storable) {
            sql.text += "?"
            sql.values.append(value.stored)
        }

        /// A bound parameter, NULL for nil. (For the generic one alone the compiler warns about optionals.)
        package mutating func appendInterpolation(_ value: (some Storable)?) {
            sql.text += "?"
            sql.values.append(value.stored)
        }

        /// A nested piece, with its own parameters.
        package mutating func appendInterpolation(_ piece: SQL) { sql += piece }

        /// SQL of the program's own, taken as it stands.
        package mutating func appendInterpolation(raw text: String) { sql.text += text }

        /// `(?, ?, …)`. An empty list becomes `(NULL)`: `IN` then matches nothing, and **so does `NOT IN`**.
        package mutating func appendInterpolation(list: [any Storable]) {
            guard !list.isEmpty else {
                sql.text += "(NULL)"
                return
            }
            sql.text += "(?" + String(repeating: ", ?", count: list.count - 1) + ")"
            sql.values += list.map(\.stored)
        }
    }
}

/// The text alone: a log or a failed test never shows what was bound.
extension SQL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { text }
    package var debugDescription: String { text }
    package var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}
