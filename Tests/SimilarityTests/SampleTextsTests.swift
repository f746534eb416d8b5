import Foundation
import Testing

@testable import Similarity

@Suite struct `Texts to measure with` {
    private static let stored = 5000

    @Test func `follow from their numbers`() throws {
        let (one, two) = (try SampleTexts(), try SampleTexts())
        let other = try SampleTexts(seed: 7)
        for number in [0, 1, 77, 999_999] {
            #expect(one.text(number) == two.text(number) && one.text(number) != other.text(number))
        }
        #expect(one.askedText(1, among: 1000) == two.askedText(1, among: 1000))
    }

    @Test func `are as long as letters, and some tell an earlier one again`() throws {
        let samples = try SampleTexts()
        var (again, sent) = (0, 0)
        for number in 0..<Self.stored {
            #expect((60...700).contains(samples.text(number).count))
            switch samples.kind(number) {
            case .fresh: break
            case .again(let earlier, _):
                again += 1
                #expect(earlier < number && samples.kind(earlier) == .fresh)
            case .campaign: sent += 1
            }
        }
        #expect((60...140).contains(again) && (60...140).contains(sent))
    }

    @Test func `are alike where they were made so, and nowhere else`() throws {
        let (samples, stored) = (try SampleTexts(), 1500)
        var truth = try SampleTruth(samples, stored: stored)
        let normaliser = try Normaliser.shipped()
        let grams = try (0..<stored).map { Grams(try normaliser(samples.text($0))) }
        for place in 0..<200 {
            let asked = Grams(try normaliser(samples.askedText(place, among: stored)))
            let alike = (0..<stored).filter { grams[$0].jaccard(asked) >= SampleTruth.alike }
            #expect(try truth.alike(place) == alike)
        }
    }

    @Test func `are found among the first ten where they are alike`() throws {
        let samples = try SampleTexts()
        let normaliser = try Normaliser.shipped()
        let key = try #require(FingerprintKey(secret: Array("a secret of the tests".utf8)))
        let fingerprinter = Fingerprinter(key: key, rarity: try .shipped())
        var marks = MemoryMarks<Int>()
        for number in 0..<Self.stored { marks.add(number, fingerprinter(try normaliser(samples.text(number)))) }
        var truth = try SampleTruth(samples, stored: Self.stored)
        var (found, all) = (0, 0)
        for place in 0..<1000 {
            let alike = Set(try truth.alike(place))
            let asked = fingerprinter(try normaliser(samples.askedText(place, among: Self.stored)))
            let first = try CandidateSearch().candidates(of: asked, in: marks, limit: 10).candidates
            found += first.filter { alike.contains($0.id) }.count
            all += min(alike.count, 10)
        }
        print("alike among the first ten: \(found) of \(all)")
        #expect(all >= 300 && Double(found) >= 0.97 * Double(all))
    }
}
