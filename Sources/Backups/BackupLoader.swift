package import Database
import Foundation
package import Sealing

/// What was restored.
package struct RestoreTally: Equatable, Sendable {
    package var rows = 0
    package var files = 0
    /// Files that were gone already while the backup was taken.
    package var gone: [String] = []
    /// Tables of the backup that this program does not know; they were passed over.
    package var strangers: [String] = []
}

/// Lays a backup out into a database with a fresh schema, a folder for files and a place for keys.
package struct BackupLoader: BackupSink {
    package private(set) var tally = RestoreTally()
    private let tx: any Transaction
    private let filesFolder: String
    private let keysPath: String
    private var known: [String: Set<String>] = [:]
    private var table: BackupHead.Table?
    private var rows: [[Value]] = []
    private var file: FileHandle?

    /// Everything happens in the one transaction, within ``Transaction/loading(_:)``; folders are made as needed.
    package init(_ tx: any Transaction, files: String, keys: String) {
        self.tx = tx
        filesFolder = files
        keysPath = keys
    }

    package mutating func head(_ head: BackupHead, keys: [String: SecretKey]) throws {
        let tables = try tx.tables()
        known = Dictionary(
            tables.map { ($0.name, Set($0.columns)) }, uniquingKeysWith: { first, _ in first })
        for table in head.tables {
            guard let columns = known[table.name] else {
                tally.strangers.append(table.name)
                continue
            }
            if let strange = table.columns.first(where: { !columns.contains($0) }) {
                throw BackupError.strangeColumn(table: table.name, column: strange)
            }
        }
        // A fresh schema comes with rows of its own.
        for table in tables where !HalfRestored.keeps(table.name) { try tx.run("DELETE FROM \(raw: table.name)") }
        _ = try KeysFolder.restore(path: keysPath, contents: keys)
        try FileManager.default.createDirectory(
            atPath: filesFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    package mutating func row(_ values: [Value], of table: BackupHead.Table) throws {
        guard known[table.name] != nil else { return }
        if self.table?.name != table.name || rows.count >= 100 { try flush() }
        self.table = table
        rows.append(values)
    }

    package mutating func rowsEnded() throws { try flush() }

    private mutating func flush() throws {
        guard let table else { return }
        try tx.insert(rows, into: table.name, columns: table.columns)
        tally.rows += rows.count
        rows.removeAll(keepingCapacity: true)
    }

    package mutating func fileBegan(_ name: String) throws {
        let path = "\(filesFolder)/\(name)"
        guard
            FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        tally.files += 1
    }

    package func fileBytes(_ bytes: [UInt8]) throws { try file?.write(contentsOf: bytes) }

    package mutating func fileEnded() throws {
        try file?.synchronize()
        try file?.close()
        file = nil
    }

    package mutating func fileGone(_ name: String) { tally.gone.append(name) }
}

/// The mark of a database into which a restore was begun and not finished: a table that is there until then.
package enum HalfRestored {
    private static let name = "half_restored"

    /// Whether a restore was cut off.
    package static func isMarked(_ tx: any Transaction) throws -> Bool {
        try tx.tables().contains { $0.name == name }
    }

    package static func mark(_ tx: any Transaction) throws {
        try tx.run(SQL(raw: tx.engine.ddl("CREATE TABLE \(name) (begun INTEGER NOT NULL) STRICT")))
    }

    /// To be done in the transaction that holds all rows.
    package static func clear(_ tx: any Transaction) throws { try tx.run("DROP TABLE \(raw: name)") }

    static func keeps(_ table: String) -> Bool { table == "schema_migration" || table == name }
}
