import Mustache

/// How every template writes what it is given: the five characters of HTML by their references, whatever stands beside
/// them.
///
/// The library's own way goes by grapheme clusters. There `<` after U+0600, or `"` before U+0301, is one character with
/// its neighbour and no `<` or `"` any more: it would reach the browser as it is. Browsers read code points
/// (HTML, 13.2.5), and so does this.
struct EscapedText: MustacheContentType {
    static let name = "ESCAPED"
    /// What each template begins with: the library forgets the choice in every partial.
    static let mark = "{{% CONTENT_TYPE:\(name)}}\n"

    func escapeText(_ text: String) -> String { Self.escaped(text) }

    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { reference($0) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if let reference = reference(byte) { bytes += reference.utf8 } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func reference(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
