import Casework
import Kernel
import Testing
import WorkingDays

/// Extensions, pauses, and the story that each limit tells of itself.
struct LimitStoryTests {
    let calendar: WorkingDayTable

    init() throws { calendar = try WorkingDayTable.shipped() }

    /// The shipped rules with an extension and a pause for the five days of the distribution and the handling month.
    private func workflow(
        _ amount: String = "count: 5\n    unit: working", extension more: String = "working, count: 5"
    )
        throws -> Workflow
    {
        let extra =
            "\n    extension: {most: 1, unit: \(more), source: {zh: 第九条, en: Article 9}}"
            + "\n    pauses: [{name: hearing, label: {zh: 听证, en: Hearing}, starts: [consult], ends: [classify@consulting],"
            + " source: {zh: 第十条, en: Article 10}}]"
        return try RuleText()
            .replacing(after: "  - name: distribution", "count: 5\n    unit: working", amount + extra)
            .replacing(after: "  - name: disposal-opinion", "unit: months", "unit: months" + extra).workflow()
    }

    private struct Done {
        var act: String
        var day: String
        var from = "registered"
        var codes: [String: String] = [:]

        init(_ act: String, _ day: String, from: String = "registered", codes: [String: String] = [:]) {
            (self.act, self.day, self.from, self.codes) = (act, day, from, codes)
        }

        static func extend(_ limit: String, _ day: String, agreed: String = "yes") -> Done {
            Done("decide", day, codes: ["request-act": "extend", "limit": limit, "agreed": agreed])
        }
    }

    private func limit(_ name: String, _ acts: [Done], _ workflow: Workflow? = nil) throws -> LimitState {
        let done = try acts.map { one in
            DoneAct(
                act: one.act, from: one.from, staff: nil, custody: 0,
                at: try #require(Day(one.day)).start.adding(seconds: 36_000), codes: one.codes)
        }
        let standing = Standing(
            stage: "registered", sequence: 0, custodies: [], handlers: [], barred: [], proposer: nil, proposal: nil,
            disposal: nil, realName: "anonymous", hasReporter: false, done: done)
        let states = try (workflow ?? self.workflow()).limitStates(of: done, standing: standing, calendar: calendar)
            .filter { $0.rule.name == name }
        try #require(states.count == 1)
        return states[0]
    }

    /// `kind from..to numbers name`, short enough to compare.
    private func story(_ state: LimitState) -> [String] {
        state.explanation.map { line in
            let days = line.from == line.to ? line.from.text : "\(line.from.text)..\(line.to.text)"
            let numbers = line.numbers.map { " \($0.lowerBound)-\($0.upperBound)" } ?? ""
            return "\(line.kind.rawValue) \(days)\(numbers)\(line.name.map { " " + $0.en } ?? "")"
        }
    }

    @Test func `a limit over National Day tells every day off and the worked Saturday by name`() throws {
        let state = try limit("distribution", [Done("file", "2026-09-28", from: "")])
        #expect(
            story(state) == [
                "start 2026-09-28", "working 2026-09-29..2026-09-30 1-2", "holiday 2026-10-01..2026-10-02 国庆节",
                "weekend 2026-10-03..2026-10-04", "holiday 2026-10-05..2026-10-07 国庆节",
                "working 2026-10-08..2026-10-09 3-4", "make-up 2026-10-10 5-5 国庆节", "due 2026-10-10",
            ])
    }

