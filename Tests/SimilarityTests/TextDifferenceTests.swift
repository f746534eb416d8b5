import Similarity
import Testing

extension TextDifference.Part {
    /// What it is of the old text, and of the new.
    var old: String? {
        switch self {
        case .same(let text), .removed(let text): text
        case .added: nil
        }
    }
    var new: String? {
        switch self {
        case .same(let text), .added(let text): text
        case .removed: nil
        }
    }
}

struct TextDifferenceTests {
    @Test func `a clerk sees which characters changed, not which lines`() {
        let parts = TextDifference(from: "冯德才收了八万元", to: "冯德才一共收八万五千元").parts
        #expect(
            parts == [
                .same("冯德才"), .added("一共"), .same("收"), .removed("了"), .same("八万"), .added("五千"), .same("元"),
            ])
        #expect(TextDifference(from: "", to: "").parts.isEmpty)
        #expect(TextDifference(from: "甲", to: "").parts == [.removed("甲")])
        #expect(TextDifference(from: "", to: "👨‍👩‍👧").parts == [.added("👨‍👩‍👧")])
    }

    @Test func `of random texts both can be put together again, and the fewest characters change`() {
        for round in 0..<400 {
            let letters = Array("甲乙丙")
            let old = String((0..<Int.random(in: 0...30)).map { _ in letters[Int.random(in: 0..<3)] })
            let new = String((0..<Int.random(in: 0...30)).map { _ in letters[Int.random(in: 0..<3)] })
            let parts = TextDifference(from: old, to: new).parts
            #expect(parts.compactMap(\.old).joined() == old, "round \(round)")
            #expect(parts.compactMap(\.new).joined() == new)
            let same = parts.reduce(0) { if case .same(let text) = $1 { $0 + text.count } else { $0 } }
            #expect(same == longestCommon(Array(old), Array(new)), "\(old) \(new)")
        }
    }

    @Test func `two long letters with nothing in common take bounded time`() {
        let old = String((0..<120_000).map { Character(Unicode.Scalar(0x4E00 + UInt32($0 % 9000)) ?? "甲") })
        let new = String((0..<120_000).map { Character(Unicode.Scalar(0x4E00 + UInt32($0 &* 7919 % 20_000)) ?? "甲") })
        let parts = TextDifference(from: old, to: new, work: 4_000_000).parts
        #expect(parts.compactMap(\.old).joined() == old && parts.compactMap(\.new).joined() == new)
    }

    /// The plain way, with a table.
    private func longestCommon(_ one: [Character], _ two: [Character]) -> Int {
        var table = Array(repeating: Array(repeating: 0, count: two.count + 1), count: one.count + 1)
        for (row, left) in one.enumerated() {
            for (column, right) in two.enumerated() {
                table[row + 1][column + 1] =
                    left == right ? table[row][column] + 1 : max(table[row][column + 1], table[row + 1][column])
            }
        }
        return table[one.count][two.count]
    }
}
