package import Casework
import Database
import Kernel
package import Similarity

/// A report that may be the same matter, as somebody sees it who may read both.
package struct LikelyReport: Sendable {
    package var id: ReportID
    package var letter: Letter
    package var score: Score
    /// Both are linked already, to each other or to the same first report.
    package var isLinked: Bool
    /// The whole of it as this viewer may see it, with what was decided then, and by whom.
    package var view: ReportView
}

extension Casefile {
    /// So many letters are opened for one question.
    static let mostOpened = 20
    /// So many of them for the reporter's sake.
    private static let mostOfReporter = 8

    /// What may be the same matter as a saved report, the likeliest first, among what the viewer may read too: nothing else
    /// is named, counted or hinted at, and takes nobody's place. Without those that were judged not to be. `.notFound`
    /// for a report that the viewer may not read.
    package func candidates(of id: ReportID, for viewer: Viewer) async throws -> [LikelyReport] {
        guard let (open, letter) = try await opened(id, for: viewer) else { throw CasefileError.notFound }
        let nearest = try await nearest(to: id, letter, for: viewer)
        let (rarity, weights, names) = (try Rarity.shipped(), try Weights.shipped(), try PartyNames.shipped())
        let comparison = TextComparison(rarity: rarity)
        let own = ComparableText(try LetterMarks.text(of: letter))
        var scored: [(id: ReportID, score: Score, isLinked: Bool)] = []
        for other in nearest.prefix(Self.mostOpened) {
            guard let (stored, text) = try await opened(other, for: viewer) else { continue }
            let theirs = ComparableText(try LetterMarks.text(of: text))
            var evidence = try evidence(
                (letter, own), (text, theirs), likeness: comparison(own, theirs), names: names)
            evidence.outcomes.merge(try await evidenceBeside(open, stored, for: viewer)) { $1 }
            let score = Score(evidence, weights: weights)
            guard score.level != nil else { continue }
            scored.append((other, score, (open.stored.repeatOf ?? id) == (stored.stored.repeatOf ?? other)))
        }
        var items: [LikelyReport] = []
        for item in scored.sorted(by: { $0.score.bits > $1.score.bits }) {
            guard let view = try await readable(item.id, for: viewer), let text = view.letter else { continue }
            items.append(
                LikelyReport(id: item.id, letter: text, score: item.score, isLinked: item.isLinked, view: view))
        }
        // Every look is written down, at whatever is shown: this is no way to try words.
        try await enterReads([id] + items.map(\.id), by: viewer, .compared)
        try await leaveHints(about: open, letter, by: viewer)
        return items
    }

    /// What the same reporter sent, and the reports with the most marks of a letter, that the viewer may read, the best
    /// first. How rare a mark is among all reports orders nothing here: what came elsewhere would change the order, and
    /// so tell of itself.
    private func nearest(to id: ReportID, _ letter: Letter, for viewer: Viewer) async throws -> [ReportID] {
        let marks = try LetterMarks(keys).marks(of: letter)
        let casefile = self
        return try await database.read { tx in
            let world = try casefile.pictures.current(tx).world
            let list = InboxSQL(viewer: viewer, world: world, workflow: casefile.workflow)
            // Itself, and of what this organ decided already.
            let known = Set([id] + (try Self.judged(id, at: viewer.organ, tx)).map(\.id))
            var nearest = NearestReports(list: list, known: known, tx: tx)
            // Whoever wrote before may have found other words.
            try nearest.add(try ReporterTokens(at: viewer.organ, tx).others(of: id), upTo: Self.mostOfReporter) { $0 }
            if let marks { try nearest.add(bearing: marks, upTo: Self.mostOpened) }
            return nearest.ids
        }
    }

    /// `nil` for what is gone since it was found.
    func readable(_ id: ReportID, for viewer: Viewer) async throws -> ReportView? {
        do {
            return try await shown(id, for: viewer)
        } catch CasefileError.notFound {
            return nil
        }
    }

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
