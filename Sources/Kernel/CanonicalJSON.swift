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
    package var bytes: [UInt8] { Array(string.utf8) }

    package var string: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        // Beyond this a number would be written in another form: it is told as a text.
        case .number(let number):
            number.magnitude < 1 << 53 ? String(number) : Self.quoted(String(number))
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.string).joined(separator: ",") + "]"
        case .object(let fields):
            "{"
                + fields.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
                .map { Self.quoted($0.key) + ":" + $0.value.string }.joined(separator: ",") + "}"
        }
    }

    /// RFC 8785 §3.2.2.2: two-character escapes where there are any, `\u00xx` for other control characters, nothing else.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{8}": quoted += "\\b"
            case "\t": quoted += "\\t"
            case "\n": quoted += "\\n"
            case "\u{C}": quoted += "\\f"
            case "\r": quoted += "\\r"
            default:
                if scalar.value < 0x20 {
                    quoted += "\\u00" + Hex.encode([UInt8(scalar.value)])
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}
