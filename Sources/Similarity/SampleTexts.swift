import Foundation

/// Texts to measure with, nobody's letters: each follows from its number, so that a million of them need no room.
///
/// They name persons, offices, villages, sums and months, say what many say and what nobody else does. Two of a hundred
/// tell an earlier one again, at several degrees of rewriting; two of a hundred are copies of a text that many send.
package struct SampleTexts: Sendable {
    /// What a text is.
    package enum Kind: Sendable, Hashable {
        case fresh
        /// An earlier text again, with this share of its clauses changed.
        case again(of: Int, changed: Double)
        /// One of the texts that thousands send.
        case campaign(Int)
    }

    /// How much is changed where a text is told again, from nearly nothing to more than half.
    package static let degrees = [0.04, 0.1, 0.2, 0.35, 0.55]
    /// A new text that many send comes up after so many others.
    package static let betweenCampaigns = 250_000
    /// Texts asked about have numbers from here on: none of them is stored.
    private static let asked = 1 << 40

    private let language: SampleLanguage
    private let seed: UInt64
    /// What many say, and the villages that they live in.
    private let phrases: [[UInt16]]
    private let villages: [[UInt16]]

    package init(seed: UInt64 = 20_261_123) throws {
        language = try SampleLanguage()
        self.seed = seed
        var random = SampleRandom(seed, .max)
        let language = language
        let rarity = try Rarity.shipped()
        phrases = (0..<600).map { _ in
            // What many say they say in common words.
            let length = 5 &+ random.below(8)
            let drawn = (0..<12).map { _ in language.clause(length, &random) }
            func surprise(_ clause: [UInt16]) -> Float {
                zip(clause, clause.dropFirst()).reduce(0) { $0 + rarity.bits(Grams.packed([$1.0, $1.1])) }
            }
            return drawn.min { surprise($0) < surprise($1) } ?? []
        }
        villages = (0..<20_000).map { _ in
            language.clause(2, &random) + Array("镇".utf16) + language.clause(2, &random) + Array("村".utf16)
        }
    }

    /// What a stored text is: decided by its number alone.
    package func kind(_ number: Int) -> Kind {
        var random = random(number, 1)
        switch random.share() {
        case ..<0.02:
            let earlier = root(random.below(max(number, 1)))
            guard earlier < number, kind(earlier) == .fresh else { return .fresh }
            return .again(of: earlier, changed: Self.degrees[random.below(Self.degrees.count)])
        case ..<0.04: return .campaign(number / Self.betweenCampaigns)
        default: return .fresh
        }
    }

    /// The text that a text tells again, or itself.
    private func root(_ number: Int) -> Int {
        if case .again(let earlier, _) = kind(number) { earlier } else { number }
    }

    /// What a text is that is asked about where so many are stored: of fifty one is of those that many send, half of the
    /// others tell a stored one again, by turns at each degree.
    package func askedKind(_ place: Int, among stored: Int) -> Kind {
        if place % 50 == 49 { return .campaign((place / 50) % (max(stored &- 1, 0) / Self.betweenCampaigns &+ 1)) }
        guard place % 2 == 1 else { return .fresh }
        var random = random(Self.asked &+ place, 1)
        for _ in 0..<100 {
            let earlier = random.below(stored)
            if kind(earlier) == .fresh {
                return .again(of: earlier, changed: Self.degrees[(place / 2) % Self.degrees.count])
            }
        }
        return .fresh
    }

    /// A stored text.
    package func text(_ number: Int) -> String { text(kind(number), number) }

    /// A text that is asked about.
    package func askedText(_ place: Int, among stored: Int) -> String {
        text(askedKind(place, among: stored), Self.asked &+ place)
    }

    private func random(_ number: Int, _ use: UInt64) -> SampleRandom {
        SampleRandom(seed &+ use, UInt64(bitPattern: Int64(number)))
    }

    private func text(_ kind: Kind, _ number: Int) -> String {
        var random = random(number, 2)
        let clauses: [[UInt16]]
        switch kind {
        case .fresh: clauses = letter(&random)
        case .again(let earlier, let changed):
            var first = self.random(earlier, 2)
            clauses = rewritten(letter(&first), changed, &random)
        case .campaign(let which):
            var first = self.random(-1 &- which, 2)
            let copied = letter(&first, length: 260)
            // Half of them sign it as it stands, the others put something of their own around it.
            let own = random.share() < 0.5 ? [] : [opening(village(&random))]
            clauses = own + copied + (own.isEmpty ? [] : [fact(Teller(language, village(&random), &random), &random)])
        }
        return String(decoding: Array(clauses.joined(separator: Array("，".utf16))), as: UTF16.self) + "。"
    }

    // MARK: A letter

    /// Whom and what one letter is about.
    private struct Teller {
        let village: [UInt16]
        let person: [UInt16]
        let title: [UInt16]

        init(_ language: SampleLanguage, _ village: [UInt16], _ random: inout SampleRandom) {
            self.village = village
            let surname = language.surnames[random.ranked(language.surnames.count)]
            person = [surname] + language.clause(1 &+ random.below(2), &random)
            title = language.titles[random.ranked(language.titles.count)]
        }
    }

    private func village(_ random: inout SampleRandom) -> [UInt16] { villages[random.squared(villages.count)] }

    private func opening(_ village: [UInt16]) -> [UInt16] { Array("我是".utf16) + village + Array("村民".utf16) }

    /// Clauses of a letter of 80 to 500 characters, short ones more often.
    private func letter(_ random: inout SampleRandom, length: Int? = nil) -> [[UInt16]] {
        let length = length ?? Int(exp(log(80) + random.share() * log(500.0 / 80)))
        let teller = Teller(language, village(&random), &random)
        var clauses = [opening(teller.village)]
        var count = clauses[0].count
        while count < length {
            let clause =
                switch random.below(100) {
                case ..<22: phrases[random.ranked(phrases.count)]
                case ..<40: fact(teller, &random)
                default: language.clause(min(5 &+ random.below(11), max(length &- count, 2)), &random)
                }
            clauses.append(clause)
            count &+= clause.count &+ 1
        }
        return clauses
    }

    private func fact(_ teller: Teller, _ random: inout SampleRandom) -> [UInt16] {
        let (year, month, amount) = (2018 &+ random.below(9), 1 &+ random.below(12), 1 &+ random.below(300))
        return switch random.below(4) {
        case 0: teller.title + teller.person + language.clause(4, &random) + Array("\(amount)万元".utf16)
        case 1: Array("\(year)年\(month)月".utf16) + teller.person + language.clause(5, &random)
        case 2: teller.village + teller.title + teller.person + language.clause(3, &random)
        default: language.clause(4, &random) + Array("\(amount * 100)元".utf16)
        }
    }

    /// Clauses dropped, put in, told otherwise or moved, and words replaced within those that stay.
    private func rewritten(
        _ clauses: [[UInt16]], _ changed: Double, _ random: inout SampleRandom
    ) -> [[UInt16]] {
        var told: [[UInt16]] = []
        for clause in clauses {
            guard random.share() < changed else {
                told.append(clause)
                continue
            }
            switch random.below(10) {
            case 0..<3: told.append(language.clause(5 &+ random.below(11), &random))
            case 3, 4: break
            case 5: told += [language.clause(5 &+ random.below(11), &random), clause]
            case 6: told.insert(clause, at: max(told.count &- 1, 0))
            default:
                var other = clause
                let place = random.below(max(other.count &- 1, 1))
                let end = min(place &+ 2, other.count)
                other.replaceSubrange(place..<end, with: language.clause(end &- place, &random))
                told.append(other)
            }
        }
        return told.isEmpty ? clauses : told
    }
}
