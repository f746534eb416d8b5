import Casework
import Foundation
import Kernel
import Testing

/// The shipped rule file, to be spoilt.
struct RuleText {
    var text: String

    init() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let rules = here.appending(path: "../../Sources/Casework/Resources/rules/workflow.yaml").standardized
        text = try String(contentsOf: rules, encoding: .utf8)
    }

    /// Changes the first place; the text must occur.
    func replacing(_ old: String, _ new: String) throws -> RuleText {
        let place = try #require(text.range(of: old), "the rule file no longer says \(old)")
        var copy = self
        copy.text.replaceSubrange(place, with: new)
        return copy
    }

    /// Changes the first place after a line that begins with `start`.
    func replacing(after start: String, _ old: String, _ new: String) throws -> RuleText {
        let from = try #require(text.range(of: "\n" + start), "the rule file no longer says \(start)")
        let place = try #require(text.range(of: old, range: from.lowerBound..<text.endIndex))
        var copy = self
        copy.text.replaceSubrange(place, with: new)
        return copy
    }

    /// 1-based.
    func line(of start: String) throws -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return try #require(lines.firstIndex { $0.hasPrefix(start) }) + 1
    }

    func workflow() throws -> Workflow { try Workflow(file: "rules.yaml", text: text) }
}

struct RuleFileTests {
    /// One way to spoil the file: where, what, and the words of the fault.
    struct Spoilt: Sendable, CustomTestStringConvertible {
        var place: String
        var old: String
        var new: String
        var reason: String
        /// Lines from `place` to the one that is named.
        var offset = 1
        var testDescription: String { reason }
    }

