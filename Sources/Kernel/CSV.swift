/// Why a CSV text could not be read as a table; lines count from 1.
package enum CSVError: Error, Hashable {
    /// There is no line with anything on it.
    case empty
    /// A quotation mark that opens on this line is never closed: all that follows would be swallowed.
    case unclosedQuote(line: Int)
    /// The header names more than ``CSVTable/maximumColumns`` columns.
    case tooManyColumns
    /// More than ``CSVTable/maximumBytes`` or ``CSVTable/maximumCells``.
    case tooLarge
}

/// A table of comma-separated values (RFC 4180), the first line being its header.
///
/// Lenient where files of offices are: a byte order mark, LF or CR line ends, empty lines, short and long rows, and a
/// quotation mark inside an unquoted value are taken as they come. Line breaks inside quotes are kept.
package struct CSVTable: Sendable {
    /// 64 MiB of UTF-8.
    package static let maximumBytes = 64 << 20
    /// The most columns of a header.
    package static let maximumColumns = 1000
    /// The most values of a table, empty ones included.
    package static let maximumCells = 4_000_000

    /// One row below the header.
    package struct Row: Sendable, Hashable {
        /// The line of the file on which it begins.
        package let line: Int
        /// As many values as there are columns: what is missing is empty, what is too much is left out.
        package let values: [String]
    }

    /// The names of the columns, without white space around them.
    package let header: [String]
    /// The rows in order.
    package let rows: [Row]

    /// Reads a text; never stops the program, whatever it holds.
    package init(text: String) throws(CSVError) {
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLarge }
        var reader = CSVReader(text)
        guard let first = try reader.next(keeping: Self.maximumColumns &+ 1) else { throw .empty }
        guard first.values.count <= Self.maximumColumns else { throw .tooManyColumns }
        let width = first.values.count
        var rows: [Row] = []
        var cells = 0
        while let row = try reader.next(keeping: width) {
            cells &+= width
            guard cells <= Self.maximumCells else { throw .tooLarge }
            let missing = width &- row.values.count
            rows.append(
                missing > 0
                    ? Row(line: row.line, values: row.values + Array(repeating: "", count: missing)) : row)
        }
        header = first.values.map(Self.trimmed)
        self.rows = rows
    }

    /// The position of the first column that bears one of the names; Latin letters compare without case.
    package func column(_ names: String...) -> Int? {
        let wanted = names.map { $0.lowercased() }
        return header.firstIndex { wanted.contains($0.lowercased()) }
    }

    /// A row's values by the names of their columns, as the header writes them; of two columns of one name the first.
    package func named(_ row: Row) -> [String: String] {
        Dictionary(zip(header, row.values), uniquingKeysWith: { first, _ in first })
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Walks over the bytes once. Quotes, commas and line ends are ASCII, so UTF-8 is never cut.
private struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next row that is not empty, with its first `limit` values.
    mutating func next(keeping limit: Int) throws(CSVError) -> CSVTable.Row? {
        while position < bytes.count {
            let start = (line: line, position: position)
            var values: [String] = []
            while true {
                let value = try value()
                if values.count < limit { values.append(value) }
                guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
                position &+= 1
            }
            let isEmpty = position == start.position
            endLine()
            if !isEmpty { return CSVTable.Row(line: start.line, values: values) }
        }
        return nil
    }

    /// A value up to its comma, its line end or the end of the text.
    private mutating func value() throws(CSVError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            return String(decoding: plain(), as: UTF8.self)
        }
        let opened = line
        var value: [UInt8] = []
        position &+= 1
        while position < bytes.count {
            let byte = bytes[position]
            position &+= 1
            guard byte == UInt8(ascii: "\"") else {
                if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isLineFeed(at: position)) {
                    line &+= 1
                }
                value.append(byte)
                continue
            }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                return String(decoding: value + plain(), as: UTF8.self)
            }
            value.append(byte)
            position &+= 1
        }
        throw .unclosedQuote(line: opened)
    }

    /// The bytes up to the next comma or line end.
    private mutating func plain() -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            position &+= 1
        }
        return bytes[start..<position]
    }

    /// Passes over one LF, CR LF or CR.
    private mutating func endLine() {
        guard position < bytes.count else { return }
        if bytes[position] == UInt8(ascii: "\r"), isLineFeed(at: position &+ 1) { position &+= 1 }
        position &+= 1
        line &+= 1
    }

    private func isLineFeed(at index: Int) -> Bool { index < bytes.count && bytes[index] == UInt8(ascii: "\n") }
}
