import Crypto

/// A short text that this process made, and that it alone can tell from a made-up one: what it is for, between which
/// seconds of the process's own clock it holds, and a random number. It names nobody.
///
/// 48 bytes, as 64 characters of base64url: kind, pieces, bits, one byte left zero; beginning and end in four bytes
/// each, most significant first; 16 random bytes; the first 20 bytes of an HMAC-SHA256 of all that.
struct Stamp: Equatable {
    enum Kind: UInt8 { case challenge = 1, proven, waited }

    static let length = 64

    var kind: Kind
    var pieces: UInt8 = 0
    var bits: UInt8 = 0
    var begin: UInt32
    var end: UInt32
    var nonce: [UInt8]

    init(_ kind: Kind, pieces: Int = 0, bits: Int = 0, begin: Double, lasting seconds: Int) {
        self.kind = kind
        self.pieces = UInt8(clamping: pieces)
        self.bits = UInt8(clamping: bits)
        self.begin = UInt32(clamping: Int(max(0, min(begin, 4e9))))
        end = self.begin.addingReportingOverflow(UInt32(clamping: seconds)).partialValue
        nonce = SymmetricKey(size: .bits128).withUnsafeBytes(Array.init)
    }

    /// Reads what ``text(under:)`` wrote; nil for anything that was not made under this key.
    init?(_ text: some StringProtocol, under key: SymmetricKey) {
        guard text.utf8.count == Self.length, let bytes = Self.decode(text.utf8), bytes.count == 48,
            let kind = Kind(rawValue: bytes[0])
        else { return nil }
        let claimed = bytes.suffix(20)
        let code = Self.code(bytes.prefix(28), key)
        guard zip(claimed, code).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0 else { return nil }
        self.kind = kind
        pieces = bytes[1]
        bits = bytes[2]
        begin = Self.word(bytes[4..<8])
        end = Self.word(bytes[8..<12])
        nonce = Array(bytes[12..<28])
    }

    func text(under key: SymmetricKey) -> String {
        var bytes: [UInt8] = [kind.rawValue, pieces, bits, 0]
        for word in [begin, end] { for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(word >> shift & 0xFF)) } }
        bytes += nonce
        return Self.encode(bytes + Self.code(bytes, key))
    }

    private static func code(_ bytes: some Collection<UInt8>, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("mingjian stamp v1".utf8) + bytes, using: key).prefix(20))
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    // MARK: base64url of whole groups (RFC 4648 §5): 48 bytes need no padding

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(length)
        for start in stride(from: 0, to: bytes.count - 2, by: 3) {
            let group = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            for shift in [18, 12, 6, 0] { text.append(alphabet[group >> shift & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group = 0
        for (position, byte) in text.enumerated() {
            let value = values[Int(byte)]
            guard value < 64 else { return nil }
            group = (group << 6 | Int(value)) & 0xFF_FFFF
            if position % 4 == 3 { bytes += [UInt8(group >> 16), UInt8(group >> 8 & 0xFF), UInt8(group & 0xFF)] }
        }
        return bytes
    }
}
