import Foundation
package import Kernel

/// What signing in asks of staff, and how long it lasts: data with sources, not code.
package struct AccountPolicy: Sendable, Hashable {
    /// A number that an installation may choose between bounds.
    package enum Measure: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
        /// Characters (code points) of a password that is the only factor.
        case least
        /// Characters of a password beside a second factor.
        case leastWithSecondFactor = "least-with-second-factor"
        /// Minutes without a request after which a session ends.
        case idleMinutes = "idle-minutes"
        /// Hours after which a session ends in any case.
        case absoluteHours = "absolute-hours"
        /// Hours after which a one-time password opens nothing any more.
        case oneTimeHours = "one-time-hours"
        /// Days for which it is remembered who signed in, and for whom a wrong password was given.
        case signInDays = "sign-in-days"
    }

    /// The number that ships, its bounds, and what it rests on.
    package struct Line: Sendable, Hashable {
        package var value: Int
        package var bounds: ClosedRange<Int>
        package var source: Bilingual
    }

    package let version: String
    package let effectiveFrom: Day
    /// Whoever holds one of these roles must have a second factor.
    package private(set) var requiredOf: Set<Role>
    package let secondFactorSource: Bilingual
    private var lines: [Measure: Line]

    /// The number that holds.
    package subscript(_ measure: Measure) -> Int { lines[measure]?.value ?? 0 }

    /// The number with its bounds and its source.
    package func line(_ measure: Measure) -> Line? { lines[measure] }

    /// The fewest characters of a password.
    package func least(withSecondFactor: Bool) -> Int { self[withSecondFactor ? .leastWithSecondFactor : .least] }

    package var idleSeconds: Int64 { Int64(self[.idleMinutes]) &* 60 }
    package var absoluteSeconds: Int64 { Int64(self[.absoluteHours]) &* 3600 }
    package var oneTimeSeconds: Int64 { Int64(self[.oneTimeHours]) &* 3600 }
    package var signInSeconds: Int64 { Int64(self[.signInDays]) &* 86_400 }

    /// Whether somebody with these roles must have a second factor.
    package func requiresSecondFactor(of roles: some Sequence<Role>) -> Bool {
        roles.contains(where: requiredOf.contains)
    }

    /// The same where an installation chose for itself; what lies outside of the bounds is passed over.
    package func adjusted(by choice: AccountChoice) -> AccountPolicy {
        var policy = self
        if let roles = choice.requiredOf { policy.requiredOf = Set(roles) }
        for (measure, value) in choice.numbers where lines[measure]?.bounds.contains(value) == true {
            policy.lines[measure]?.value = value
        }
        return policy
    }

    /// The policy that ships with the product: read once, the same for all.
    package static func shipped() throws(RuleFault) -> AccountPolicy { try loaded.get() }

    private static let loaded: Result<AccountPolicy, RuleFault> = Result { () throws(RuleFault) in
        try AccountPolicy(YAMLReader(shipped: "accounts"))
    }

    /// Parses and checks one file. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        try self.init(YAMLReader(file: file, text: text))
    }

    private init(_ top: YAMLReader) throws(RuleFault) {
        version = try top.string("version")
        effectiveFrom = try top.day("effectiveFrom")
        let factor = try top.at("second-factor")
        requiredOf = try factor.roles("requiredOf")
        secondFactorSource = try factor.source()
        var lines: [Measure: Line] = [:]
        for measure in Measure.allCases {
            let line = try top.at(measure.rawValue)
            let (value, from, to) = (try line.integer("value"), try line.integer("from"), try line.integer("to"))
            guard 1 <= from, from <= to, to <= 1000, from...to ~= value else {
                throw line.fault("the value must lie between its bounds")
            }
            lines[measure] = Line(value: value, bounds: from...to, source: try line.source())
        }
        self.lines = lines
    }
}

/// What an installation chose instead of what ships, and who did when.
package struct AccountChoice: Sendable, Hashable, Codable {
    /// `nil`: as it ships.
    package var requiredOf: [Role]?
    package var numbers: [AccountPolicy.Measure: Int]
    package var by: StaffID?
    package var at: Instant?

    package init(
        requiredOf: [Role]? = nil, numbers: [AccountPolicy.Measure: Int] = [:], by: StaffID? = nil, at: Instant? = nil
    ) {
        self.requiredOf = requiredOf
        self.numbers = numbers
        self.by = by
        self.at = at
    }
}
