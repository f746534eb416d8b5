import Foundation
import Kernel
import Similarity
import Testing

/// Fifty-two matters written by hand, each told four times by the same person, with other words each time, and beside each
/// another matter of the same place (`x`). Everything in them is invented.
struct RetoldMattersTests {
    struct Telling {
        var matter: String
        var telling: String
        var text: NormalText
    }

    let tellings: [Telling]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "retold-matters.csv")
        let table = try CSVTable(text: String(contentsOf: file, encoding: .utf8))
        let normaliser = try Normaliser.shipped()
        tellings = try table.rows.map {
            Telling(matter: $0.values[0], telling: $0.values[1], text: try normaliser($0.values[2]))
        }
    }

    /// Of the pairs of tellings of one matter the share whose other side is among the first ten; by both tellings.
    func recall(_ candidates: (Int) throws -> [Int]) rethrows -> (all: Double, pairs: Int, by: [String: Double]) {
        var (found, asked): ([String: Int], [String: Int]) = ([:], [:])
        for (place, one) in tellings.enumerated() where one.telling != "x" {
            let first = Set(try candidates(place).prefix(10))
            for (other, two) in tellings.enumerated() where two.matter == one.matter && two.telling > one.telling {
                guard two.telling != "x" else { continue }
                asked[one.telling + two.telling, default: 0] += 1
                if first.contains(other) { found[one.telling + two.telling, default: 0] += 1 }
            }
        }
        let all = asked.values.reduce(0, +)
        return (
            Double(found.values.reduce(0, +)) / Double(all), all,
            Dictionary(uniqueKeysWithValues: asked.map { ($0, Double(found[$0] ?? 0) / Double($1)) })
        )
    }

    @Test func `who writes again in other words is found among the first ten`() throws {
        let index = TextIndex(tellings.map(\.text))
        let recall = recall { index.candidates(of: $0, limit: 10) }
        print("retold matters, texts read: recall@10", recall)
        #expect(recall.pairs >= 300 && recall.all >= 0.9)
    }

    @Test func `stored fingerprints alone find most of them`() throws {
        let key = try #require(FingerprintKey(secret: Array(repeating: 5, count: 32)))
        let fingerprinter = Fingerprinter(key: key, rarity: try .shipped())
        var store = MemoryMarks<Int>()
        let fingerprints = tellings.map { fingerprinter($0.text) }
        for (place, fingerprint) in fingerprints.enumerated() { store.add(place, fingerprint) }
        let recall = try recall { place in
            try CandidateSearch().candidates(
                of: fingerprints[place], in: store, limit: 10, where: { $0 != place }
            ).candidates.map(\.id)
        }
        print("retold matters, fingerprints: recall@10", recall)
        #expect(recall.all >= 0.85)
    }

    @Test func `another matter of the same village is not called a certain repeat`() throws {
        let comparison = TextComparison(rarity: try .shipped())
        let weights = try Weights.shipped()
        let texts = tellings.map { ComparableText($0.text) }
        var (right, wrong) = (0, 0)
        for one in texts.indices {
            for two in texts.indices where two > one && two - one <= 15 {
                let score = Score(Evidence(text: .read(comparison(texts[one], texts[two]))), weights: weights)
                guard score.level == .certain else { continue }
                let isSame =
                    tellings[one].matter == tellings[two].matter && tellings[one].telling != "x"
                    && tellings[two].telling != "x"
                if isSame { right += 1 } else { wrong += 1 }
            }
        }
        print("retold matters: certain \(right) rightly, \(wrong) wrongly")
        #expect(right >= 25)
        #expect(Double(right) / Double(max(right + wrong, 1)) >= 0.98)
    }
}
