package import Kernel
import WorkingDays

/// One line of how a limit came about: a day, or neighbouring days of one kind.
package struct LimitLine: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The day of the start, which is not counted, and the limit's own amount.
        case start
        /// To be done the same day.
        case sameDay = "same-day"
        /// The day that was agreed to with the plan, earlier than the limit's own amount; `name` is the source.
        case planned
        /// An extension, on the day on which it was agreed to; `name` is its source.
        case extended
        /// Working days, counted.
        case working
        /// A worked Saturday or Sunday, counted.
        case makeUp = "make-up"
        /// Saturday or Sunday, not counted.
        case weekend
        /// A weekday off, not counted.
        case holiday
        /// Calendar days, counted.
        case calendar
        /// Whole months.
        case months
        /// The month has no such day; its last day takes its place.
        case monthEnd = "month-end"
        /// Not counted by the pause that `name` tells.
        case paused
        /// The clock stands still since this day by the pause that `name` tells.
        case stopped
        /// The last day falls here, where nobody works, and moves on.
        case movedWeekend = "moved-weekend"
        case movedHoliday = "moved-holiday"
        /// The day it moved to is a worked Saturday or Sunday.
        case movedMakeUp = "moved-make-up"
        /// Years without a holiday table, in `name`.
        case provisional
        /// The last day.
        case due
        /// The last day if the clock went on at once.
        case earliest
    }

    package var kind: Kind
    package var from: Day
    package var to: Day
    /// Which of the counted days these are.
    package var numbers: ClosedRange<Int>?
    package var amount: Int?
    package var unit: LimitRule.Unit?
    /// A holiday, a pause or a source.
    package var name: Bilingual?

    init(
        _ kind: Kind, _ from: Day, to: Day? = nil, numbers: ClosedRange<Int>? = nil, amount: Int? = nil,
        unit: LimitRule.Unit? = nil, name: Bilingual? = nil
    ) {
        self.kind = kind
        self.from = from
        self.to = to ?? from
        self.numbers = numbers
        self.amount = amount
        self.unit = unit
        self.name = name
    }

    /// This line with the next one in it, where that continues it.
    fileprivate func joined(with next: LimitLine) -> LimitLine? {
        guard kind == next.kind, name == next.name, amount == next.amount, to.adding(days: 1) == next.from,
            (numbers == nil) == (next.numbers == nil)
        else { return nil }
        var line = self
        line.to = next.to
        if let numbers, let more = next.numbers { line.numbers = numbers.lowerBound...more.upperBound }
        return line
    }
}

extension LimitState {
    /// Day by day how the last day came about: neighbouring days of one kind on one line, every exception named.
    package var explanation: [LimitLine] {
        var story = Story(lines: [])
        let first = course.start
        story.add(
            rule.count == 0
                ? LimitLine(.sameDay, first) : LimitLine(.start, first, amount: rule.count, unit: rule.unit))
        if let planned { story.add(LimitLine(.planned, planned, name: rule.planned?.source)) }
        for one in extensions {
            story.add(
                LimitLine(
                    .extended, one.agreed, amount: one.rule.count, unit: one.rule.unit, name: one.rule.source))
        }
        var begin = first
        var number = 0
        for (span, end) in zip(course.spans, arrival.ends) {
            // What lies behind an open pause is not known yet.
            let last = min(end, arrival.stoppedAt ?? end)
            switch span.unit {
            case .working, .calendar: tell(from: begin, to: last, unit: span.unit, &number, &story)
            case .months: tellMonths(span.count, from: begin, to: last, end: end, &story)
            }
            begin = end
            if arrival.stoppedAt.map({ $0 < end }) ?? false { break }
        }
        if let day = arrival.stoppedAt {
            story.add(LimitLine(.stopped, day, name: pauses.last { $0.to == nil }?.rule.label))
        } else {
            tellMove(&story)
        }
        if provisional { story.add(LimitLine(.provisional, due, name: missingYears)) }
        story.add(LimitLine(isPaused ? .earliest : .due, due))
        return story.lines
    }

    private struct Story {
        var lines: [LimitLine]

        mutating func add(_ line: LimitLine) {
            if let last = lines.last, let longer = last.joined(with: line) {
                lines[lines.count &- 1] = longer
            } else {
                lines.append(line)
            }
        }
    }

    private var missingYears: Bilingual {
        let years = (course.start.year...max(due.year, course.start.year)).filter { !calendar.years.contains($0) }
            .map { String($0) }
        return Bilingual(zh: years.joined(separator: "、"), en: years.joined(separator: ", "))
    }

    /// The days after `begin` up to and with `end`, each by what it is.
    private func tell(
        from begin: Day, to end: Day, unit: LimitRule.Unit, _ number: inout Int, _ story: inout Story
    ) {
        var day = begin
        while day < end {
            day = day.adding(days: 1)
            if let pause = pause(over: day) {
                story.add(LimitLine(.paused, day, name: pause.rule.label))
            } else if unit == .calendar {
                number &+= 1
                story.add(LimitLine(.calendar, day, numbers: number...number))
            } else if let exception = calendar.exception(on: day) {
                let name = Bilingual(zh: exception.name, en: exception.name)
                if exception.isOffDay {
                    story.add(LimitLine(.holiday, day, name: name))
                } else {
                    number &+= 1
                    story.add(LimitLine(.makeUp, day, numbers: number...number, name: name))
                }
            } else if day.weekday >= 6 {
                story.add(LimitLine(.weekend, day))
            } else {
                number &+= 1
                story.add(LimitLine(.working, day, numbers: number...number))
            }
        }
    }

    private func tellMonths(_ count: Int, from begin: Day, to last: Day, end: Day, _ story: inout Story) {
        story.add(LimitLine(.months, begin, to: last, amount: count, unit: .months))
        let inside = course.stops.filter { $0.from >= begin && $0.from < last }
        for stop in inside {
            guard let to = stop.to else { continue }
            let name = pauses.first { $0.from == stop.from }?.rule.label
            story.add(LimitLine(.paused, stop.from.adding(days: 1), to: to, name: name))
        }
        if inside.isEmpty, last == end, begin.day != end.day { story.add(LimitLine(.monthEnd, end)) }
    }

    /// The days off that the last day moved over.
    private func tellMove(_ story: inout Story) {
        guard course.spans.last.map({ $0.unit != .working || $0.count == 0 }) ?? false else { return }
        var day = arrival.raw
        while day < due {
            let name = calendar.exception(on: day).map { Bilingual(zh: $0.name, en: $0.name) }
            story.add(LimitLine(name == nil ? .movedWeekend : .movedHoliday, day, name: name))
            day = day.adding(days: 1)
        }
        if let exception = calendar.exception(on: due) {
            story.add(LimitLine(.movedMakeUp, due, name: Bilingual(zh: exception.name, en: exception.name)))
        }
    }

    private func pause(over day: Day) -> Pause? {
        pauses.first { pause in pause.from < day && (pause.to.map { day <= $0 } ?? false) }
    }
}
