/// What two reports may have in common.
package enum EvidenceKind: String, Sendable, Codable, CaseIterable {
    /// Whoever reports, by keyed tokens; never shown as more than that it is the same.
    case reporter
    /// Whoever is reported.
    case reported
    /// The unit that is reported.
    case unit
    case place
    case time
    /// Amounts of money.
    case amount
    /// Files by their hashes.
    case file
}

/// How a comparison of one kind came out.
package enum Outcome: String, Sendable, Codable {
    case same
    /// Alike, as a short form is to the full one, or a month to the next.
    case close
    case different
}

/// What is known of two reports side by side; what is unknown of either is left out and counts for nothing.
package struct Evidence: Sendable {
    /// How alike the texts are, as far as it is known.
    package enum Text: Sendable, Hashable {
        /// Both may be read.
        case read(TextLikeness)
        /// Neither was: so many marks of their fingerprints are the same.
        case marks(shared: Int)
        case unknown
    }

    package var text: Text
    package var outcomes: [EvidenceKind: Outcome]
    /// What to show beside an outcome, such as the amount that both name.
    package var details: [EvidenceKind: String]

    package init(
        text: Text = .unknown, outcomes: [EvidenceKind: Outcome] = [:], details: [EvidenceKind: String] = [:]
    ) {
        self.text = text
        self.outcomes = outcomes
        self.details = details
    }

    /// Compares keyed tokens or hashes, of which any may agree; `nil` where either side has none.
    package static func tokens<Token: Hashable>(_ one: Set<Token>, _ two: Set<Token>) -> Outcome? {
        guard !one.isEmpty, !two.isEmpty else { return nil }
        return one.isDisjoint(with: two) ? .different : .same
    }

    /// Compares files by their hashes: other files say nothing.
    package static func files<Token: Hashable>(_ one: Set<Token>, _ two: Set<Token>) -> Outcome? {
        one.isDisjoint(with: two) ? nil : .same
    }

    /// Compares region codes of GB/T 2260: of one county at least they are close, if one lies in the other or both are the
    /// same place they are the same.
    package static func places(_ one: String, _ two: String) -> Outcome? {
        let (one, two) = (one.prefix(12), two.prefix(12))
        guard one.utf8.count >= 2, two.utf8.count >= 2 else { return nil }
        if one.utf8.count > 6, two.utf8.count > 6, one != two {
            return one.prefix(6) == two.prefix(6) ? .close : .different
        }
        return one.hasPrefix(two) || two.hasPrefix(one) ? .same : .different
    }

    /// Compares months (year × 100 + month) that the texts name: any in common, any neighbours, or neither.
    package static func months(_ one: [Int], _ two: [Int]) -> Outcome? {
        guard !one.isEmpty, !two.isEmpty else { return nil }
        func count(_ month: Int) -> Int { month / 100 &* 12 &+ month % 100 }
        let (left, right) = (Set(one.map(count)), Set(two.map(count)))
        if !left.isDisjoint(with: right) { return .same }
        return left.contains { right.contains($0 &+ 1) || right.contains($0 &- 1) } ? .close : .different
    }
}
