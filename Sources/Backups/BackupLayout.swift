import Database

/// The small marks of the layout that ``BackupWriter`` describes.
enum BackupLayout {
    /// The most bytes of one value.
    static let longest = 1 << 28
    static let end = Array("the end\n".utf8)

    /// The byte before a value: 0 NULL; 1 a whole number and 2 a double, eight bytes each; 3 text and 4 bytes, after
    /// four bytes of length.
    static func kind(of value: Value) -> UInt8 {
        switch value {
        case .null: 0
        case .integer: 1
        case .real: 2
        case .text: 3
        case .bytes: 4
        }
    }

    /// Whether a name is that of a sealed file: 36 hexadecimal digits and hyphens, which is no path.
    static func isFileName(_ name: String) -> Bool {
        name.utf8.count == 36 && name.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "-") }
    }
}

extension [UInt8] {
    /// Appends a number, most significant byte first.
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