    @Test func `a pause stops the clock from the day after it begins to the day it ends`() throws {
        let state = try limit(
            "distribution",
            [
                Done("file", "2026-11-16", from: ""), Done("consult", "2026-11-18"),
                Done("classify", "2026-11-20", from: "elsewhere"), Done("classify", "2026-11-23", from: "consulting"),
            ])
        #expect(
            story(state) == [
                "start 2026-11-16", "working 2026-11-17..2026-11-18 1-2", "paused 2026-11-19..2026-11-23 Hearing",
                "working 2026-11-24..2026-11-26 3-5", "due 2026-11-26",
            ])
        #expect(state.pauses.map(\.rule.name) == ["hearing"] && !state.isPaused)
    }

    @Test func `while the clock stands still nothing is due or late, and what is met then was in time`() throws {
        let acts = [Done("file", "2026-11-16", from: ""), Done("consult", "2026-11-18")]
        let state = try limit("distribution", acts)
        let later = try #require(Day("2027-03-01"))
        #expect(state.isPaused && state.runningDue == nil && !state.isOverdue(on: later))
        #expect(
            story(state) == [
                "start 2026-11-16", "working 2026-11-17..2026-11-18 1-2", "stopped 2026-11-18 Hearing",
                "earliest 2026-11-23",
            ])
        let met = try limit("distribution", acts + [Done("refer", "2026-12-14")])
        #expect(!met.isOverdue(on: later) && met.due.text == "2026-12-17" && !met.isPaused)
        // Too late to stop a clock whose day has passed.
        let late = try limit("distribution", [Done("file", "2026-11-16", from: ""), Done("consult", "2026-11-24")])
        #expect(late.isOverdue(on: later) && late.due.text == "2026-11-23" && late.runningDue == late.due)
    }

    @Test func `an extension that was agreed to adds its days once, one that was refused adds none`() throws {
        let filed = Done("file", "2026-11-16", from: "")
        let refused = try limit("distribution", [filed, .extend("distribution", "2026-11-18", agreed: "no")])
        #expect(refused.due.text == "2026-11-23" && refused.extensions.isEmpty)
        let other = try limit("distribution", [filed, .extend("assigned-report", "2026-11-18")])
        #expect(other.due.text == "2026-11-23")
        let twice = try limit(
            "distribution",
            [filed, .extend("distribution", "2026-11-18"), .extend("distribution", "2026-11-20")])
        #expect(twice.due.text == "2026-11-30" && twice.extensions.map(\.agreed.text) == ["2026-11-18"])
        #expect(
            story(twice) == [
                "start 2026-11-16", "extended 2026-11-18 Article 9", "working 2026-11-17..2026-11-20 1-4",
                "weekend 2026-11-21..2026-11-22", "working 2026-11-23..2026-11-27 5-9",
                "weekend 2026-11-28..2026-11-29", "working 2026-11-30 10-10", "due 2026-11-30",
            ])
        let before = try limit("distribution", [.extend("distribution", "2026-11-13"), filed])
        #expect(before.extensions.isEmpty, "a clock that does not run yet is not prolonged")
        #expect(try limit("disposal-opinion", [Done("sign", "2026-03-02", from: "referred")]).extensions.isEmpty)
    }

    @Test func `months are counted from the start as one period, and end on the last day of a shorter month`() throws {
        let rules = try workflow(extension: "months, count: 1")
        let signed = Done("sign", "2026-01-31", from: "referred")
        let short = try limit("disposal-opinion", [signed], rules)
        #expect(
            story(short) == [
                "start 2026-01-31", "months 2026-01-31..2026-02-28", "month-end 2026-02-28",
                "moved-make-up 2026-02-28 春节", "due 2026-02-28",
            ])
        let longer = try limit("disposal-opinion", [signed, .extend("disposal-opinion", "2026-02-20")], rules)
        #expect(longer.due.text == "2026-03-31")
        // Ten days of a hearing move the end by ten days: from a Monday to a Thursday.
        let paused = try limit(
            "disposal-opinion",
            [
                Done("sign", "2026-03-09", from: "referred"), Done("consult", "2026-03-20"),
                Done("classify", "2026-03-30", from: "consulting"),
            ], rules)
        #expect(paused.due.text == "2026-04-20" && paused.provisional == false)
        #expect(story(paused).contains("paused 2026-03-21..2026-03-30 Hearing"))
    }

    @Test func `calendar days count holidays too, and only the last day moves on`() throws {
        let rules = try workflow("count: 60\n    unit: calendar", extension: "calendar, count: 30")
        let filed = Done("file", "2026-08-03", from: "")
        let state = try limit("distribution", [filed], rules)
        #expect(
            story(state) == [
                "start 2026-08-03", "calendar 2026-08-04..2026-10-02 1-60", "moved-holiday 2026-10-02 国庆节",
                "moved-weekend 2026-10-03..2026-10-04", "moved-holiday 2026-10-05..2026-10-07 国庆节",
                "due 2026-10-08",
            ])
        let longer = try limit("distribution", [filed, .extend("distribution", "2026-09-01")], rules)
        #expect(longer.due.text == "2026-11-02", "the last day before it moved, 2 October, and thirty more")
        let paused = try limit(
            "distribution",
            [filed, Done("consult", "2026-08-10"), Done("classify", "2026-08-20", from: "consulting")], rules)
        #expect(paused.due.text == "2026-10-12")
    }

    @Test func `a limit in a year without a table says so in its story`() throws {
        let state = try limit("distribution", [Done("file", "2026-12-28", from: "")])
        #expect(state.provisional && state.due.text == "2027-01-04")
        #expect(story(state).suffix(2) == ["provisional 2027-01-04 2027", "due 2027-01-04"])
        let today = try #require(Day("2026-12-31"))
        #expect(state.remaining(on: today) == 2 && state.remaining(on: today.adding(days: 6)) == -2)
    }

    @Test func `every story covers all its days once, and counts as many as the limit has`() throws {
        let rules = try workflow()
        let first = try #require(Day("2004-01-02"))
        for step in stride(from: 0, to: 8200, by: 7) {
            let start = first.adding(days: step)
            let hearing = start.adding(days: 1 + step % 4)
            let state = try limit(
                "distribution",
                [
                    Done("file", start.text, from: ""), Done("consult", hearing.text),
                    Done("classify", hearing.adding(days: step % 12).text, from: "consulting"),
                ], rules)
            var next = start.adding(days: 1)
            var counted = 0
            for line in state.explanation.dropFirst() where line.kind != .due && line.kind != .provisional {
                #expect(line.from == next, "\(start)")
                next = line.to.adding(days: 1)
                if let numbers = line.numbers {
                    #expect(numbers.lowerBound == counted + 1)
                    counted = numbers.upperBound
                }
            }
            #expect(next == state.due.adding(days: 1) && counted == 5, "\(start)")
        }
    }
}
