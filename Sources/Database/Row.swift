/// One row of an answer. The column names are shared by all rows of the answer.
package struct Row: Sendable {
    /// The column names in order, as the statement gives them.
    package let columns: [String]
    /// The values in the same order.
    package let values: [Value]

    /// For drivers and tests: `values` in the order of `columns`.
    package init(columns: [String], values: [Value]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column. Throws ``DatabaseError/decoding(column:_:)`` when there is no such column or the value is
    /// none of `T`'s; NULL is a value of optional types only.
    package func get<T: Storable>(_ column: String, as type: T.Type = T.self) throws(DatabaseError) -> T {
        guard let index = columns.firstIndex(of: column), index < values.count else {
            throw .decoding(column: column, "there is no such column")
        }
        guard let value = T(stored: values[index]) else {
            throw .decoding(column: column, "\(values[index].kind) is no \(T.self)")
        }
        return value
    }

    /// As ``get(_:as:)``, with nil for NULL.
    package func maybe<T: Storable>(_ column: String, as type: T.Type = T.self) throws(DatabaseError) -> T? {
        try get(column, as: T?.self)
    }

    /// The value at a position, as ``get(_:as:)`` has it.
    package func get<T: Storable>(at index: Int, as type: T.Type = T.self) throws(DatabaseError) -> T {
        guard values.indices.contains(index) else {
            throw .decoding(column: "#\(index)", "there is no such column")
        }
        guard let value = T(stored: values[index]) else {
            throw .decoding(column: "#\(index)", "\(values[index].kind) is no \(T.self)")
        }
        return value
    }
}

/// The column names alone: what was stored stays out of logs.
extension Row: CustomStringConvertible, CustomReflectable {
    package var description: String { "Row(\(columns.joined(separator: ", ")))" }
    package var customMirror: Mirror { Mirror(self, children: ["columns": columns]) }
}
