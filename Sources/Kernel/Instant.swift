/// A moment, in milliseconds, of the years 1900 to 2200. All of China keeps one time, eight hours ahead of UTC and
/// without summer time since 1992, so texts and days are always of +08:00. What would leave
/// these years stops at their end.
package struct Instant: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// The eight hours, in milliseconds.
    static let offset: Int64 = 28_800_000
    private static let earliest = Int64(Day.first.days) * 86_400_000 - offset
    private static let latest = (Int64(Day.last.days) + 1) * 86_400_000 - offset - 1

    /// The moment so many milliseconds after 1970-01-01T00:00:00Z, or the nearest within 1900 to 2200.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.earliest), Self.latest)
    }

    /// The day in China.
    package var day: Day {
        Day(clamping: Self.floor(local, 86_400_000))
    }

    /// The hour in China, 0 to 23.
    package var hour: Int { Int(millisecondsOfDay / 3_600_000) }
    /// The minute of the hour, 0 to 59.
    package var minute: Int { Int(millisecondsOfDay / 60_000 % 60) }
    /// The second of the minute, 0 to 59.
    package var second: Int { Int(millisecondsOfDay / 1000 % 60) }

    /// The start of its hour: all that is kept of the time of a public filing.
    package var toTheHour: Instant {
        Instant(milliseconds: milliseconds &- millisecondsOfDay % 3_600_000)
    }

    /// The moment so many seconds later, or earlier when negative.
    package func adding(seconds: Int64) -> Instant {
        let (product, tooFar) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflow) = milliseconds.addingReportingOverflow(product)
        return Instant(milliseconds: tooFar || overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// `2026-11-21 09:00`, in China.
    package var shortText: String {
        "\(day.text) \(Digits.two(hour)):\(Digits.two(minute))"
    }

    /// Earlier before later.
    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    private var local: Int64 { milliseconds &+ Self.offset }
    var millisecondsOfDay: Int64 { local &- Self.floor(local, 86_400_000) &* 86_400_000 }

    private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
        let quotient = value / unit
        return value % unit < 0 ? quotient &- 1 : quotient
    }
}
