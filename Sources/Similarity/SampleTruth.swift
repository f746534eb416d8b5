/// Which of the sample texts say the same: known from how they were made, and counted by their stretches of three characters.
package struct SampleTruth {
    private let samples: SampleTexts
    private let normaliser: Normaliser
    private let stored: Int
    /// The numbers of those that tell one again, by the number of that one, and of those that many send.
    private var tellings: [Int: [Int]] = [:]
    private var campaigns: [Int: [(number: Int, grams: Grams)]] = [:]
    private var members: [Int: [Int]] = [:]

    /// Pairs below this Jaccard of stretches of three characters are none.
    package static let alike = 0.5

    package init(_ samples: SampleTexts, stored: Int) throws {
        self.samples = samples
        self.stored = stored
        normaliser = try .shipped()
        for number in 0..<stored {
            switch samples.kind(number) {
            case .fresh: break
            case .again(let earlier, _): tellings[earlier, default: []].append(number)
            case .campaign(let which): members[which, default: []].append(number)
            }
        }
    }

    /// The stored texts that are like one that is asked about, ascending; and how many more were compared.
    package mutating func alike(_ place: Int) throws -> [Int] {
        let kind = samples.askedKind(place, among: stored)
        if kind == .fresh { return [] }
        let own = try grams(samples.askedText(place, among: stored))
        switch kind {
        case .fresh: return []
        case .again(let earlier, _):
            return try ([earlier] + (tellings[earlier] ?? [])).filter {
                try grams(samples.text($0)).jaccard(own) >= Self.alike
            }.sorted()
        case .campaign(let which):
            let all = try campaigns[which] ?? (members[which] ?? []).map { ($0, try grams(samples.text($0))) }
            campaigns[which] = all
            return all.filter { $0.grams.jaccard(own) >= Self.alike }.map(\.number)
        }
    }

    private func grams(_ text: String) throws -> Grams { Grams(try normaliser(text)) }
}
