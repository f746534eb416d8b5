import Casework
import Kernel
import Testing
import WorkingDays

struct LimitTests {
    let workflow: Workflow
    let calendar: WorkingDayTable

    init() throws {
        workflow = try Workflow.shipped()
        calendar = try WorkingDayTable.shipped()
    }

    /// `[act, stage it left, day]`; every act at ten in the morning.
    private func states(
        _ acts: [(act: String, from: String, day: String)], stage: String = "received", realName: String = "anonymous",
        calendar: WorkingDayTable? = nil, workflow: Workflow? = nil
    ) throws -> [LimitState] {
        let done = try acts.map { entry in
            DoneAct(
                act: entry.act, from: entry.from, staff: nil, custody: 0,
                at: try #require(Day(entry.day)).start.adding(seconds: 36_000))
        }
        let standing = Standing(
            stage: stage, sequence: 0, custodies: [], handlers: [], barred: [], proposer: nil, proposal: nil,
            disposal: nil, realName: realName, hasReporter: realName != "anonymous", done: done)
        return try (workflow ?? self.workflow)
            .limitStates(of: done, standing: standing, calendar: calendar ?? self.calendar)
    }

    private func one(_ name: String, _ states: [LimitState]) throws -> LimitState {
        let found = states.filter { $0.rule.name == name }
        try #require(found.count == 1)
        return found[0]
    }

    @Test func `the day of arrival does not count, and days off in between are named`() throws {
        // The Monday before National Day: two days in September, then 8, 9 and the worked Saturday 10 October.
        let limit = try one("distribution", states([("file", "", "2026-09-28")]))
        #expect(limit.due.text == "2026-10-10" && limit.met == nil && !limit.provisional)
        #expect(limit.exceptions.contains { $0.hasPrefix("2026-10-01 ") } && limit.exceptions.count == 6)
        let friday = try one("distribution", states([("file", "", "2026-11-20")]))
        #expect(friday.due.text == "2026-11-27")
    }

    @Test func `a limit is open until the act that fulfils it, and late only after its day`() throws {
        let open = try one("distribution", states([("file", "", "2026-11-16")]))
        let due = try #require(Day("2026-11-23"))
        #expect(open.due == due && !open.isOverdue(on: due) && open.isOverdue(on: due.adding(days: 1)))
        let met = try one("distribution", states([("file", "", "2026-11-16"), ("refer", "approved", "2026-11-23")]))
        #expect(met.met?.day == due && !met.isOverdue(on: due.adding(days: 400)))
        let late = try one("distribution", states([("file", "", "2026-11-16"), ("keep", "approved", "2026-11-24")]))
        #expect(late.isOverdue(on: due))
    }

    @Test func `a lower organ's clock starts when it signs, a handling office's month when it signs`() throws {
        let handed = try states([
            ("file", "", "2026-03-02"), ("forward", "approved", "2026-03-04"), ("sign", "incoming", "2026-03-09"),
        ])
        let both = handed.filter { $0.rule.name == "distribution" }
        #expect(both.map(\.due.text) == ["2026-03-09", "2026-03-16"] && both.map { $0.met == nil } == [false, true])
        #expect(try one("sign-from-above", handed).isOverdue(on: #require(Day("2026-03-09"))))
        #expect(!handed.contains { $0.rule.name == "disposal-opinion" })
        let referred = try states([("refer", "approved", "2026-03-05"), ("sign", "referred", "2026-03-09")])
        #expect(try one("disposal-opinion", referred).due.text == "2026-04-09")
        #expect(!referred.contains { $0.rule.name == "distribution" })
    }

    @Test func `a month that ends on a day off ends on the next working day, and says which days it passed`() throws {
        let limit = try one("disposal-opinion", states([("sign", "referred", "2026-09-01")]))
        #expect(limit.due.text == "2026-10-08")
        #expect(
            limit.exceptions.map { $0.prefix(10) } == [
                "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07",
            ])
        let saturday = try one("disposal-opinion", states([("sign", "referred", "2026-10-28")]))
        #expect(saturday.due.text == "2026-11-30" && saturday.exceptions.isEmpty)
        let short = try one("disposal-opinion", states([("sign", "referred", "2026-01-31")]))
        #expect(short.due.text == "2026-02-28" && short.exceptions.count == 1)
        #expect(try one("assigned-report", states([("assign", "approved", "2026-01-15")])).due.text == "2026-04-15")
    }

    @Test func `what is due the same day waits for Monday when it arrives on a Saturday`() throws {
        let saturday = try one("sign-from-above", states([("forward", "approved", "2026-11-21")]))
        #expect(saturday.due.text == "2026-11-23")
        #expect(try one("sign-from-above", states([("assign", "approved", "2026-11-20")])).due.text == "2026-11-20")
    }

    @Test(arguments: [
        ("anonymous", false), ("unverified", false), ("false-name", false), ("real-name", true), ("joint", true),
        ("organisation", true),
    ])
    func `notice and feedback are owed to a verified name alone`(status: String, isOwed: Bool) throws {
        let limits = try states(
            [("file", "", "2026-03-02"), ("conclude", "handling", "2026-06-01")], stage: "concluded",
            realName: status)
        #expect(limits.contains { $0.rule.name == "acceptance-notice" } == isOwed)
        #expect(limits.contains { $0.rule.name == "result-feedback" } == isOwed)
        let open = try states([("conclude", "verifying", "2026-06-01")], stage: "report-signing", realName: status)
        #expect(open.isEmpty, "somebody has to sign yet")
        let inside = try one("inside-feedback", limits)
        #expect(inside.met == inside.start && inside.due.text == "2026-09-01", "the letters office knows at once")
        // A name verified late makes the notice due from the day of receipt all the same.
        if isOwed { #expect(try one("acceptance-notice", limits).due.text == "2026-03-23") }
    }

    @Test func `an objection starts its own clock each time`() throws {
        let limits = try states([
            ("object", "answered", "2026-03-02"), ("feedback", "objected", "2026-03-04"),
            ("object", "answered", "2026-03-09"),
        ]).filter { $0.rule.name == "objection-answer" }
        #expect(limits.map { $0.met != nil } == [true, false])
    }

    @Test func `another calendar or another number gives another day, from the same acts`() throws {
        let acts = [("file", "", "2026-11-16")]
        let holiday = "# years: 2026\ndate,name,isOffDay\n2026-11-18,临时放假,true\n"
        #expect(
            try one("distribution", states(acts, calendar: calendar.merging(csv: holiday))).due.text == "2026-11-24")
        let stricter = try RuleText().replacing("count: 5", "count: 2").workflow()
        #expect(try one("distribution", states(acts, workflow: stricter)).due.text == "2026-11-18")
    }

    @Test func `a day in a year whose notice is missing is provisional, for months as for working days`() throws {
        #expect(try one("distribution", states([("file", "", "2026-12-30")])).provisional)
        #expect(try one("disposal-opinion", states([("sign", "referred", "2026-12-15")])).provisional)
        #expect(try !one("disposal-opinion", states([("sign", "referred", "2026-11-15")])).provisional)
    }
}
