package import Database
package import Sealing

/// Takes what a backup holds as it is read. What it throws ends the reading.
package protocol BackupSink {
    mutating func head(_ head: BackupHead, keys: [String: SecretKey]) throws
    mutating func row(_ values: [Value], of table: BackupHead.Table) throws
    /// The rows are over.
    mutating func rowsEnded() throws
    mutating func fileBegan(_ name: String) throws
    mutating func fileBytes(_ bytes: [UInt8]) throws
    mutating func fileEnded() throws
    /// A file that was gone when its turn came.
    mutating func fileGone(_ name: String) throws
}

/// Reads what ``BackupWriter`` wrote, from bytes that come in pieces of any size. Whatever the bytes are, it ends with
/// ``BackupError`` or with all of them read; a length is no reason to take memory before the bytes are there.
package struct BackupReader {
    private let next: () throws -> [UInt8]?
    private var piece: [UInt8] = []
    private var place = 0

    /// `next` gives the pieces in order, then nil.
    package init(_ next: @escaping () throws -> [UInt8]?) { self.next = next }

    /// Reads to the end.
    package mutating func read(into sink: inout some BackupSink) throws {
        let head = try BackupHead(encoded: try block("head"))
        var keys: [String: SecretKey] = [:]
        for _ in 0..<(try byte("keys")) {
            let name = try text(try bytes(Int(try byte("keys")), "keys"), "keys")
            guard let key = SecretKey(bytes: try bytes(32, "keys")), keys.updateValue(key, forKey: name) == nil else {
                throw BackupError.malformed("keys")
            }
        }
        try sink.head(head, keys: keys)
        for table in head.tables {
            for _ in 0..<table.rows {
                var values: [Value] = []
                values.reserveCapacity(table.columns.count)
                for _ in table.columns { values.append(try value(table.name)) }
                try sink.row(values, of: table)
            }
        }
        try sink.rowsEnded()
        for _ in 0..<head.files { try file(into: &sink) }
        guard try bytes(BackupLayout.end.count, "end") == BackupLayout.end, try !fill() else {
            throw BackupError.malformed("end")
        }
    }

    private mutating func file(into sink: inout some BackupSink) throws {
        let isThere = try byte("files")
        let name = try text(try bytes(36, "files"), "files")
        guard isThere <= 1, BackupLayout.isFileName(name) else { throw BackupError.malformed("files") }
        guard isThere == 1 else { return try sink.fileGone(name) }
        var left = try number("files") as UInt64
        try sink.fileBegan(name)
        while left > 0 {
            guard try fill() else { throw BackupError.malformed("files") }
            let part = piece[place...].prefix(Int(min(left, UInt64(piece.count))))
            place &+= part.count
            left -= UInt64(part.count)
            try sink.fileBytes(Array(part))
        }
        try sink.fileEnded()
    }

    private mutating func value(_ place: String) throws -> Value {
        switch try byte(place) {
        case 0: return .null
        case 1: return .integer(Int64(bitPattern: try number(place)))
        case 2: return .real(Double(bitPattern: try number(place)))
        case 3: return .text(try text(try block(place), place))
        case 4: return .bytes(try block(place))
        default: throw BackupError.malformed(place)
        }
    }

    private func text(_ bytes: [UInt8], _ place: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw BackupError.malformed(place) }
        return text
    }

    private mutating func block(_ place: String) throws -> [UInt8] {
        let count = try number(place) as UInt32
        guard count <= BackupLayout.longest else { throw BackupError.malformed(place) }
        return try bytes(Int(count), place)
    }

    private mutating func number<Number: FixedWidthInteger>(_ place: String) throws -> Number {
        try bytes(Number.bitWidth / 8, place).reduce(0) { $0 << 8 | Number($1) }
    }

    private mutating func byte(_ place: String) throws -> UInt8 {
        guard try fill() else { throw BackupError.malformed(place) }
        defer { self.place &+= 1 }
        return piece[self.place]
    }

    private mutating func bytes(_ count: Int, _ place: String) throws -> [UInt8] {
        var found: [UInt8] = []
        while found.count < count {
            guard try fill() else { throw BackupError.malformed(place) }
            let part = piece[self.place...].prefix(count &- found.count)
            found += part
            self.place &+= part.count
        }
        return found
    }

    /// Makes sure that there is a byte to read; false at the end.
    private mutating func fill() throws -> Bool {
        while place >= piece.count {
            guard let more = try next() else { return false }
            (piece, place) = (more, 0)
        }
        return true
    }
}
