package import Database
import Foundation
package import Sealing

/// What of a database goes into a backup.
package struct BackupPlan: Sendable {
    /// Tables of which no row is taken.
    package var without: Set<String>
    /// Conditions on the rows of single tables.
    package var only: [String: SQL]
    /// What is taken instead of columns of single tables: SQL that may name the columns, mostly `NULL`.
    package var instead: [String: [String: String]]
    /// Answers the names of the files that the rows speak of, in its first column.
    package var files: SQL

    package init(
        without: Set<String>, only: [String: SQL], instead: [String: [String: String]] = [:], files: SQL
    ) {
        self.without = without
        self.only = only
        self.instead = instead
        self.files = files
    }
}

/// Writes what a backup holds, in this order: a head, the keys, the rows table by table, the files, an end.
///
/// All numbers have their most significant byte first. The head is JSON after four bytes of length; a key is its name
/// after one byte of length, and 32 bytes; a row is its values in the order of the columns; a file is one byte (1, or 0
/// for one that was gone), 36 bytes of name and, where it is there, eight bytes of length and its bytes.
package struct BackupWriter: Sendable {
    package typealias Put = @Sendable ([UInt8]) throws -> Void

    private var chunks: SealedChunks
    private var pending: [UInt8] = []
    private var progress = BackupProgress()
    private let put: Put

    /// What is sealed goes to `put`, piece by piece.
    package init(_ chunks: SealedChunks, put: @escaping Put) {
        self.chunks = chunks
        self.put = put
    }

    /// Writes head, keys and rows from the one snapshot of a read, and answers the files that are to follow.
    package mutating func rows(
        _ tx: any Transaction, plan: BackupPlan, id: String, takenAt: Int64, keys: [String: SecretKey],
        _ tell: (BackupProgress) throws -> Void
    ) throws -> [String] {
        let files = try tx.rows(plan.files).map { try $0.get(at: 0, as: String.self) }
        let schema = try tx.rows("SELECT id FROM schema_migration ORDER BY position").map {
            try $0.get("id", as: String.self)
        }
        let tables = try tx.tables().filter { $0.name != "schema_migration" && !plan.without.contains($0.name) }
        let head = BackupHead(
            id: id, takenAt: takenAt, schema: schema,
            tables: try tables.map { table in
                let count: Int? = try tx.scalar(SQL(raw: "SELECT COUNT(*)") + source(of: table, plan))
                return BackupHead.Table(name: table.name, columns: table.columns, rows: count ?? 0)
            }, files: files.count)
        try length(of: head.encoded, "head")
        try write(head.encoded)
        pending.append(UInt8(truncatingIfNeeded: keys.count))
        for (name, key) in keys.sorted(by: { $0.key < $1.key }) {
            pending.append(UInt8(truncatingIfNeeded: name.utf8.count))
            pending += name.utf8
            pending += key.bytes
        }
        progress = BackupProgress(of: head)
        for (table, expected) in zip(tables, head.tables) {
            let instead = plan.instead[table.name] ?? [:]
            let columns = table.columns.map { instead[$0] ?? "\"\($0)\"" }.joined(separator: ", ")
            let start = progress.rows
            try tx.forEach(SQL(raw: "SELECT \(columns)") + source(of: table, plan)) { row in
                for value in row.values { try self.value(value, table.name) }
                progress.rows &+= 1
                if progress.rows.isMultiple(of: 1000) { try tell(progress) }
            }
            guard progress.rows &- start == expected.rows else { throw BackupError.malformed(table.name) }
        }
        try tell(progress)
        return files
    }

    /// Writes the files of a folder. Answers the names of those that are not there; one that is there and cannot be read
    /// is an error. Blocks on the disk.
    package mutating func files(
        _ names: [String], in folder: String, _ tell: (BackupProgress) throws -> Void
    ) throws -> [String] {
        var gone: [String] = []
        for name in names {
            guard BackupLayout.isFileName(name) else { throw BackupError.malformed("files") }
            progress.files &+= 1
            try tell(progress)
            guard let file = try Self.opened("\(folder)/\(name)") else {
                pending.append(0)
                pending += name.utf8
                gone.append(name)
                continue
            }
            defer { try? file.close() }
            let size = try file.seekToEnd()
            try file.seek(toOffset: 0)
            pending.append(1)
            pending += name.utf8
            pending.append(bigEndian: size)
            var left = size
            while left > 0 {
                guard let piece = try file.read(upToCount: Int(min(left, 1 << 18))), !piece.isEmpty else {
                    throw BackupError.tooLarge(name)
                }
                try write(Array(piece))
                left -= UInt64(piece.count)
            }
        }
        return gone
    }

    /// Ends it: without this nothing of it opens.
    package mutating func finish() throws {
        try write(BackupLayout.end)
        try flush()
        try chunks.finish(put)
    }

    /// A file to read; nil only where there is none.
    private static func opened(_ path: String) throws -> FileHandle? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number < 0 else { return FileHandle(fileDescriptor: number, closeOnDealloc: true) }
        let code = errno
        guard code == ENOENT else { throw SealingError.system(operation: "open", path: path, code: code) }
        return nil
    }

    private func source(of table: Table, _ plan: BackupPlan) -> SQL {
        let from = SQL(raw: " FROM \"\(table.name)\"")
        return plan.only[table.name].map { from + " WHERE " + $0 } ?? from
    }

    private mutating func value(_ value: Value, _ place: String) throws {
        pending.append(BackupLayout.kind(of: value))
        switch value {
        case .null: break
        case .integer(let number): pending.append(bigEndian: UInt64(bitPattern: number))
        case .real(let number): pending.append(bigEndian: number.bitPattern)
        case .text(let text):
            try length(of: Array(text.utf8), place)
            try write(Array(text.utf8))
        case .bytes(let bytes):
            try length(of: bytes, place)
            try write(bytes)
        }
    }

    private mutating func length(of bytes: [UInt8], _ place: String) throws {
        guard bytes.count <= BackupLayout.longest else { throw BackupError.tooLarge(place) }
        pending.append(bigEndian: UInt32(truncatingIfNeeded: bytes.count))
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        pending += bytes
        if pending.count >= SealedFile.chunkLength { try flush() }
    }

    private mutating func flush() throws {
        try chunks.append(pending, put)
        pending.removeAll(keepingCapacity: true)
    }
}
