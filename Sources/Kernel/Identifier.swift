/// A typed name for one thing: 128 bits, written as a lower-case UUID (RFC 9562).
///
/// The tag keeps an office's identifier from being taken for a report's. Reports, messages and files use ``random()``,
/// which tells nothing; everything else uses ``ordered(at:)``, which sorts by time.
package struct Identifier<Tag>: Hashable, Sendable, LosslessStringConvertible {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random identifier (UUID version 4, 122 random bits from the system's generator).
    package static func random() -> Self {
        stamped(version: 4, high: .random(in: .min ... .max))
    }

    /// An identifier that sorts by its time (UUID version 7: 48 bits of milliseconds, 74 random bits).
    /// Times before 1970 count as 1970.
    package static func ordered(at instant: Instant) -> Self {
        let time = UInt64(clamping: instant.milliseconds) & 0xFFFF_FFFF_FFFF
        return stamped(version: 7, high: time << 16 | .random(in: 0...0xFFF))
    }

    private static func stamped(version: UInt64, high: UInt64) -> Self {
        let low = UInt64.random(in: .min ... .max)
        return Self(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | version << 12,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Reads 36 characters, hyphens at 9, 14, 19 and 24, hexadecimal in either case; any version. Nothing else.
    package init?(_ text: String) {
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard digits < 32, let nibble = Hex.nibble(byte) else { return nil }
                if digits < 16 {
                    words.high = words.high << 4 | UInt64(nibble)
                } else {
                    words.low = words.low << 4 | UInt64(nibble)
                }
                digits &+= 1
            }
            position &+= 1
        }
        guard position == 36, digits == 32 else { return nil }
        self.init(high: words.high, low: words.low)
    }

    /// Takes exactly 16 bytes, most significant first.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        func word(_ part: some Sequence<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(bytes.prefix(8)), low: word(bytes.suffix(8)))
    }

    /// The 16 bytes, most significant first.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    /// The UUID in lower case, 36 characters.
    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(Hex.digit(byte >> 4))
            text.append(Hex.digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Identifier: Comparable {
    /// Byte order, which for ``ordered(at:)`` is the order of time.
    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension Identifier: Codable {
    /// Decodes the 36-character text; anything else is a data-corrupted error that does not repeat the input.
    package init(from decoder: any Decoder) throws {
        self = try decoder.lossless("an identifier")
    }

    /// Encodes the 36-character text.
    package func encode(to encoder: any Encoder) throws {
        try encoder.lossless(self)
    }
}
