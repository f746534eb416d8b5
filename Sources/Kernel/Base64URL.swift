/// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5). One byte string has one spelling.
package enum Base64URL {
    /// Four characters for three bytes, no padding.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits &+= 8
            while bits >= 6 {
                bits &-= 6
                text.append(character(buffer >> UInt32(bits)))
            }
        }
        if bits > 0 { text.append(character(buffer << UInt32(6 &- bits))) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil for padding, spaces, other alphabets, a lone last character or left-over bits not zero.
    package static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = value(character) else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
            bits &+= 6
            if bits >= 8 {
                bits &-= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 6, buffer & (1 << UInt32(bits) &- 1) == 0 else { return nil }
        return bytes
    }

    private static func character(_ word: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: word) & 63
        return switch value {
        case 0..<26: UInt8(ascii: "A") &+ value
        case 26..<52: UInt8(ascii: "a") &+ value &- 26
        case 52..<62: UInt8(ascii: "0") &+ value &- 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character &- UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character &- UInt8(ascii: "a") &+ 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character &- UInt8(ascii: "0") &+ 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
