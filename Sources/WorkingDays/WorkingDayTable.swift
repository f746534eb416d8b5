package import Kernel

/// A day that is not what its weekday says, by the State Council's yearly notice: a Saturday or Sunday that is worked,
/// or a Monday to Friday that is off.
package struct DayException: Hashable, Sendable, Codable {
    /// The day.
    package let day: Day
    /// The holiday it belongs to: 「春节」.
    package let name: String
    /// True for a weekday off, false for a worked day of the weekend.
    package let isOffDay: Bool

    /// An exception; that it is one, the table checks.
    package init(day: Day, name: String, isOffDay: Bool) {
        self.day = day
        self.name = name
        self.isOffDay = isOffDay
    }

    /// Whether the day's own weekday says otherwise.
    var isException: Bool { (day.weekday < 6) == isOffDay }
}

/// The working days of mainland China: Monday to Friday, but for the exceptions of the years that it covers.
///
/// Years without a notice count as plain weeks, and every answer that touches them says that it is provisional.
package struct WorkingDayTable: Sendable {
    /// The exceptions, by day.
    package let exceptions: [DayException]
    /// The years whose notice is included.
    package let years: Set<Int>
    /// Where the table comes from, or empty.
    package let source: String
    /// Its licence, or empty.
    package let licence: String
    /// The day it was made.
    package let date: Day?

    /// For each exception the change that it and all before it make to the number of working days.
    let changes: [Int]

    init(exceptions: [DayException], years: Set<Int>, source: String, licence: String, date: Day?) {
        self.exceptions = exceptions
        self.years = years
        self.source = source
        self.licence = licence
        self.date = date
        var sum = 0
        changes = exceptions.map { exception in
            sum &+= exception.isOffDay ? -1 : 1
            return sum
        }
    }

    /// Whether people work on the day.
    package func isWorkingDay(_ day: Day) -> Bool {
        exception(on: day).map { !$0.isOffDay } ?? (day.weekday < 6)
    }

    /// The exception of the day, if it is one.
    package func exception(on day: Day) -> DayException? {
        let index = position(after: day) &- 1
        guard exceptions.indices.contains(index), exceptions[index].day == day else { return nil }
        return exceptions[index]
    }

    /// The day itself if it is worked, or the next that is. The last day of the calendar where there is none.
    package func nextWorkingDay(onOrAfter day: Day) -> Day {
        var day = day
        while !isWorkingDay(day), day < .last { day = day.adding(days: 1) }
        return day
    }

    /// The number of exceptions up to and including the day.
    func position(after day: Day) -> Int {
        var (low, high) = (0, exceptions.count)
        while low < high {
            let middle = low &+ (high &- low) / 2
            if exceptions[middle].day <= day { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}
