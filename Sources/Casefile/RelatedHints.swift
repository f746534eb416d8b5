package import Casework
import Database
import Kernel
import Similarity

/// Where another report lies that may be about the same matter, for somebody who may not look into it: no more than this.
package enum RelatedElsewhere: Sendable, Hashable {
    /// At the superior, or above it.
    case above
    /// At an organ below.
    case below(OrganID)
}

/// What there is around a report.
package struct Surroundings: Sendable {
    /// How many other letters are of its wording, or of its reporter.
    package var others: [GroupKind: Int]
    package var elsewhere: [RelatedElsewhere]
}

/// Reports of one matter that lie with two organs of one line. Whether the one may know of the other can only be judged by
/// somebody who reads that: it may name their people (I-1 to I-3). So a look at what may be the same as a report leaves a hint
/// of it with the other organ's report, where the rules of recipients allow that organ to have it and nobody who must not
/// hear of it would; whoever looked learns nothing of the other by that. Whom the hint reaches may ask.
extension Casefile {
    /// So many reports elsewhere are told of one.
    private static let mostHints = 20

    /// Leaves hints of a report whose letter this viewer reads with those of other organs that say nearly the same.
    func leaveHints(about open: OpenReport, _ letter: Letter, by viewer: Viewer) async throws {
        let stored = open.stored
        guard let custody = stored.standing.custody, custody.organ == viewer.organ, custody.audience == .letters,
            let marks = try LetterMarks(keys).marks(of: letter)
        else { return }
        let (casefile, now, least) = (self, clock.now(), try Self.leastShared())
        let barred = stored.standing.barred
            .union(Jurisdiction.barred(by: letter.reported, in: open.picture.world).keys)
        let told = try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let near = try MarkIndex.nearest(to: marks, sharing: least, tx).numbers
            let reports = try MarkIndex.reports(of: Array(near.prefix(10 * Self.mostHints)), tx)
            var told: [(report: ReportID, organ: OrganID)] = []
            for other in near.compactMap({ reports[$0] }) where other != stored.id && told.count < Self.mostHints {
                guard let theirs = try StoredReport.load(tx, other), let holder = theirs.standing.custody?.organ,
                    mayLearn(holder, of: stored.standing, letter, in: picture.world),
                    !casefile.learns(anyOf: barred, of: theirs, in: picture)
                else { continue }
                let isTold = try tx.exists(
                    """
                    SELECT 1 FROM related_hint
                    WHERE report_id = \(other) AND organ_id = \(holder) AND about_id = \(stored.id)
                    """)
                if !isTold { told.append((other, holder)) }
            }
            return told
        }
        guard !told.isEmpty else { return }
        try await database.write { tx in
            for (report, organ) in told {
                let id = Identifier<SealedTag>.ordered(at: now)
                let isNew = try tx.changes(
                    """
                    INSERT INTO related_hint (id, report_id, organ_id, about_id, staff_id, at)
                    VALUES (\(id), \(report), \(organ), \(stored.id), \(viewer.staff), \(now))
                    ON CONFLICT (report_id, organ_id, about_id) DO NOTHING
                    """)
                if isNew > 0 { try LogLeaf.append(.hint, id.description, tx) }
            }
        }
    }

    /// So many marks two letters share at least that are likely of one matter.
    private static func leastShared() throws -> Int {
        let weights = try Weights.shipped()
        return (1...Fingerprinter.marks).first { shared in
            let level = Score(Evidence(text: .marks(shared: shared)), weights: weights).level
            return level == .certain || level == .likely
        } ?? Fingerprinter.marks
    }

    /// What there is around a report, for somebody who reads its letter: counted is what they may read.
    package func surroundings(of id: ReportID, for viewer: Viewer) async throws -> Surroundings {
        let casefile = self
        return try await database.read { tx in
            let groups = LetterGroups(try casefile.lists(of: viewer, tx), tx)
            var others: [GroupKind: Int] = [:]
            for kind in GroupKind.allCases { others[kind] = try groups.with(id, kind).filter { $0 != id }.count }
            return Surroundings(others: others, elsewhere: try casefile.elsewhere(id, for: viewer, tx))
        }
    }

    /// What other organs left beside a report that this viewer reads, as far as it still may be told.
    private func elsewhere(_ id: ReportID, for viewer: Viewer, _ tx: any Transaction) throws -> [RelatedElsewhere] {
        let about = try tx.rows(
            """
            SELECT h.about_id FROM related_hint h
            WHERE h.report_id = \(id) AND h.organ_id = \(viewer.organ) ORDER BY h.id
            """
        ).map { try $0.get(at: 0, as: ReportID.self) }
        guard !about.isEmpty, let stored = try StoredReport.load(tx, id) else { return [] }
        let picture = try pictures.current(tx)
        var found: [RelatedElsewhere] = []
        for other in about {
            guard let theirs = try StoredReport.load(tx, other), !theirs.standing.isDestroyed,
                let custody = theirs.standing.custody, custody.audience == .letters,
                try OpenReport.find(tx, other, for: viewer, casefile: self) == nil,
                !learns(anyOf: theirs.standing.barred, of: stored, in: picture)
            else { continue }
            let place: RelatedElsewhere
            if picture.world.lies(viewer.organ, within: custody.organ) {
                place = .above
            } else if picture.world.lies(custody.organ, within: viewer.organ) {
                place = .below(custody.organ)
            } else {
                continue
            }
            if !found.contains(place) { found.append(place) }
        }
        return found
    }

    /// Whether one of these people has to do with a report, so that they would read what is told beside it.
    func learns(anyOf people: Set<StaffID>, of stored: StoredReport, in picture: Picture) -> Bool {
        let workflow = rules(of: stored, in: picture)
        return people.contains { person in
            !Reach.of(person, on: stored.standing, world: picture.world, workflow: workflow).isNone
        }
    }
}

/// Whether another organ may know that there is a report: it lies in the holder's line, never had the report and let it go,
/// and might be given it.
private func mayLearn(_ organ: OrganID, of standing: Standing, _ letter: Letter, in world: World) -> Bool {
    guard let here = standing.custody?.organ, organ != here, let other = world.organs[organ],
        world.lies(organ, within: here) || world.lies(here, within: organ),
        !standing.custodies.contains(where: {
            $0.organ == organ || ($0.organ != here && world.lies($0.organ, within: organ))
        })
    else { return false }
    if world.lies(here, within: organ) { return true }
    return Jurisdiction.mayReceive(other, reported: letter.reported, in: world)
}
