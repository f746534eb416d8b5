package import Kernel
package import WorkingDays

/// One time limit of one report: where it stands, and how it came about.
///
/// All limits, met ones too, are computed with the holiday table in force today: a table that comes late, or is
/// corrected, moves what was provisional, and whether an act was in time is judged by the days that were really off.
package struct LimitState: Sendable {
    package let rule: LimitRule
    /// The act that began the clock; its day is not counted.
    package let start: Instant
    /// The last day, extensions and pauses included. While the clock stands still, the earliest it could be.
    package let due: Day
    /// When the act came that fulfilled it.
    package let met: Instant?
    /// The day that was agreed to with what began the clock, where it is earlier than the rule's own.
    package let planned: Day?
    /// Extensions that were agreed to, in order; no more than the rule allows.
    package let extensions: [Extension]
    /// Stretches that did not count, in order.
    package let pauses: [Pause]
    /// The clock stands still now, by a pause that has not ended.
    package let isPaused: Bool
    /// A year without a holiday table was touched: the day may change when the table comes.
    package let provisional: Bool

    let course: LimitCourse
    let arrival: LimitCourse.Arrival
    let calendar: WorkingDayTable

    /// One more period, by the rule's own amount and source.
    package struct Extension: Sendable, Hashable {
        package let rule: LimitExtension
        /// The day on which it was agreed to.
        package let agreed: Day
    }

    /// A stretch that did not count: the days after `from` up to and including `to`, or all since while it lasts.
    package struct Pause: Sendable, Hashable {
        package let rule: LimitPause
        package let from: Day
        package let to: Day?
    }

    /// The day on which it must be met, for lists and queues; `nil` when it was met or the clock stands still.
    package var runningDue: Day? { met == nil && !isPaused ? due : nil }

    /// Late: met after its day, or not met and its day has passed. A clock that stands still is not late.
    package func isOverdue(on day: Day) -> Bool {
        if let met { return met.day > due }
        return !isPaused && day > due
    }

    /// Working days left after `day` up to and including the last; negative: working days since the last day passed.
    package func remaining(on day: Day) -> Int {
        if day <= due { return (try? calendar.count(from: day, to: due).days) ?? 0 }
        return -((try? calendar.count(from: due, to: day).days) ?? 0)
    }

    /// Exceptions of the calendar that were passed: `2026-10-01 国庆节`. For calendar days and months, those that the
    /// last day moved over.
    package var exceptions: [String] {
        let from = course.spans.contains { $0.unit == .working && $0.count > 0 } ? course.start : arrival.raw.previous
        return calendar.exceptions(after: from, through: due).map { "\($0.day.text) \($0.name)" }
    }

    init(_ running: RunningLimit, met: Instant?, calendar: WorkingDayTable) throws(WorkingDayError) {
        rule = running.rule
        start = running.start
        self.met = met
        extensions = running.extensions
        pauses = running.pauses(until: met?.day)
        let more = extensions.map { LimitCourse.Span(count: $0.rule.count, unit: $0.rule.unit) }
        let own = LimitCourse.Span(count: rule.count, unit: rule.unit)
        planned = try running.planned.flatMap { (day) throws(WorkingDayError) -> Day? in
            let latest = try LimitCourse(start: running.start.day, spans: [own], stops: []).run(calendar).raw
            return day < latest ? day : nil
        }
        let first = planned.map {
            LimitCourse.Span(count: Int($0.days) &- Int(running.start.day.days), unit: .calendar)
        }
        course = LimitCourse(
            start: running.start.day, spans: [first ?? own] + more,
            stops: pauses.map { LimitCourse.Stop(from: $0.from, to: $0.to) })
        arrival = try course.run(calendar)
        due = arrival.due
        isPaused = arrival.stoppedAt != nil
        provisional = arrival.provisional
        self.calendar = calendar
    }
}

/// A clock that was started and is not met yet.
struct RunningLimit {
    let rule: LimitRule
    let start: Instant
    /// A plan whose day had passed before the clock began binds nobody: it was another's.
    let planned: Day?
    var extensions: [LimitState.Extension] = []
    private var ended: [LimitState.Pause] = []
    /// Since when each pause of the rule lasts.
    private var open: [Int: Day] = [:]

