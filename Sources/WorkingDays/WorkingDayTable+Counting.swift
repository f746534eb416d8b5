package import Kernel

/// A question about working days that has no answer.
package enum WorkingDayError: Error, Hashable {
    /// The second day lies before the first.
    case backwards
    /// More working days, or fewer, than 0 to 10,000.
    case tooMany(Int)
    /// The answer lies after the year 2200.
    case beyondCalendar
}

extension WorkingDayTable {
    /// The most working days that ``add(_:to:)`` adds.
    package static let most = 10_000

    /// How many working days lie between two days, and how that came about.
    package struct Count: Hashable, Sendable {
        /// Working days after the first day, up to and including the last.
        package let days: Int
        /// The exceptions among the days passed, in order.
        package let exceptions: [DayException]
        /// Whether a day passed lies in a year whose notice is missing, so that the count may change.
        package let provisional: Bool
    }

    /// The day that so many working days lead to, and how that came about.
    package struct Sum: Hashable, Sendable {
        /// The last of the working days counted.
        package let day: Day
        /// The exceptions among the days passed, in order.
        package let exceptions: [DayException]
        /// Whether a day passed lies in a year whose notice is missing, so that the day may change.
        package let provisional: Bool
    }

    /// The working days after `from` up to and including `to` (the first day is not counted: Civil Code art. 201).
    package func count(from: Day, to: Day) throws(WorkingDayError) -> Count {
        guard from <= to else { throw .backwards }
        return Count(
            days: worked(until: to) &- worked(until: from), exceptions: passed(from, to),
            provisional: isProvisional(from, to))
    }

    /// The `count`-th working day after `from`; `from` itself for 0.
    package func add(_ count: Int, to from: Day) throws(WorkingDayError) -> Sum {
        guard 0...Self.most ~= count else { throw .tooMany(count) }
        let target = worked(until: from) &+ count
        guard worked(until: .last) >= target else { throw .beyondCalendar }
        var (low, high) = (from, Day.last)
        while low < high {
            let middle = Day(clamping: (low.days &+ high.days) >> 1)
            if worked(until: middle) < target { low = middle.adding(days: 1) } else { high = middle }
        }
        return Sum(day: low, exceptions: passed(from, low), provisional: isProvisional(from, low))
    }

    /// Working days from a Monday before the calendar up to and including the day: only differences mean something.
    private func worked(until day: Day) -> Int {
        // 1899-12-25 was a Monday, seven days before the first day of the calendar.
        let days = Int(day.days) &- Int(Day.first.days) &+ 8
        let plain = days / 7 &* 5 &+ min(days % 7, 5)
        let index = position(after: day) &- 1
        return plain &+ (changes.indices.contains(index) ? changes[index] : 0)
    }

    /// The exceptions after a day up to and including another, in order; none where the second lies before the first.
    package func exceptions(after from: Day, through to: Day) -> ArraySlice<DayException> {
        from < to ? exceptions[position(after: from)..<position(after: to)] : []
    }

    private func passed(_ from: Day, _ to: Day) -> [DayException] {
        Array(exceptions(after: from, through: to))
    }

    private func isProvisional(_ from: Day, _ to: Day) -> Bool {
        guard from < to else { return false }
        return !(from.adding(days: 1).year...to.year).allSatisfy(years.contains)
    }
}
