/// The engines that meet the contract.
package enum Engine: String, Sendable, Hashable, CaseIterable {
    /// SQLite inside the process: one process owns the file.
    case sqlite
    /// A PostgreSQL server, shared by several processes or machines.
    case postgres

    /// A schema statement of the common dialect, as this engine wants it.
    ///
    /// The common dialect is SQLite's: types INTEGER, TEXT, BLOB and REAL, and `STRICT` after the table, or `CLUSTERED`
    /// for one whose rows lie in its primary key (SQLite's STRICT, WITHOUT ROWID). For PostgreSQL the types become
    /// BIGINT, BYTEA and DOUBLE PRECISION, and INT, for what never needs more than four bytes, INTEGER, and the words after the table go; quoted text and comments stay as they are.
    package func ddl(_ text: String) -> String {
        guard self == .postgres else {
            return SQLScanner.mapWords(of: text) { $0.uppercased() == "CLUSTERED" ? "STRICT, WITHOUT ROWID" : nil }
        }
        return SQLScanner.mapWords(of: text) { word in
            switch word.uppercased() {
            case "INTEGER": "BIGINT"
            case "INT": "INTEGER"
            case "BLOB": "BYTEA"
            case "REAL": "DOUBLE PRECISION"
            case "STRICT", "CLUSTERED": ""
            default: nil
            }
        }
    }
}
