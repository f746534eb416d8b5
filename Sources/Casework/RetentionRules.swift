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
        try RetentionRules(YAMLReader(shipped: "retention"))
    }
}

extension RetentionRules {
    /// Parses and checks one file. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        try self.init(YAMLReader(file: file, text: text))
    }

    fileprivate init(_ top: YAMLReader) throws(RuleFault) {
        version = try top.string("version")
        effectiveFrom = try top.day("effectiveFrom")
        drawers = try Self.deciders("draws", of: top)
        let approval = try top.at("approval")
        approvers = try Self.deciders("roles", of: approval)
        approvals = try approval.integer("count", within: 2...5)
        approvalSource = try approval.source()
        let grace = try top.at("grace")
        graceDays = try grace.integer("days", within: 1...365)
        graceSource = try grace.source()
        outcomes = try top.at("outcomes").choices()
        strikeGrounds = try top.at("strike-grounds").choices()
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
            years: line.maybe("years") == nil ? nil : try line.integer("years", within: 1...100),
            source: try line.source(), isAssumed: try line.flag("assumed"), kinds: Set(try line.strings("kinds")),
            outcomes: Set(try line.strings("outcomes")), marks: Set(try line.strings("marks")))
    }

    private static func deciders(_ key: String, of reader: YAMLReader) throws(RuleFault) -> Set<Role> {
        let roles = try reader.roles(key)
        guard !roles.isEmpty else { throw reader.fault("\"\(key)\" names nobody") }
        return roles
    }
}
