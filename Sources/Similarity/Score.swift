import Foundation

/// One thing that speaks for or against sameness.
package struct Reason: Sendable, Hashable {
    /// What was compared.
    package enum What: Sendable, Hashable {
        /// The texts: the share of three characters in a row that both have, how much of what is rare both have, and
        /// the rarest words.
        case wording(jaccard: Double, rare: Double, words: [String])
        /// Fingerprints: the marks that both have.
        case marks(Int)
        /// One of the other kinds, with what to show beside it.
        case kind(EvidenceKind, Outcome, detail: String?)
    }

    package let what: What
    /// In bits; below zero it speaks against.
    package let weight: Double
}

/// A sum of reasons as a probability.
package struct Score: Sendable, Hashable {
    /// 0…1.
    package let value: Double
    /// The sum of the weights and the prior, in bits: orders what `value` rounds to 1.
    package let bits: Double
    /// `nil` where it is not even possible.
    package let level: Level?
    /// The heaviest first; at equal weight in the order of the kinds.
    package let reasons: [Reason]

    /// Weighs what is known of two reports.
    package init(_ evidence: Evidence, weights: Weights) {
        var reasons: [Reason] = []
        switch evidence.text {
        case .read(let likeness):
            let weight = max(
                weights.wording.weight(at: likeness.jaccard), weights.rareWording.weight(at: likeness.rare))
            let what = Reason.What.wording(
                jaccard: likeness.jaccard, rare: likeness.rare, words: likeness.sharedWords)
            reasons.append(Reason(what: what, weight: weight))
        case .marks(let shared):
            reasons.append(Reason(what: .marks(shared), weight: weights.marks.weight(at: Double(shared))))
        case .unknown: break
        }
        for kind in EvidenceKind.allCases {
            guard let outcome = evidence.outcomes[kind] else { continue }
            let weight = weights.weight(kind, outcome)
            guard weight != 0 else { continue }
            reasons.append(
                Reason(what: .kind(kind, outcome, detail: evidence.details[kind]), weight: weight))
        }
        bits = reasons.reduce(weights.prior) { $0 + $1.weight }
        value = 1 / (1 + exp2(-bits))
        level = weights.level(value)
        self.reasons = reasons.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element)
    }
}
