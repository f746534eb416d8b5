import Casework
import Foundation
import Kernel
import Testing

struct RetentionRuleTests {
    private static let days = (archived: Day("2026-02-28"), leap: Day("2024-02-29"))

    private func text() throws -> String {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let file = here.appending(path: "../../Sources/Casework/Resources/rules/retention.yaml").standardized
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test func `the first rule that fits holds, and what none names is kept for good`() throws {
        let rules = try RetentionRules.shipped()
        let cases: [(kind: String?, outcome: String, marks: [String], years: Int?)] = [
            ("discipline-breach", "kept", [], 10), ("discipline-breach", "kept", ["important"], nil),
            ("discipline-breach", "concluded", [], 30), ("duty-crime", "case-filed", [], nil),
            ("out-of-scope", "declined", ["urgent"], 10), ("suggestion", "suggestion", [], 10),
            ("discipline-breach", "shelved", [], 30), (nil, "kept", [], nil), ("discipline-breach", "other", [], nil),
        ]
        for (kind, outcome, marks, years) in cases {
            let rule = try #require(rules.rule(kind: kind, outcome: outcome, marks: marks))
            #expect(rule.years == years, "\(kind ?? "none") \(outcome) \(marks)")
        }
        #expect(rules.shortestYears == 10 && rules.approvals == 2 && rules.graceDays == 7)
    }

    @Test func `a period ends on the same day of a later year, or on the month's last`() throws {
        let ten = try #require(try RetentionRules.shipped().rule("accusation-without-result"))
        #expect(ten.lastDay(archived: try #require(Self.days.archived)) == Day("2036-02-28"))
        #expect(ten.lastDay(archived: try #require(Self.days.leap)) == Day("2034-02-28"))
        let good = try #require(try RetentionRules.shipped().rule("important"))
        #expect(good.lastDay(archived: try #require(Self.days.archived)) == nil)
    }

    @Test(arguments: [
        ("outcomes: [case-filed]", "outcomes: [case-fried]", "an outcome that there is not"),
        ("count: 2", "count: 1", "a number from 2 to 5 is expected here"),
        ("roles: [deputy, principal]", "roles: [deputies]", "\"deputies\" is not a known role"),
        ("- name: case-filed", "- name: important", "two rules of one name"),
        ("- name: otherwise", "- name: otherwise\n    years: 5", "the last rule fits everything and keeps it for good"),
    ])
    func `a file that would destroy too much or by one hand is refused`(old: String, new: String, reason: String) throws
    {
        let spoilt = try text().replacing(old, with: new, maxReplacements: 1)
        let fault = #expect(throws: RuleFault.self) { try RetentionRules(file: "retention.yaml", text: spoilt) }
        #expect(fault?.reason == reason)
    }
}
