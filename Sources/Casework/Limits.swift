package import Kernel
package import WorkingDays

/// One time limit of one report: how it came about and where it stands.
package struct LimitState: Sendable {
    package var rule: LimitRule
    /// The act that began the clock; its day is not counted.
    package var start: Instant
    package var due: Day
    /// When the act came that fulfilled it.
    package var met: Instant?
    /// Exceptions of the calendar that were passed.
    package var exceptions: [String]
    /// A year without a holiday table was touched.
    package var provisional: Bool

    package func isOverdue(on day: Day) -> Bool { (met?.day ?? day) > due }
}

extension Workflow {
    /// All limits of a report, open and met, recomputed from its events and the calendar.
    package func limitStates(
        of done: [DoneAct], standing: Standing, calendar: WorkingDayTable
    ) throws(WorkingDayError) -> [LimitState] {
        var result: [LimitState] = []
        for rule in limits {
            if let fact = rule.when, !standing.holds(fact) { continue }
            var open: LimitState?
            for act in done {
                if open != nil, rule.ends.contains(where: { matches($0, act) }) {
                    open?.met = act.at
                    if let state = open { result.append(state) }
                    open = nil
                }
                if rule.starts.contains(where: { matches($0, act) }) {
                    open = try state(rule, from: act.at, calendar: calendar)
                }
            }
            if let open { result.append(open) }
        }
        return result
    }

    private func matches(_ token: String, _ act: DoneAct) -> Bool {
        let parts = token.split(separator: "@", maxSplits: 1)
        guard parts.first.map(String.init) == act.act else { return false }
        return parts.count < 2 || String(parts[1]) == act.from
    }

    private func state(
        _ rule: LimitRule, from start: Instant, calendar: WorkingDayTable
    ) throws(WorkingDayError) -> LimitState {
        let day = start.day
        switch rule.unit {
        case .working where rule.count > 0:
            let sum = try calendar.add(rule.count, to: day)
            return LimitState(
                rule: rule, start: start, due: sum.day, met: nil,
                exceptions: sum.exceptions.map { "\($0.day.text) \($0.name)" }, provisional: sum.provisional)
        case .working, .calendar, .months:
            // Also "the same day" (no working days at all) moves on when nobody works then.
            let raw = rule.unit == .months ? day.adding(months: rule.count) : day.adding(days: rule.count)
            let due = calendar.nextWorkingDay(onOrAfter: raw)
            let passed = calendar.exceptions.filter { raw <= $0.day && $0.day <= due }
            return LimitState(
                rule: rule, start: start, due: due, met: nil, exceptions: passed.map { "\($0.day.text) \($0.name)" },
                provisional: !(raw.year...due.year).allSatisfy(calendar.years.contains))
        }
    }
}
