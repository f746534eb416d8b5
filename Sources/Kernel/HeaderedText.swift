/// The lines of a data file: a header of `# key: value` lines, and the rest with their numbers.
package struct HeaderedText: Sendable {
    /// One line of data, without its line break.
    package struct Line: Sendable {
        /// Its number in the file, from 1.
        package let number: Int
        /// Its text; never empty.
        package let text: Substring
    }

    /// What the header says, keys in lower case.
    package let header: [String: String]
    /// The lines that are neither empty nor comments, in order.
    package let lines: [Line]

    /// Splits at LF or CR LF and passes over a byte order mark.
    package init(_ text: String) {
        var header: [String: String] = [:]
        var lines: [Line] = []
        var number = 0
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = text.utf8.starts(with: mark) ? text.utf8.dropFirst(mark.count) : text.utf8[...]
        for bytes in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number &+= 1
            let part = Substring(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
            guard let first = bytes.first, !part.isEmpty else { continue }
            guard first == UInt8(ascii: "#") else {
                lines.append(Line(number: number, text: part))
                continue
            }
            let pair = part.dropFirst().split(separator: ":", maxSplits: 1)
            if pair.count == 2 { header[Self.trimmed(pair[0]).lowercased()] = Self.trimmed(pair[1]) }
        }
        self.header = header
        self.lines = lines
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
