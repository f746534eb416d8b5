/// A month of the Gregorian calendar, of the years 1900 to 2200, in China.
package struct Month: Comparable, Hashable, Sendable {
    /// The year, 1900 to 2200.
    package let year: Int
    /// 1 to 12.
    package let month: Int

    /// The month that a day belongs to.
    package init(_ day: Day) {
        year = day.year
        month = day.month
    }

    /// Earlier before later.
    package static func < (left: Month, right: Month) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}

extension Month: LosslessStringConvertible {
    /// Reads `YYYY-MM` and nothing else.
    package init?(_ text: String) {
        guard let first = Day(text + "-01") else { return nil }
        self.init(first)
    }

    /// `2026-11`.
    package var description: String { "\(year)-\(Digits.two(month))" }
}
