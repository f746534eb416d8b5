/// What sealed bytes belong to. It is not stored in them: who opens must say the same, so that bytes moved to another
/// report, field or purpose do not open.
package struct Binding: Hashable, Sendable {
    /// The report, or whatever else owns the bytes, by its id.
    package var report: String
    /// The field or table column.
    package var field: String
    /// What the bytes are for, such as "letter" or "office wrap".
    package var purpose: String

    /// All three are authenticated, byte for byte; none is secret.
    package init(report: String, field: String, purpose: String) {
        self.report = report
        self.field = field
        self.purpose = purpose
    }

    /// The associated data: the header of the format, then the three parts, each after its length.
    func authenticated(with header: some Collection<UInt8>) -> [UInt8] {
        var bytes = Array(header)
        for part in [report, field, purpose] { bytes.append(lengthPrefixed: part.utf8) }
        return bytes
    }
}

extension [UInt8] {
    /// Appends a number, most significant byte first.
    mutating func append(bigEndian number: some FixedWidthInteger & UnsignedInteger) {
        for byte in stride(from: number.bitWidth &- 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> byte))
        }
    }

    /// Appends eight bytes of length and the part, so that no two lists of parts give the same bytes.
    mutating func append(lengthPrefixed part: some Collection<UInt8>) {
        append(bigEndian: UInt64(part.count))
        append(contentsOf: part)
    }
}
