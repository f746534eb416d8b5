import Foundation

/// Many texts that may all be read, each found by what it shares with another. Rarity is counted in the texts themselves.
/// For files and for trials; what is stored of sealed reports is a ``Fingerprint``.
package struct TextIndex: Sendable {
    /// The texts, in the order in which they were given.
    package let texts: [ComparableText]
    /// Compares two of them.
    package let comparison: TextComparison
    private let bearers: [UInt64: [Int32]]
    private let norms: [Double]
    private let bits: [UInt64: Double]

    /// A stretch that more texts have than this, or than a twentieth of all, is read only where a text has nothing rarer.
    private static let cap = 4000
    /// How many bearers are read for one text.
    private static let work = 400_000

    package init(_ texts: [NormalText]) {
        self.texts = texts.map(ComparableText.init)
        var bearers: [UInt64: [Int32]] = [:]
        for (place, text) in self.texts.enumerated() {
            for gram in text.threes.values + text.twos.values {
                bearers[gram, default: []].append(Int32(truncatingIfNeeded: place))
            }
        }
        let count = Double(texts.count)
        let bits = bearers.mapValues { log2((count + 1) / (Double($0.count))) }
        comparison = TextComparison { bits[$0] ?? 0 }
        norms = self.texts.map(comparison.norm)
        self.bearers = bearers
        self.bits = bits
    }

    /// The places of the texts most like the one at a place, the best first.
    package func candidates(of place: Int, limit: Int) -> [Int] {
        guard texts.indices.contains(place) else { return [] }
        var shared: [Int32: Double] = [:]
        var left = Self.work
        let text = texts[place]
        let grams = (text.threes.values + text.twos.values).map { (gram: $0, holders: bearers[$0] ?? []) }
            .sorted { ($0.holders.count, $0.gram) < ($1.holders.count, $1.gram) }
        let most = min(Self.cap, max(texts.count / 20, 10))
        for (gram, holders) in grams where left > 0 {
            if holders.count > most, !shared.isEmpty { break }
            let weight = bits[gram] ?? 0
            for holder in holders.prefix(left) where Int(holder) != place {
                shared[holder, default: 0] += weight * weight
            }
            left &-= holders.count
        }
        let scored = shared.map { (place: Int($0.key), cosine: $0.value / max(norms[Int($0.key)].squareRoot(), 1)) }
        return scored.sorted { ($1.cosine, $0.place) < ($0.cosine, $1.place) }.prefix(max(limit, 0)).map(\.place)
    }
}
