import Yams

/// What visitors without an account may do how often, what lets them through beyond that, and where “leave at once”
/// leads: data with reasons, read at the start (``init(file:)``).
package struct VisitorRules: Sendable, Decodable {
    /// So many at once, then so many an hour.
    struct Rate: Sendable, Decodable, Equatable {
        let atOnce: Int
        let perHour: Int
    }

    /// One thing that costs something: what an address may do freely, and what one pass allows beyond that.
    struct Quota: Sendable, Decodable {
        let free: Rate
        let proven: Rate
        let waited: Rate
        /// How many of those who waited are let through, of all behind one address.
        let admitted: Rate
        let why: String
    }

    struct Step: Sendable, Decodable, Equatable {
        /// From so many proofs in the hour on.
        let from: Int
        let pieces: Int
        let bits: Int
    }

    struct Proof: Sendable, Decodable {
        let steps: [Step]
        let challengeSeconds: Int
        let passSeconds: Int
        let why: String

        func step(after count: Int) -> Step {
            steps.last { $0.from <= count } ?? steps.first ?? Step(from: 0, pieces: 32, bits: 12)
        }
    }

    struct Wait: Sendable, Decodable {
        let seconds: Int
        let passSeconds: Int
        let why: String
    }

    struct Leave: Sendable, Decodable {
        let to: String
        let why: String
    }

    let quotas: [String: Quota]
    let proof: Proof
    let wait: Wait
    let leave: Leave

    /// Where “leave at once” leads.
    package var leaveURL: String { leave.to }

    /// Reads a file.
    ///
    /// - Throws: ``VisitorRulesError`` for one that is not whole: every quota of `names` and no other, every number in
    ///   its range, a reason beside each.
    package init(file: String, quotas names: Set<String>) throws {
        do { self = try YAMLDecoder().decode(Self.self, from: Files.text(file)) } catch {
            throw VisitorRulesError.unreadable(file: file, why: "\(error)")
        }
        if let why = fault(names) { throw VisitorRulesError.wrong(file: file, why: why) }
    }

    private func fault(_ names: Set<String>) -> String? {
        if Set(quotas.keys) != names { return "quotas must be \(names.sorted().joined(separator: ", "))" }
        for (name, quota) in quotas.sorted(by: { $0.key < $1.key }) {
            let rates = [quota.free, quota.proven, quota.waited, quota.admitted]
            guard rates.allSatisfy({ (1...100_000).contains($0.atOnce) && (1...1_000_000).contains($0.perHour) }) else {
                return "a rate of \(name) is out of range"
            }
            guard quota.waited.atOnce <= quota.proven.atOnce, quota.waited.perHour <= quota.proven.perHour else {
                return "\(name): waiting allows more than computing"
            }
        }
        let steps = proof.steps
        guard steps.first?.from == 0, zip(steps, steps.dropFirst()).allSatisfy({ $0.from < $1.from }) else {
            return "steps of the proof must begin at 0 and ascend"
        }
        guard steps.allSatisfy({ (1...128).contains($0.pieces) && (4...24).contains($0.bits) }) else {
            return "a step asks for 1 to 128 pieces of 4 to 24 bits"
        }
        // Every text must end before the key that made it: one hour as the newer key and one as the elder.
        let lives = [proof.challengeSeconds, proof.passSeconds, wait.seconds + wait.passSeconds]
        guard wait.seconds > 0, lives.allSatisfy({ (1...3600).contains($0) }) else {
            return "challenges, passes and waits last at most an hour"
        }
        let reasons = quotas.values.map(\.why) + [proof.why, wait.why, leave.why]
        guard reasons.allSatisfy({ $0.contains { !$0.isWhitespace } }) else { return "a reason is missing" }
        // Plain HTTP is for trials on one machine.
        let isThere = ["https://", "http://127.0.0.1:", "http://localhost:"].contains {
            leave.to.hasPrefix($0) && leave.to.count > $0.count
        }
        guard isThere, leave.to.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"';,\\".utf8.contains($0) }) else {
            return "leave.to must be an https address"
        }
        return nil
    }

    func rule(_ name: String, _ way: String, _ rate: KeyPath<Quota, Rate>) -> RateLimit.Rule {
        // Names are checked at the start; an unknown one gets the narrowest.
        let found = quotas[name]?[keyPath: rate] ?? Rate(atOnce: 1, perHour: 1)
        return RateLimit.Rule(name + way, burst: found.atOnce, perHour: found.perHour)
    }
}

/// Why the rules for visitors could not be read; found at the start.
package enum VisitorRulesError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, why: String)
    case wrong(file: String, why: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let why), .wrong(let file, let why): "\(file): \(why)"
        }
    }
}
