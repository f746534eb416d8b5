import Kernel
import Testing

@testable import Casework

/// Changes of the rules by organs of a small province: what holds where, for whom, and what is refused.
struct RuleBookTests {
    let world: World

    init() throws {
        var people = TestWorld.province()
        // Two work at the county's internal supervision: one of them may refer what the other proposed.
        try people.seat("qingtang.internal.handler", in: "qingtang.internal", as: .triage)
        world = people.build()
    }

    static func text(
        _ organ: String = "qingtang", name: String = "local", from: String = "2026-04-01", scope: String = "new",
        _ body: String = "limits:\n  - {name: distribution, count: 3, source: {zh: 县办法, en: County rules}}"
    ) -> String {
        """
        organ: \(organ)
        name: \(name)
        effectiveFrom: \(from)
        appliesTo: \(scope)
        source: {zh: 地方办法, en: Local rules}
        \(body)
        """
    }

    static func distribution(_ count: Int, _ unit: String = "working") -> String {
        "limits:\n  - {name: distribution, count: \(count), unit: \(unit), source: {zh: 办法, en: Rules}}"
    }

    func book(_ texts: String...) throws -> RuleBook {
        try texts.reduce(RuleBook(try Workflow.shipped())) { book, text in
            try book.adding(try RuleOverride(file: "change.yaml", text: text), in: world)
        }
    }

    func day(_ text: String) throws -> Day { try #require(Day(text)) }

    func days(_ book: RuleBook, _ organ: String, began: String, today: String? = nil) throws -> Int? {
        let workflow = book.workflow(
            of: try #require(world.organ(code: organ)).id, began: try day(began), today: try day(today ?? began),
            in: world)
        return workflow?.limits.first { $0.name == "distribution" }?.count
    }

    @Test func `a change holds for the organ and those below, and the nearest one counts`() throws {
        let book = try book(
            Self.text("wangchuan", Self.distribution(4)), Self.text("qingtang", Self.distribution(3)))
        #expect(try days(book, "yunlan", began: "2026-04-02") == 5)
        #expect(try days(book, "wangchuan", began: "2026-04-02") == 4)
        #expect(try days(book, "lishan", began: "2026-04-02") == 4, "the county without its own falls back to the city")
        #expect(try days(book, "qingtang", began: "2026-04-02") == 3)
        #expect(try days(book, "tangyi", began: "2026-04-02") == 3, "the town below follows its county")
        #expect(try days(book, "jizhou", began: "2026-04-02") == 5, "another city is not touched")
        let tangyi = try #require(world.organ(code: "tangyi"))
        let workflow = book.workflow(
            of: tangyi.id, began: try day("2026-04-02"), today: try day("2026-04-02"), in: world)
        #expect(workflow?.version == "2026.11+wangchuan:local+qingtang:local")
    }

    @Test func `a running report keeps its rules unless the change says otherwise`() throws {
        let new = try book(Self.text(scope: "new"))
        #expect(try days(new, "qingtang", began: "2026-03-31", today: "2026-05-01") == 5)
        #expect(try days(new, "qingtang", began: "2026-04-01") == 3)
        let running = try book(Self.text(scope: "running"))
        #expect(try days(running, "qingtang", began: "2026-03-31") == 5, "not before its day")
        #expect(try days(running, "qingtang", began: "2026-03-31", today: "2026-04-01") == 3)
    }

    @Test func `what was taken back ends for new reports, or for all`() throws {
        for scope in [RuleScope.new, .running] {
            let end = RuleEnd(day: try day("2026-06-01"), scope: scope)
            let change = try RuleOverride(file: "c", text: Self.text(), end: end)
            let book = RuleBook(try Workflow.shipped()).with([change])
            #expect(try days(book, "qingtang", began: "2026-06-01") == 5)
            let kept = try days(book, "qingtang", began: "2026-05-01", today: "2026-07-01")
            #expect(kept == (scope == .new ? 3 : 5))
        }
        let never = RuleEnd(day: try day("2026-03-01"), scope: .new)
        let change = try RuleOverride(file: "c", text: Self.text(), end: never)
        #expect(!change.holds(began: try day("2026-05-01"), today: try day("2026-05-01")))
    }

    @Test func `when a superior shortens a limit the longer one below gives way`() throws {
        let book = try book(
            Self.text("qingtang", Self.distribution(4)),
            Self.text("wangchuan", from: "2026-05-01", Self.distribution(2)))
        #expect(try days(book, "qingtang", began: "2026-04-02") == 4)
        #expect(try days(book, "qingtang", began: "2026-05-02") == 2)
    }

    @Test func `limits in other units are compared over real calendars`() throws {
        let short = try book(Self.text("qingtang", Self.distribution(5, "calendar")))
        _ = short
        let fault = try #require(throws: RuleFault.self) {
            try self.book(Self.text("qingtang", Self.distribution(7, "calendar")))
        }
        #expect(fault.reason == "distribution: longer than the limit above it")
    }

