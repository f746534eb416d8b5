import Kernel
import WorkingDays

/// The way of one clock: working days, calendar days or months that follow one another after the day of the start, and
/// stretches in between that do not count.
///
/// The day of the start is not counted (Civil Code art. 201). A month ends on the day that corresponds to the start, or
/// on the last day of the month where there is none (art. 202). Where the last day of calendar days or months is a day
/// off, the next working day takes its place (art. 203). Of a pause, the day on which it begins still counts and the
/// day on which it ends does not, as with the start.
struct LimitCourse: Sendable {
    /// So many units in a row; neighbours of one unit count as one period.
    struct Span: Sendable {
        var count: Int
        var unit: LimitRule.Unit
    }

    /// The days after `from` up to and including `to` do not count; without a `to` none after `from` does.
    struct Stop: Sendable {
        var from: Day
        var to: Day?
    }

    /// Where the clock came to.
    struct Arrival: Sendable {
        /// The last day of each span.
        var ends: [Day]
        /// The last day as counted, before it moves on to a working day.
        var raw: Day
        var due: Day
        /// A pause without an end was reached before the last day; `due` is then the earliest day it could be.
        var stoppedAt: Day?
        var provisional: Bool
    }

    let start: Day
    let spans: [Span]
    /// In order, none overlapping another.
    let stops: [Stop]

    init(start: Day, spans: [Span], stops: [Stop]) {
        self.start = start
        self.spans = spans.reduce(into: []) { joined, span in
            if let last = joined.last, last.unit == span.unit {
                joined[joined.count &- 1].count = last.count &+ span.count
            } else {
                joined.append(span)
            }
        }
        self.stops = stops.sorted { $0.from < $1.from }.reduce(into: []) { joined, stop in
            guard let last = joined.last, last.to.map({ stop.from <= $0 }) ?? true else {
                return joined.append(stop)
            }
            guard let one = last.to, let other = stop.to else { return joined[joined.count &- 1].to = nil }
            joined[joined.count &- 1].to = max(one, other)
        }
    }

    /// Walks from the start to the last day.
    func run(_ calendar: WorkingDayTable) throws(WorkingDayError) -> Arrival {
        var cursor = start
        var ends: [Day] = []
        var stoppedAt: Day?
        for span in spans {
            switch span.unit {
            case .working: cursor = try working(span.count, from: cursor, &stoppedAt, calendar)
            case .calendar: cursor = calendarDays(span.count, from: cursor, &stoppedAt)
            case .months: cursor = months(span.count, from: cursor, &stoppedAt)
            }
            ends.append(cursor)
        }
        // What is due the same day moves on too when nobody works then.
        let moves = spans.last.map { $0.unit != .working || $0.count == 0 } ?? true
        let due = moves ? calendar.nextWorkingDay(onOrAfter: cursor) : cursor
        let counted = spans.contains { $0.unit == .working && $0.count > 0 }
        let first = counted ? start.adding(days: 1) : cursor
        let provisional = first <= due && !(first.year...due.year).allSatisfy(calendar.years.contains)
        return Arrival(ends: ends, raw: cursor, due: due, stoppedAt: stoppedAt, provisional: provisional)
    }

    private func working(
        _ count: Int, from begin: Day, _ stoppedAt: inout Day?, _ calendar: WorkingDayTable
    ) throws(WorkingDayError) -> Day {
        var (cursor, left) = (begin, count)
        for stop in stops where stop.from >= cursor {
            let worked = try calendar.count(from: cursor, to: stop.from).days
            if worked >= left { break }
            left &-= worked
            cursor = stop.to ?? stop.from
            if stop.to == nil { stoppedAt = stop.from }
        }
        return try calendar.add(left, to: cursor).day
    }

    private func calendarDays(_ count: Int, from begin: Day, _ stoppedAt: inout Day?) -> Day {
        var (cursor, left) = (begin, count)
        for stop in stops where stop.from >= cursor {
            let passed = Int(stop.from.days) &- Int(cursor.days)
            if passed >= left { break }
            left &-= passed
            cursor = stop.to ?? stop.from
            if stop.to == nil { stoppedAt = stop.from }
        }
        return cursor.adding(days: left)
    }

    private func months(_ count: Int, from begin: Day, _ stoppedAt: inout Day?) -> Day {
        var end = begin.adding(months: count)
        for stop in stops where stop.from >= begin && stop.from < end {
            if let to = stop.to {
                end = end.adding(days: Int(to.days) &- Int(stop.from.days))
            } else {
                stoppedAt = stop.from
            }
        }
        return end
    }
}
