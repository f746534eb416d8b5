import Foundation
import Kernel

/// The rules of jurisdiction in words, with their sources, and the limit of a sealed hand-over: data, not code.
package struct JurisdictionRules: Sendable {
    /// What one reason rests on.
    package struct Ground: Sendable, Hashable {
        package var rule: Bilingual
        package var source: Bilingual
    }

    package let grounds: [Reason: Ground]
    /// By when what is a higher organ's must have been handed up, sealed (规则 15条).
    package let handUp: LimitRule

    /// The rules that ship with the product: read once, the same for all.
    package static func shipped() throws(RuleFault) -> JurisdictionRules { try loaded.get() }

    private static let loaded: Result<JurisdictionRules, RuleFault> = Result { () throws(RuleFault) in
        try JurisdictionRules(YAMLReader(shipped: "jurisdiction"))
    }

    /// Parses and checks one file: every reason has its words and its source. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        try self.init(YAMLReader(file: file, text: text))
    }

    private init(_ top: YAMLReader) throws(RuleFault) {
        var grounds: [Reason: Ground] = [:]
        for (name, value) in try top.at("reasons").pairs {
            guard let reason = Reason(rawValue: name) else { throw value.fault("no reason \"\(name)\"") }
            let ground = Ground(rule: try value.at("rule").bilingual(), source: try value.at("source").bilingual())
            if [ground.rule.zh, ground.rule.en, ground.source.zh, ground.source.en].contains("") {
                throw value.fault("\(name): a text is empty")
            }
            grounds[reason] = ground
        }
        for reason in Reason.allCases where grounds[reason] == nil {
            throw try top.at("reasons").fault("\(reason.rawValue): the reason has no rule")
        }
        self.grounds = grounds
        let limit = try Workflow.limit(top.at("hand-up"))
        guard limit.unit == .working, (1...60).contains(limit.count) else {
            throw try top.at("hand-up").fault("a number of working days is expected here")
        }
        handUp = limit
    }
}
