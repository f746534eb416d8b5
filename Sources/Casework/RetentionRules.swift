import Foundation
package import Kernel

/// For how long archived reports are kept, who decides on their destruction, and how: data with sources, not code.
package struct RetentionRules: Sendable, Hashable {
    /// One line of the table of periods.
    package struct Rule: Sendable, Hashable {
        package var name: String
        package var label: Bilingual
        /// Whole calendar years from the day of archiving; `nil`: kept for good.
        package var years: Int?
        package var source: Bilingual
        /// Set by analogy: the internal tables are not public.
        package var isAssumed: Bool
        /// Values of the vocabulary `category`, of ``RetentionRules/outcomes``, and marks; an empty set asks for nothing.
        fileprivate var kinds: Set<String>
        fileprivate var outcomes: Set<String>
        fileprivate var marks: Set<String>

        fileprivate func fits(_ kind: String?, _ outcome: String, _ marks: [String]) -> Bool {
            (kinds.isEmpty || kind.map(kinds.contains) == true) && (outcomes.isEmpty || outcomes.contains(outcome))
                && (self.marks.isEmpty || !self.marks.isDisjoint(with: marks))
        }

        /// The last day on which a report that was archived on `day` is kept; `nil`: kept for good.
        package func lastDay(archived day: Day) -> Day? { years.map { day.adding(months: $0 &* 12) } }
    }

    package let version: String
    package let effectiveFrom: Day
    /// The roles, in the office that received, that draw up a list.
    package let drawers: Set<Role>
    /// The roles among the leaders that approve, and how many people it takes.
    package let approvers: Set<Role>
    package let approvals: Int
    package let approvalSource: Bilingual
    /// Calendar days between the last approval and the destruction.
    package let graceDays: Int
    package let graceSource: Bilingual
    package let outcomes: [Choice]
    package let strikeGrounds: [Choice]
    package let rules: [Rule]

    /// The rule for a report of this kind that ended so; the last rule fits everything.
    package func rule(kind: String?, outcome: String, marks: [String]) -> Rule? {
        rules.first { $0.fits(kind, outcome, marks) }
    }

    package func rule(_ name: String) -> Rule? { rules.first { $0.name == name } }

    /// The shortest period in years: what was received later than that cannot be due. `nil` where all is kept for good.
    package var shortestYears: Int? { rules.compactMap(\.years).min() }

    /// The rules that ship with the product: read once, the same for all.
    package static func shipped() throws(RuleFault) -> RetentionRules { try loaded.get() }

    private static let loaded: Result<RetentionRules, RuleFault> = Result { () throws(RuleFault) in
        let name = "retention.yaml"
        guard let url = Bundle.module.url(forResource: "rules/retention", withExtension: "yaml"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { throw RuleFault(file: name, line: 0, reason: "the file is missing") }
        return try RetentionRules(file: name, text: text)
    }
}

extension RetentionRules {
    /// Parses and checks one file. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        let top = try YAMLReader(file: file, text: text)
        version = try top.string("version")
        guard let day = Day(try top.string("effectiveFrom")) else {
            throw try top.at("effectiveFrom").fault("a date is expected here")
        }
        effectiveFrom = day
        drawers = try Self.roles("draws", of: top)
        let approval = try top.at("approval")
        approvers = try Self.roles("roles", of: approval)
        approvals = try Self.number("count", of: approval, 2...5)
        approvalSource = try Self.source(of: approval)
        let grace = try top.at("grace")
        graceDays = try Self.number("days", of: grace, 1...365)
        graceSource = try Self.source(of: grace)
        outcomes = try Self.choices("outcomes", of: top)
        strikeGrounds = try Self.choices("strike-grounds", of: top)
        let known = Set(outcomes.map(\.value))
        var rules: [Rule] = []
        for line in try top.at("rules").items {
            let rule = try Self.rule(line)
            if rules.contains(where: { $0.name == rule.name }) { throw line.fault("two rules of one name") }
            if !rule.outcomes.isSubset(of: known) { throw line.fault("an outcome that there is not") }
            rules.append(rule)
        }
        guard let last = rules.last, last.fits(nil, "", []), last.years == nil else {
            throw try top.at("rules").fault("the last rule fits everything and keeps it for good")
        }
        self.rules = rules
    }

    private static func rule(_ line: YAMLReader) throws(RuleFault) -> Rule {
        Rule(
            name: try line.string("name"), label: try line.bilingual(),
            years: line.maybe("years") == nil ? nil : try number("years", of: line, 1...100),
            source: try source(of: line), isAssumed: try line.flag("assumed"), kinds: Set(try line.strings("kinds")),
            outcomes: Set(try line.strings("outcomes")), marks: Set(try line.strings("marks")))
    }

    private static func roles(_ key: String, of reader: YAMLReader) throws(RuleFault) -> Set<Role> {
        var roles: Set<Role> = []
        for name in try reader.strings(key) {
            guard let role = Role(rawValue: name) else { throw reader.fault("no role \"\(name)\"") }
            roles.insert(role)
        }
        guard !roles.isEmpty else { throw reader.fault("\"\(key)\" names nobody") }
        return roles
    }

    private static func number(
        _ key: String, of reader: YAMLReader, _ bounds: ClosedRange<Int>
    ) throws(RuleFault) -> Int {
        let number = try reader.integer(key)
        guard bounds ~= number else { throw try reader.at(key).fault("the number is out of bounds") }
        return number
    }

    private static func choices(_ key: String, of reader: YAMLReader) throws(RuleFault) -> [Choice] {
        var found: [Choice] = []
        for item in try reader.at(key).items {
            found.append(Choice(value: try item.string("value"), label: try item.bilingual()))
        }
        return found
    }

    private static func source(of line: YAMLReader) throws(RuleFault) -> Bilingual {
        let source = try line.at("source").bilingual()
        guard !source.zh.isEmpty, !source.en.isEmpty else { throw line.fault("a rule without a source") }
        return source
    }
}