    @Test func `the shipped rules are whole`() throws {
        let workflow = try Workflow.shipped()
        #expect(workflow.stageOrder.first == "incoming" && workflow.stageOrder.last == "archived")
        #expect(workflow.actOrder.first == "sign" && workflow.limits.first?.name == "sign-from-above")
        #expect(
            workflow.acts.values.allSatisfy { !$0.source.isIncomplete && !$0.label.zh.isEmpty && !$0.label.en.isEmpty })
        // Whoever reads English reads where it stands, too.
        #expect(workflow.acts.values.allSatisfy { $0.source.en.allSatisfy { $0.isASCII } })
        #expect(workflow.limits.allSatisfy { !$0.source.zh.isEmpty && !$0.source.en.isEmpty })
        #expect(workflow.label("disposal", "verify", "zh-Hans") == "初步核实")
        #expect(workflow.publicLabel("signed", "en") == "Being handled")
    }

    @Test(arguments: [
        Spoilt(
            place: "  consult:", old: "roles: [triage, director]", new: "roles: []",
            reason: "consult: an office without roles"),
        Spoilt(
            place: "  consult:", old: "by: [{office: holder, roles: [triage, director]}]", new: "by: []",
            reason: "consult: nobody may do this act"),
        Spoilt(
            place: "  consult:", old: "source: {zh: 规则第14条；商（疑难复杂的，与案件监督管理室会商）", new: "source: {zh: \"\"",
            reason: "consult: the act has no source"),
        Spoilt(
            place: "  consult:", old: "to: consulting", new: "to: consultation",
            reason: "consult: no stage \"consultation\""),
        Spoilt(
            place: "  consult:", old: "stage: registered", new: "stage: registred",
            reason: "consult: no stage \"registred\""),
        Spoilt(
            place: "  allocate:", old: "waits: [signed]", new: "waits: [sinned]",
            reason: "allocate: waits at no known stage \"sinned\""),
        Spoilt(
            place: "  notify:", old: "waits: notice-due", new: "waits: notice", reason: "notify: no fact \"notice\""),
        Spoilt(
            place: "  refer:", old: "guard: {proposal: refer}", new: "guard: {propsal: refer}",
            reason: "refer: no fact \"propsal\""),
        Spoilt(
            place: "  approve:", old: "when: {disposal:", new: "when: {dispose:", reason: "approve: no fact \"dispose\""
        ),
        Spoilt(
            place: "  open-identity:", old: "only: has-reporter", new: "only: reporter",
            reason: "open-identity: no fact \"reporter\""),
        Spoilt(
            place: "  - name: verification", old: "field: until", new: "field: plan",
            reason: "verification: a planned day without a source, or that no form asks for"),
        Spoilt(
            place: "  extend:", old: "limit: [assigned-report]", new: "limits: [assigned-report]",
            reason: "extend: no fact \"limits\""),
        Spoilt(
            place: "  extend:", old: "limit: [assigned-report]", new: "limit: [assigned]",
            reason: "extend: an approval asks \"assigned\", which is no choice of the form"),
        Spoilt(
            place: "  allocate:", old: "options: office-members, ", new: "",
            reason: "allocate: field \"handlers\" has nothing to choose from"),
        Spoilt(
            place: "  conclude:", old: "at: [verifying]", new: "at: [signed]",
            reason: "conclude: field \"end\" is asked at \"signed\", where nobody acts"),
        Spoilt(
            place: "  kept:", old: "public: kept", new: "public: hidden", reason: "kept: no public stage \"hidden\"",
            offset: 0),
        Spoilt(
            place: "  wake:", old: "from: [{stage: shelved, to: allocated}]",
            new: "from: [{stage: shelved, to: shelved}]", reason: "shelved: the stage is a dead end"),
        Spoilt(
            place: "  consult:", old: "from: [{stage: registered, to: consulting}, {stage: judged, to: consulting}]",
            new: "from: [{stage: registered, to: judged}]", reason: "consulting: the stage cannot be reached"),
        Spoilt(
            place: "  - name: disposal-opinion", old: "starts: [sign@referred]", new: "starts: [sign@refered]",
            reason: "disposal-opinion: no stage \"refered\"", offset: 0),
        Spoilt(
            place: "  - name: disposal-opinion", old: "ends: [dispose, review-appeal",
            new: "ends: [disposed, review-appeal",
            reason: "disposal-opinion: no act \"disposed\"", offset: 0),
        Spoilt(
            place: "  - name: supervision-answer", old: "ends: [answer-supervision]", new: "ends: []",
            reason: "supervision-answer: the limit never starts or never ends", offset: 0),
        Spoilt(
            place: "  - name: disposal-opinion", old: "count: 1", new: "count: 99999",
            reason: "disposal-opinion: an absurd count", offset: 0),
        Spoilt(
            place: "  - name: disposal-opinion", old: "zh: 监督执纪工作规则（收到问题线索之日起1个月内）", new: "zh: \"\"",
            reason: "disposal-opinion: the limit has no source", offset: 0),
        Spoilt(
            place: "  - name: result-feedback", old: "when: real-name", new: "when: real",
            reason: "result-feedback: no fact \"real\"", offset: 0),
    ])
    func `a fault in meaning is named with its file and line`(spoilt: Spoilt) throws {
        let text = try RuleText().replacing(after: spoilt.place, spoilt.old, spoilt.new)
        let fault = try #require(throws: RuleFault.self) { try text.workflow() }
        #expect(fault.file == "rules.yaml" && fault.reason == spoilt.reason)
        let subject = spoilt.reason.prefix { $0 != ":" }
        let isLimit = spoilt.place.contains("- name")
        let line = try text.line(of: isLimit ? spoilt.place : "  \(subject):")
        #expect((line...(line + 1)).contains(fault.line), "\(fault)")
    }

    @Test(arguments: [
        ("phase: intake, public: received", "phase: intak, public: received", "\"intak\" is not a known phase"),
        ("office: leaders, roles: [deputy", "office: leaders, roles: [deputies", "\"deputies\" is not a known role"),
        ("office: leaders, roles", "office: leader, roles", "\"leader\" is not a known office"),
        ("{person: handler}]", "{person: handlers}]", "unknown person"),
        ("type: number, label", "type: numeral, label", "\"numeral\" is not a known type"),
        ("vocabulary: sensitivity", "vocabulary: sensibility", "no vocabulary \"sensibility\""),
        ("seal: letter, required", "seal: wax, required", "\"wax\" is not a known seal"),
        ("unit: months", "unit: moons", "\"moons\" is not a known unit"),
        ("count: 5", "count: five", "a whole number is expected here"),
        ("longestSharedRun: 12", "longestSharedRun: 0", "a number above zero is expected here"),
        ("team: {least: 2", "team: {fewest: 2", "\"least\" is missing"),
        ("once: true", "once: maybe", "true or false is expected here"),
        ("effectiveFrom: 2020-01-21", "effectiveFrom: 2020-02-30", "not a date"),
        ("from: any", "from: all", "a list of stages, or \"any\", is expected here"),
        ("{value: appeal, zh: 申诉, en: Appeal}", "{value: appeal, zh: 申诉}", "\"en\" is missing"),
    ])
    func `a fault in form is named with its line`(old: String, new: String, reason: String) throws {
        let text = try RuleText().replacing(old, new)
        let fault = try #require(throws: RuleFault.self) { try text.workflow() }
        let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains(new) }) + 1
        #expect(fault.reason == reason && fault.line == line, "\(fault), changed in line \(line)")
    }

    @Test func `what is no YAML, or nothing, is refused and not trapped on`() throws {
        for text in ["", "- a\n- b\n", "a: [", "\u{0}", "version: 1", "&a [*a]", String(repeating: "[", count: 2000)] {
            #expect(throws: RuleFault.self) { try Workflow(file: "rules.yaml", text: text) }
        }
        let broken = try RuleText().replacing("acts:", "acts: [")
        let fault = try #require(throws: RuleFault.self) { try broken.workflow() }
        #expect(fault.line > 1)
    }
}
