import Foundation

/// How alike two texts are that may both be read.
package struct TextLikeness: Sendable, Hashable {
    /// Of the stretches of three characters that either has, the share that both have.
    package let jaccard: Double
    /// The cosine of both texts' stretches of two and of three characters, each as heavy as it is rare: what both name
    /// counts, what everybody writes does not. 0…1.
    package let rare: Double
    /// The rarest of what both have, longest stretches first; at most three.
    package let sharedWords: [String]

    package init(jaccard: Double, rare: Double, sharedWords: [String]) {
        self.jaccard = jaccard
        self.rare = rare
        self.sharedWords = sharedWords
    }
}

/// A text that is ready to be compared.
package struct ComparableText: Sendable {
    package let text: NormalText
    let threes: Grams
    let twos: Grams

    package init(_ text: NormalText) {
        self.text = text
        threes = Grams(text, size: 3)
        twos = Grams(text, size: 2)
    }
}

/// Compares texts by what is rare in them.
package struct TextComparison: Sendable {
    private let bits: @Sendable (UInt64) -> Double

    /// With the rarity of the language.
    package init(rarity: Rarity) {
        bits = { Double(max(rarity.bits($0) - 8, 0)) }
    }

    /// With the rarity in a collection that may be read as a whole.
    init(bits: @escaping @Sendable (UInt64) -> Double) {
        self.bits = bits
    }

    /// How alike two texts are.
    package func callAsFunction(_ one: ComparableText, _ two: ComparableText) -> TextLikeness {
        let threes = one.threes.shared(with: two.threes)
        let twos = one.twos.shared(with: two.twos)
        let all = one.threes.values.count &+ two.threes.values.count &- threes.count
        let shared = mass(threes) + mass(twos)
        let length = (norm(one) * norm(two)).squareRoot()
        return TextLikeness(
            jaccard: all == 0 ? 0 : Double(threes.count) / Double(all), rare: length > 0 ? min(shared / length, 1) : 0,
            sharedWords: words(threes, twos, in: one.text))
    }

    private func mass(_ grams: [UInt64]) -> Double { grams.reduce(0) { $0 + bits($1) * bits($1) } }

    func norm(_ text: ComparableText) -> Double { mass(text.threes.values) + mass(text.twos.values) }

    /// Words are looked for in so many characters.
    private static let longest = 20_000

    /// The stretches of the text of which both have every three (or two) characters in a row, the most surprising first.
    private func words(_ threes: [UInt64], _ twos: [UInt64], in text: NormalText) -> [String] {
        let (three, two) = (Set(threes), Set(twos))
        let units = text.units.prefix(Self.longest)
        var found: [String: Double] = [:]
        var start = 0
        while start < units.count {
            var (end, surprise) = (start, 0.0)
            while end &+ 3 <= units.count, three.contains(Grams.packed(units[end..<end &+ 3])) {
                surprise += bits(Grams.packed(units[end..<end &+ 3]))
                end &+= 1
            }
            if end > start {
                end &+= 2
            } else if start &+ 2 <= units.count, two.contains(Grams.packed(units[start..<start &+ 2])) {
                surprise = bits(Grams.packed(units[start..<start &+ 2]))
                end = start &+ 2
            } else {
                start &+= 1
                continue
            }
            let word = String(decoding: units[start..<min(end, start &+ 12)], as: UTF16.self)
            found[word] = max(found[word] ?? 0, surprise)
            start = end
        }
        return found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
    }
}