    @Test func `an act may be left to fewer people and ask for more`() throws {
        let book = try book(
            Self.text(
                "qingtang",
                """
                acts:
                  classify:
                    by: [{office: holder, roles: [director]}]
                    required: [opinion]
                    source: 县办法第3条
                  refer:
                    notBy: proposer
                    source: 县办法第3条
                limits:
                  - name: county-study
                    label: {zh: 会商, en: Joint study}
                    starts: [consult]
                    ends: [classify]
                    count: 3
                    unit: working
                    source: {zh: 县办法第4条, en: "County rules, article 4"}
                """))
        let base = try Workflow.shipped()
        let qingtang = try #require(world.organ(code: "qingtang"))
        let later = try day("2026-04-02")
        let workflow = try #require(book.workflow(of: qingtang.id, began: later, today: later, in: world))
        let act = try #require(workflow.acts["classify"])
        #expect(act.actors == [.office(.holder, roles: [.director])])
        #expect(workflow.acts["refer"]?.notByProposer == true && base.acts["refer"]?.notByProposer == false)
        #expect(act.fields.first { $0.name == "opinion" }?.required == true && act.source.zh == "县办法第3条")
        #expect(workflow.actOrder == base.actOrder && workflow.stageOrder == base.stageOrder)
        let differences = RuleDifference.between(base, workflow)
        #expect(differences.map(\.name) == ["classify", "refer", "county-study"])
        #expect(differences.map(\.kind) == [.changed, .changed, .added] && differences[0].parts.count == 3)
        #expect(RuleDifference.between(base, base).isEmpty)
    }

