import Foundation

/// What a backup says of itself before anything else.
package struct BackupHead: Codable, Equatable, Sendable {
    /// A table and how many rows of it follow.
    package struct Table: Codable, Equatable, Sendable {
        package var name: String
        package var columns: [String]
        package var rows: Int
    }

    /// The layout of what follows.
    package static let layout = 1

    package var layout = BackupHead.layout
    /// The backup's own id in the database that it was taken of.
    package var id: String
    /// When it was begun, in milliseconds since 1970.
    package var takenAt: Int64
    /// The steps of the schema, in the order in which they were applied.
    package var schema: [String]
    /// In the order in which their rows follow.
    package var tables: [Table]
    /// How many files follow the rows.
    package var files: Int

    init(id: String, takenAt: Int64, schema: [String], tables: [Table], files: Int) {
        self.id = id
        self.takenAt = takenAt
        self.schema = schema
        self.tables = tables
        self.files = files
    }

    var encoded: [UInt8] { get throws { Array(try JSONEncoder().encode(self)) } }

    /// Throws ``BackupError`` for another layout and for what no writer of this one says.
    init(encoded: [UInt8]) throws {
        struct Layout: Decodable { var layout: Int }
        let decoder = JSONDecoder()
        guard let layout = try? decoder.decode(Layout.self, from: Data(encoded)).layout else {
            throw BackupError.malformed("head")
        }
        guard layout == Self.layout else { throw BackupError.unknownLayout(layout) }
        guard let head = try? decoder.decode(Self.self, from: Data(encoded)) else {
            throw BackupError.malformed("head")
        }
        // A row takes at least a byte for each column, so that no number of rows outlasts the file.
        guard Set(head.tables.map(\.name)).count == head.tables.count, head.files >= 0,
            head.tables.allSatisfy({
                $0.rows >= 0 && !$0.columns.isEmpty && Set($0.columns).count == $0.columns.count
            })
        else { throw BackupError.malformed("head") }
        self = head
    }
}

/// Why a backup cannot be written or read.
package enum BackupError: Error, Equatable, Sendable {
    /// The file does not begin as a backup does.
    case notABackup
    /// Another passphrase, or a file that was altered where the passphrase is checked.
    case wrongPassphrase
    /// The file was cut, extended or altered: nothing of it is believed.
    case damaged
    /// A later program wrote it.
    case unknownLayout(Int)
    /// The sealed content makes no sense at this part of it.
    case malformed(String)
    /// A value or file that a backup cannot hold; the name of its table or file.
    case tooLarge(String)
    /// A table of the backup has a column that the target's has not.
    case strangeColumn(table: String, column: String)
}

/// How far a backup or a restore has come.
package struct BackupProgress: Codable, Equatable, Sendable {
    package var rows = 0
    package var ofRows = 0
    package var files = 0
    package var ofFiles = 0

    package init() {}

    init(of head: BackupHead) {
        ofRows = head.tables.reduce(0) { $0 &+ $1.rows }
        ofFiles = head.files
    }
}
