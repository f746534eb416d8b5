extension Instant {
    /// `2026-11-21T09:00:00+08:00` (RFC 3339), whole seconds.
    package var rfc3339: String {
        "\(dateTime)+08:00"
    }

    /// Reads an RFC 3339 date-time with any offset. Fractions below a millisecond are cut off; second 60 is refused,
    /// and so is a moment outside the years 1900 to 2200.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[10] | 0x20 == UInt8(ascii: "t"),
            let day = Day(String(decoding: bytes[..<10], as: UTF8.self)),
            let hour = Self.clockPart(bytes[11..<13], before: 24), bytes[13] == UInt8(ascii: ":"),
            let minute = Self.clockPart(bytes[14..<16], before: 60), bytes[16] == UInt8(ascii: ":"),
            let second = Self.clockPart(bytes[17..<19], before: 60)
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { Digits.value($0) != nil }
            guard !digits.isEmpty else { return nil }
            for place in 0..<3 {
                fraction = fraction &* 10 &+ Int64(digits.dropFirst(place).first.map { $0 & 15 } ?? 0)
            }
            rest = rest[digits.endIndex...]
        }
        guard let offset = Self.offset(of: rest) else { return nil }
        let seconds = (hour &* 60 &+ minute) &* 60 &+ second &- offset
        let total = Int64(day.days) &* 86_400_000 &+ seconds &* 1000 &+ fraction
        self.init(milliseconds: total)
        guard milliseconds == total else { return nil }
    }

    /// The offset from UTC in seconds of `Z`, `+hh:mm` or `-hh:mm`.
    private static func offset(of text: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(text)
        if bytes.count == 1 { return bytes[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
            let hours = clockPart(bytes[1..<3], before: 24), let minutes = clockPart(bytes[4..<6], before: 60)
        else { return nil }
        let seconds = (hours &* 60 &+ minutes) &* 60
        return switch bytes[0] {
        case UInt8(ascii: "+"): seconds
        case UInt8(ascii: "-"): -seconds
        default: nil
        }
    }

    private static func clockPart(_ bytes: ArraySlice<UInt8>, before limit: Int) -> Int64? {
        guard let value = Digits.number(String(decoding: bytes, as: UTF8.self), length: 2...2), value < limit
        else { return nil }
        return Int64(value)
    }

    private var dateTime: String {
        "\(day.text)T\(Digits.two(hour)):\(Digits.two(minute)):\(Digits.two(second))"
    }
}

extension Instant: LosslessStringConvertible, Codable {
    /// The RFC 3339 text, with three decimals where the moment is not a whole second.
    package var description: String {
        let fraction = Int(millisecondsOfDay % 1000)
        return fraction == 0 ? rfc3339 : "\(dateTime).\(fraction / 100)\(Digits.two(fraction % 100))+08:00"
    }

    /// The same as ``init(rfc3339:)``.
    package init?(_ description: String) {
        self.init(rfc3339: description)
    }

    /// Decodes RFC 3339.
    package init(from decoder: any Decoder) throws {
        self = try decoder.lossless("an RFC 3339 time of 1900 to 2200")
    }

    /// Encodes ``description``, which loses nothing.
    package func encode(to encoder: any Encoder) throws {
        try encoder.lossless(self)
    }
}
