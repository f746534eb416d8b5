import Kernel
import WorkingDays

/// Compares limits: a local one may be shorter than the one above it, never longer (规则: 时限从严).
enum RuleLength {
    /// Whether `own` never ends after `above`, whatever day they begin and however often they are extended.
    static func isWithin(_ own: LimitRule, _ above: LimitRule) -> Bool {
        guard isWithin((own.count, own.unit), (above.count, above.unit)) else { return false }
        guard let more = own.prolonging else { return true }
        guard let most = above.prolonging, more.most <= most.most else { return false }
        return isWithin((more.count, more.unit), (most.count, most.unit))
    }

    private typealias Length = (count: Int, unit: LimitRule.Unit)

    private static func isWithin(_ own: Length, _ above: Length) -> Bool {
        if own.unit == above.unit { return own.count <= above.count }
        // Different units: tried on every day of the last years whose holidays are known. Without a table: no.
        guard let calendar, let last = calendar.years.max(), let from = Day(year: last - 4, month: 1, day: 1),
            (0...WorkingDayTable.most).contains(own.count), (0...WorkingDayTable.most).contains(above.count)
        else { return false }
        var day = from
        while day.year < last {
            guard let early = due(own, day, calendar), let late = due(above, day, calendar), early <= late else {
                return false
            }
            day = day.adding(days: 1)
        }
        return true
    }

    private static func due(_ length: Length, _ day: Day, _ calendar: WorkingDayTable) -> Day? {
        switch length.unit {
        case .working: try? calendar.add(length.count, to: day).day
        case .calendar: calendar.nextWorkingDay(onOrAfter: day.adding(days: length.count))
        case .months: calendar.nextWorkingDay(onOrAfter: day.adding(months: length.count))
        }
    }

    /// The holidays of past years; which installation's table it is does not matter for comparing.
    private static let calendar = try? WorkingDayTable.shipped()
}
