package import Casework
import Database
package import Kernel
package import Similarity

/// A report that may be the same matter, as somebody sees it who may read both.
package struct LikelyReport: Sendable {
    package var id: ReportID
    package var number: String?
    package var stage: String
    package var receivedAt: Instant
    package var letter: Letter
    package var score: Score
}

/// What may be the same matter as a report.
package struct LikelyReports: Sendable {
    /// The likeliest first.
    package var items: [LikelyReport]
    /// How many of the letter's marks are borne by so many letters that not all were looked at.
    package var cappedMarks: Int
}

extension Casefile {
    /// So many letters are opened for one question.
    private static let mostOpened = 20

    /// What may be the same matter as a saved report, among what the viewer may read too: nothing else is named, counted
    /// or hinted at. `.notFound` for a report that the viewer may not read.
    package func candidates(of id: ReportID, for viewer: Viewer) async throws -> LikelyReports {
        guard let (open, letter) = try await opened(id, for: viewer),
            let marks = try LetterMarks(keys).marks(of: letter)
        else { throw CasefileError.notFound }
        // Every look is written down: this is no way to try words.
        try await enterRead(id, by: viewer, .compared)
        let search = CandidateSearch()
        let (nearest, capped) = try await database.read { tx in
            let index = try MarkIndex(tx, for: marks, limit: search.cap + 1)
            let found = try search.candidates(of: marks, in: index, limit: Self.mostLooked)
            let ids = try MarkIndex.reports(of: found.candidates.map(\.id), tx)
            return (found.candidates.compactMap { ids[$0.id] }.filter { $0 != id }, found.cappedMarks)
        }
        let (rarity, weights, names) = (try Rarity.shipped(), try Weights.shipped(), try PartyNames.shipped())
        let comparison = TextComparison(rarity: rarity)
        let own = ComparableText(try LetterMarks.text(of: letter))
        var items: [LikelyReport] = []
        for other in nearest {
            guard items.count < Self.mostOpened else { break }
            guard let (stored, text) = try await opened(other, for: viewer) else { continue }
            let theirs = ComparableText(try LetterMarks.text(of: text))
            let evidence = try evidence(
                (letter, own), (text, theirs), likeness: comparison(own, theirs), names: names)
            let organ = open.picture.world.staff[viewer.staff]?.organ
            items.append(
                LikelyReport(
                    id: other,
                    number: stored.stored.standing.custodies.last { $0.organ == organ && $0.number != nil }?.number,
                    stage: stored.stored.standing.stage, receivedAt: stored.stored.receivedAt, letter: text,
                    score: Score(evidence, weights: weights)))
        }
        items.removeAll { $0.score.level == nil }
        items.sort { $0.score.bits > $1.score.bits }
        return LikelyReports(items: items, cappedMarks: capped)
    }

    /// Among so many of the nearest those are looked for that the viewer may read.
    private static let mostLooked = 60

    /// The digits of a place without those of the levels below it.
    private static func digits(_ place: RegionCode) -> String {
        var digits = place.description
        for group in [3, 3, 2, 2] {
            guard digits.utf8.count > group, digits.utf8.suffix(group).allSatisfy({ $0 == UInt8(ascii: "0") }) else {
                break
            }
            digits.removeLast(group)
        }
        return digits
    }

    private func evidence(
        _ one: (letter: Letter, text: ComparableText), _ two: (letter: Letter, text: ComparableText),
        likeness: TextLikeness, names: PartyNames
    ) throws -> Evidence {
        func named(_ letter: Letter, _ kind: ReportedParty.Kind) -> [String] {
            letter.reported.filter { $0.kind == kind }.map(\.name).filter { !$0.isEmpty }
        }
        func units(_ letter: Letter) -> [String] {
            (named(letter, .unit) + letter.reported.map(\.unit)).filter { !$0.isEmpty }
        }
        var outcomes: [EvidenceKind: Outcome] = [:]
        outcomes[.reported] = try names.persons(named(one.letter, .person), named(two.letter, .person))
        outcomes[.unit] = try names.units(units(one.letter), units(two.letter))
        if let here = one.letter.place, let there = two.letter.place {
            outcomes[.place] = Evidence.places(Self.digits(here), Self.digits(there))
        }
        outcomes[.time] = Evidence.months(one.text.text.months, two.text.text.months)
        outcomes[.amount] = Evidence.tokens(Set(one.text.text.amounts), Set(two.text.text.amounts))
        return Evidence(text: .read(likeness), outcomes: outcomes)
    }
}

extension MarkIndex {
    /// The reports of some numbers.
    static func reports(of numbers: [Int32], _ tx: any Transaction) throws -> [Int32: ReportID] {
        guard !numbers.isEmpty else { return [:] }
        var found: [Int32: ReportID] = [:]
        for row in try tx.rows(
            "SELECT id, mark_no FROM report WHERE mark_no IN \(list: numbers.map { Int($0) }) AND stage <> \(Standing.destroyed)"
        ) {
            found[Int32(truncatingIfNeeded: try row.get("mark_no", as: Int.self))] = try row.get("id")
        }
        return found
    }
}
