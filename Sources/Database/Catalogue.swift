/// A table as it stands in the database.
package struct Table: Hashable, Sendable {
    /// Its name, in lower case.
    package let name: String
    /// Its columns in order.
    package let columns: [String]
}

extension Transaction {
    /// The tables of this database in the order of their names; the engine's own are left out.
    package func tables() throws -> [Table] {
        let names: SQL =
            switch engine {
            case .sqlite:
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            case .postgres: "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
            }
        // Sorted here: the engines order text in ways of their own.
        return try rows(names).map { try $0.get("name", as: String.self) }.sorted().map { name in
            let columns: SQL =
                switch engine {
                case .sqlite: "SELECT name FROM pragma_table_info(\(name)) ORDER BY cid"
                case .postgres:
                    """
                    SELECT attname AS name FROM pg_attribute
                    WHERE attrelid = CAST(quote_ident(CAST(\(name) AS TEXT)) AS regclass) AND attnum > 0 AND NOT attisdropped
                    ORDER BY attnum
                    """
                }
            return Table(name: name, columns: try rows(columns).map { try $0.get("name") })
        }
    }
}