    /// A text that is refused: its body, the words of the fault, and the line that is named.
    struct Bad: Sendable, CustomTestStringConvertible {
        var body: String
        var reason: String
        var line: Int
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Bad(body: distribution(6), reason: "distribution: longer than the limit above it", line: 7),
        Bad(body: distribution(1, "months"), reason: "distribution: longer than the limit above it", line: 7),
        Bad(
            body: "limits:\n  - {name: distribution, count: 3}", reason: "distribution: the limit has no source",
            line: 7),
        Bad(
            body: "limits:\n  - {name: distribution, count: 3, source: {zh: \"\", en: x}}",
            reason: "distribution: the limit has no source", line: 7),
        Bad(
            body: "limits:\n  - {name: distribution, counts: 3, source: {zh: 甲, en: x}}",
            reason: "\"counts\" is not known here", line: 7),
        Bad(
            body: "limits:\n  - {name: distribution, starts: [file], source: {zh: 甲, en: x}}",
            reason: "distribution: \"starts\" cannot be changed here", line: 7),
        Bad(
            body:
                "limits:\n  - name: distribution\n    extension: {most: 1, count: 1, unit: working, source: {zh: 甲, en: x}}\n    source: {zh: 甲, en: x}",
            reason: "distribution: longer than the limit above it", line: 7),
        Bad(
            body:
                "limits:\n  - {name: own, label: {zh: 甲, en: x}, starts: [nothing], ends: [sign], count: 1, unit: working, source: {zh: 甲, en: x}}",
            reason: "own: no act \"nothing\"", line: 7),
        Bad(
            body: "limits:\n  - {name: own, count: 1, source: {zh: 甲, en: x}}", reason: "\"label\" is missing", line: 7),
        Bad(body: "acts:\n  classified: {source: 甲, required: [a]}", reason: "no act \"classified\"", line: 7),
        Bad(body: "acts:\n  classify: {required: [opinion]}", reason: "classify: the act has no source", line: 7),
        Bad(body: "acts:\n  classify: {source: 甲, by: []}", reason: "classify: nobody may do this act", line: 7),
        Bad(
            body: "acts:\n  classify: {source: 甲, by: [{office: holder, roles: []}]}",
            reason: "classify: an office without roles", line: 7),
        Bad(body: "acts:\n  classify: {source: 甲, required: [views]}", reason: "classify: no field \"views\"", line: 7),
        Bad(
            body: "acts:\n  approve: {source: 甲, by: [{office: holder, roles: [director]}]}",
            reason: "approve: not theirs to do", line: 7),
        Bad(
            body: "acts:\n  open-identity: {source: 甲, by: [{office: leaders, roles: [deputy]}]}",
            reason: "open-identity: not theirs to do", line: 7),
        Bad(
            body: "acts:\n  classify: {source: 甲, notBy: nobody}",
            reason: "classify: only the proposer can be kept out", line: 7),
        Bad(body: "stages:\n  x: {zh: 甲, en: x}", reason: "\"stages\" is not known here", line: 7),
        Bad(body: "", reason: "nothing is changed", line: 1),
        Bad(
            body: "acts: &a\n  classify: {source: 甲}", reason: "too large, too deeply nested, or with anchors", line: 6),
        Bad(
            body: "acts: " + String(repeating: "[", count: 30000),
            reason: "too large, too deeply nested, or with anchors", line: 6),
        Bad(
            body: "acts:\n" + String(repeating: "- ", count: 20000) + "x",
            reason: "too large, too deeply nested, or with anchors", line: 7),
    ])
    func `a change that would break the rules is refused with its line`(bad: Bad) throws {
        let fault = try #require(throws: RuleFault.self) { try book(Self.text("qingtang", bad.body)) }
        #expect(fault.file == "change.yaml" && fault.reason == bad.reason && fault.line == bad.line, "\(fault)")
    }

    @Test(arguments: [
        "acts:\n  classify: {source: 甲, by: [{office: holder, roles: [triage, director, registrar]}]}",
        "acts:\n  classify: {source: 甲, by: [{office: intake, roles: [director]}]}",
        "acts:\n  classify: {source: 甲, by: [{office: holder, roles: [director]}, {person: handler}]}",
        "acts:\n  conclude: {source: 甲, by: [{office: holder, roles: [director, handler]}]}",
    ])
    func `a county lets nobody act whom the rules above do not let act`(body: String) throws {
        let fault = try #require(throws: RuleFault.self) { try book(Self.text("qingtang", body)) }
        let act = body.contains("conclude") ? "conclude" : "classify"
        #expect(fault.reason == "\(act): more people than the rule above lets do it" && fault.line == 7, "\(fault)")
        // Such a change that lies in the database already stops the start.
        let stored = try RuleOverride(file: "change.yaml", text: Self.text("qingtang", body))
        let shipped = RuleBook(try Workflow.shipped())
        #expect(throws: RuleFault.self) { try shipped.with([stored]).check(in: world) }
    }

    @Test func `when a superior leaves an act to fewer people, the county's older list gives way`() throws {
        func text(_ organ: String, from: String, _ roles: String) -> String {
            Self.text(
                organ, from: from, "acts:\n  notify: {source: 办法, by: [{office: intake, roles: [\(roles)]}]}")
        }
        let county = text("qingtang", from: "2026-04-01", "director, registrar")
        let city = text("wangchuan", from: "2026-05-01", "director")
        let book = try book(county, city)
        let qingtang = try #require(world.organ(code: "qingtang")).id
        for (began, roles) in [("2026-04-02", [.director, .registrar]), ("2026-05-02", [.director])]
            as [(String, Set<Role>)]
        {
            let began = try day(began)
            let rules = try #require(book.workflow(of: qingtang, began: began, today: began, in: world))
            #expect(rules.acts["notify"]?.actors == [.office(.intake, roles: roles)])
        }
        let later = text("qingtang", from: "2026-06-01", "director, registrar")
            .replacing("name: local", with: "name: later")
        let fault = try #require(throws: RuleFault.self) {
            try book.adding(try RuleOverride(file: "change.yaml", text: later), in: world)
        }
        #expect(fault.reason == "notify: more people than the rule above lets do it")
    }

    @Test func `a change that leaves an act to nobody of a town is refused, and says of which`() throws {
        var people = TestWorld.province()
        let town = try people.office("tangyi.letters").id
        people.memberships.removeAll { $0.office == town && $0.role == .director }
        let world = people.build()
        let body = "acts:\n  classify: {source: 甲, by: [{office: holder, roles: [director]}]}"
        let change = try RuleOverride(file: "change.yaml", text: Self.text("qingtang", body))
        let book = RuleBook(try Workflow.shipped())
        let fault = try #require(throws: RuleFault.self) { try book.adding(change, in: world) }
        #expect(fault.reason == "classify: nobody would be left to do it at tangyi" && fault.line == 7)
        _ = try book.adding(change, in: self.world)
        // People come and go: what was good when it came does not stop the start.
        try book.with([change]).check(in: world)
    }

    @Test func `what only the principal may approve is not left to the deputies alone`() throws {
        let body = "acts:\n  approve: {source: 甲, by: [{office: leaders, roles: [deputy]}]}"
        let fault = try #require(throws: RuleFault.self) { try book(Self.text("qingtang", body)) }
        #expect(fault.reason == "approve: narrowed to people who may not do it" && fault.line == 7)
    }

    @Test func `two changes of one organ do not begin on one day, nor share a name, nor come from nowhere`() throws {
        let twice = try #require(throws: RuleFault.self) { try book(Self.text(), Self.text(name: "other")) }
        #expect(twice.reason == "begins on the same day as local" && twice.line == 3)
        let named = try #require(throws: RuleFault.self) { try book(Self.text(), Self.text(from: "2026-05-01")) }
        #expect(named.reason == "the organ has a change of this name" && named.line == 2)
        let stray = try #require(throws: RuleFault.self) { try book(Self.text("nowhere")) }
        #expect(stray.reason == "no organ \"nowhere\"" && stray.line == 1)
    }

    @Test func `versions overlap neither in day nor in name`() throws {
        let first = try RuleText2.workflow("2026.1", "2020-01-21")
        let next = try RuleText2.workflow("2027.1", "2027-01-01", scope: "running")
        let book = try RuleBook(checking: [next, first])
        #expect(book.versions.map(\.version) == ["2026.1", "2027.1"])
        #expect(book.current(on: try day("2026-12-31"))?.version == "2026.1")
        let old = try day("2026-12-31")
        let kept = book.workflow(of: nil, began: old, today: old, in: world)
        let moved = book.workflow(of: nil, began: old, today: try day("2027-01-01"), in: world)
        #expect(kept?.version == "2026.1" && moved?.version == "2027.1")
        let same = try #require(throws: RuleFault.self) {
            try RuleBook(checking: [first, try RuleText2.workflow("2026.11", "2020-01-21")])
        }
        #expect(same.reason.hasPrefix("begins on the same day") && same.line > 0)
        let name = try #require(throws: RuleFault.self) {
            try RuleBook(checking: [first, try RuleText2.workflow("2026.1", "2027-01-01")])
        }
        #expect(name.reason == "another file has the same version")
        #expect(throws: RuleFault.self) { try RuleText2.workflow("2026.1", "2020-01-21", scope: "all") }
    }

    @Test func `shipped versions are found and whole`() throws {
        let book = try RuleBook.shipped()
        try book.check(in: world)
        #expect(book.versions.first?.version == (try Workflow.shipped().version))
    }

    @Test func `the rules of a page of reports are merged once and then kept`() throws {
        let book = try book(Self.text("wangchuan", Self.distribution(4)), Self.text())
        let organ = try #require(world.organ(code: "tangyi")).id
        let began = try day("2026-04-02")
        let first = try #require(book.workflow(of: organ, began: began, today: began, in: world))
        let second = try #require(book.workflow(of: organ, began: began, today: began, in: world))
        func place(_ workflow: Workflow) -> UnsafeRawPointer? {
            workflow.stageOrder.withUnsafeBytes { $0.baseAddress }
        }
        #expect(place(first) != nil && place(first) == place(second), "one copy serves all")
    }
}

/// Other versions of the shipped rules.
enum RuleText2 {
    static func workflow(_ version: String, _ day: String, scope: String? = nil) throws -> Workflow {
        try RuleText().replacing("version: \"2026.11\"", "version: \"\(version)\"")
            .replacing(
                "effectiveFrom: 2020-01-21",
                "effectiveFrom: \(day)" + (scope.map { "\nappliesTo: \($0)" } ?? "")
            ).workflow()
    }
}
