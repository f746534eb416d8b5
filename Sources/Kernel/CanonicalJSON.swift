/// JSON in the one form that RFC 8785 (JCS) gives it: keys sorted by UTF-16 code units, no spaces, the shortest escapes.
/// Numbers are whole and within ±(2^53 − 1), where that form is the decimal itself.
package indirect enum CanonicalJSON: Hashable, Sendable {
    case null
    case flag(Bool)
    case number(Int64)
    case text(String)
    case list([CanonicalJSON])
    case object([String: CanonicalJSON])

    /// The bytes that are signed or hashed; UTF-8.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(to: &bytes)
        return bytes
    }

    package var string: String { String(decoding: bytes, as: UTF8.self) }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        // Beyond this a number would be written in another form: it is told as a text.
        case .number(let number):
            if number.magnitude < 1 << 53 {
                bytes += String(number).utf8
            } else {
                Self.quote(String(number), to: &bytes)
            }
        case .text(let text): Self.quote(text, to: &bytes)
        case .list(let items):
            bytes.append(UInt8(ascii: "["))
            for (place, item) in items.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let fields):
            bytes.append(UInt8(ascii: "{"))
            let sorted = fields.sorted { Self.precedes($0.key, $1.key) }
            for (place, field) in sorted.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.quote(field.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                field.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// By UTF-16 code units, which for ASCII is the order of the bytes.
    private static func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.allSatisfy { $0 < 0x80 } && other.utf8.allSatisfy { $0 < 0x80 }
            ? one.utf8.lexicographicallyPrecedes(other.utf8) : one.utf16.lexicographicallyPrecedes(other.utf16)
    }

    /// RFC 8785 §3.2.2.2: two-character escapes where there are any, `\u00xx` for other control characters, nothing else.
    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0..<0x20: bytes += ("\\u00" + Hex.encode([byte])).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
