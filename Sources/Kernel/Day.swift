/// A calendar day of the years 1900 to 2200, without a time or a zone. Arithmetic that would leave these years stops at
/// ``first`` or ``last``.
package struct Day: Comparable, Hashable, Sendable {
    /// Days since 1970-01-01; negative before it.
    package let days: Int32

    /// 1900-01-01.
    package static let first = Day(unchecked: -25567)
    /// 2200-12-31.
    package static let last = Day(unchecked: 84370)

    private init(unchecked days: Int32) {
        self.days = days
    }

    /// The day so many days after 1970-01-01, or nil outside 1900 to 2200.
    package init?(days: some BinaryInteger) {
        guard days >= Self.first.days, days <= Self.last.days else { return nil }
        self.days = Int32(days)
    }

    /// The day so many days after 1970-01-01, or the nearest within 1900 to 2200.
    package init(clamping days: some BinaryInteger) {
        self.days = min(max(Int32(clamping: days), Self.first.days), Self.last.days)
    }

    /// A date of the Gregorian calendar, or nil if there is no such day or it lies outside 1900 to 2200.
    package init?(year: Int, month: Int, day: Int) {
        guard 1900...2200 ~= year, Self.exists(year: year, month: month, day: day) else { return nil }
        self.init(unchecked: Self.count(year: year, month: month, day: day))
    }

    /// Reads `YYYY-MM-DD`, or `YYYY/M/D` with one or two digits for month and day, as spreadsheets write it.
    package init?(_ text: String) {
        let dashed = text.utf8.contains(UInt8(ascii: "-"))
        let parts = text.split(separator: dashed ? "-" : "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = Digits.number(parts[0], length: 4...4),
            let month = Digits.number(parts[1], length: dashed ? 2...2 : 1...2),
            let day = Digits.number(parts[2], length: dashed ? 2...2 : 1...2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`.
    package var text: String {
        let (year, month, day) = parts
        return "\(year)-\(Digits.two(month))-\(Digits.two(day))"
    }

    /// The year, 1900 to 2200.
    package var year: Int { parts.year }
    /// The month, 1 to 12.
    package var month: Int { parts.month }
    /// The day of the month, 1 to 31.
    package var day: Int { parts.day }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    package var weekday: Int {
        let shifted = (Int(days) &+ 3) % 7
        return (shifted < 0 ? shifted &+ 7 : shifted) &+ 1
    }

    /// The day so many days later, or earlier when negative.
    package func adding(days count: Int) -> Day {
        Day(clamping: Int(days).saturating(adding: count))
    }

    /// The same day of the month so many months later; the last day of that month where it is shorter.
    package func adding(months count: Int) -> Day {
        let (year, month, day) = parts
        let total = (year &* 12 &+ month &- 1).saturating(adding: count)
        guard total >= 1900 * 12 else { return .first }
        guard total < 2201 * 12 else { return .last }
        let target = (year: total / 12, month: total % 12 &+ 1)
        let length = Self.length(year: target.year, month: target.month)
        return Day(unchecked: Self.count(year: target.year, month: target.month, day: min(day, length)))
    }

    /// Midnight at its start in China (+08:00).
    package var start: Instant {
        Instant(milliseconds: Int64(days) &* 86_400_000 &- Instant.offset)
    }

    /// Earlier before later.
    package static func < (left: Day, right: Day) -> Bool { left.days < right.days }
}

extension Day: LosslessStringConvertible, Codable {
    /// The same as ``text``.
    package var description: String { text }

    /// Decodes the text forms of ``init(_:)``.
    package init(from decoder: any Decoder) throws {
        self = try decoder.lossless("a day of 1900 to 2200")
    }

    /// Encodes ``text``.
    package func encode(to encoder: any Encoder) throws {
        try encoder.lossless(self)
    }
}

extension Int {
    /// The sum, or the nearest representable number.
    func saturating(adding other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