    init(_ rule: LimitRule, start: Instant, planned: Day? = nil) {
        self.rule = rule
        self.start = start
        self.planned = planned.flatMap { $0 > start.day ? $0 : nil }
    }

    mutating func pause(_ number: Int, on day: Day) {
        if open[number] == nil { open[number] = day }
    }

    mutating func resume(_ number: Int, on day: Day) {
        guard let since = open.removeValue(forKey: number), rule.pauses.indices.contains(number) else { return }
        ended.append(LimitState.Pause(rule: rule.pauses[number], from: since, to: day))
    }

    mutating func prolong(on day: Day) {
        guard let rule = rule.prolonging, extensions.count < rule.most else { return }
        extensions.append(LimitState.Extension(rule: rule, agreed: day))
    }

    /// All stretches; what still lasts ends with the act that fulfilled the limit.
    func pauses(until met: Day?) -> [LimitState.Pause] {
        guard !ended.isEmpty || !open.isEmpty else { return [] }
        let last = open.filter { rule.pauses.indices.contains($0.key) }
            .map { LimitState.Pause(rule: rule.pauses[$0.key], from: $0.value, to: met) }
        return (ended + last).sorted { $0.from < $1.from }
    }
}

extension Workflow {
    /// All limits of a report, open and met, recomputed from its events and the calendar.
    ///
    /// An act that starts a limit anew sets its clock back; an extension or a pause counts for the clock that runs when
    /// it comes. An extension is an act `decide` with the codes `request-act` = `extend`, `limit` = its name and
    /// `agreed` = `yes`.
    package func limitStates(
        of done: [DoneAct], standing: Standing, calendar: WorkingDayTable
    ) throws(WorkingDayError) -> [LimitState] {
        var running = [RunningLimit?](repeating: nil, count: limits.count)
        var found = [[LimitState]](repeating: [], count: limits.count)
        for (number, act) in done.enumerated() {
            let stage = done.dropFirst(number &+ 1).first?.from ?? standing.stage
            for trigger in limitIndex.triggers(of: act, to: stage) {
                let place = trigger.limit
                switch trigger.effect {
                case .ends:
                    guard let limit = running[place] else { continue }
                    found[place].append(try LimitState(limit, met: act.at, calendar: calendar))
                    running[place] = nil
                case .starts:
                    let rule = limits[place]
                    if let fact = rule.when, !standing.holds(fact) { continue }
                    let limit = RunningLimit(
                        rule, start: act.at, planned: rule.planned?.day(in: done[...number], of: act.custody))
                    if rule.atOnce == nil {
                        running[place] = limit
                    } else {
                        found[place].append(try LimitState(limit, met: act.at, calendar: calendar))
                    }
                case .pauses(let number): running[place]?.pause(number, on: act.at.day)
                case .resumes(let number): running[place]?.resume(number, on: act.at.day)
                }
            }
            if let name = act.extendedLimit, let place = limitIndex.place(of: name) {
                running[place]?.prolong(on: act.at.day)
            }
        }
        var result: [LimitState] = []
        for place in limits.indices {
            result += found[place]
            if let limit = running[place] { result.append(try LimitState(limit, met: nil, calendar: calendar)) }
        }
        return result
    }
}

extension LimitPlan {
    /// What was planned last in a custody, as far as the story has come.
    fileprivate func day(in done: ArraySlice<DoneAct>, of custody: Int) -> Day? {
        done.last { $0.act == act && $0.custody == custody }?.codes[field].flatMap { Day($0) }
    }
}

extension DoneAct {
    /// The limit that this act prolongs.
    fileprivate var extendedLimit: String? {
        guard act == "decide", codes["request-act"] == "extend", codes["agreed"] == "yes" else { return nil }
        return codes["limit"]
    }
}

extension Day {
    /// The day before.
    var previous: Day { adding(days: -1) }
}
