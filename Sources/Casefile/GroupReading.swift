package import Casework
import Database
package import Kernel
import Similarity

/// Why letters stand together.
package enum GroupKind: String, Sendable, CaseIterable {
    /// One text, whoever sent it (联名信、格式信).
    case wording
    /// One reporter, whose name was verified, whatever is written.
    case reporter
}

/// Many letters of one wording, or of one reporter, as far as somebody may read them. Nothing follows from it: each is a
/// letter of its own, and many of them are no sign of malice.
package struct LetterGroup: Sendable {
    package var kind: GroupKind
    /// The first of them that came.
    package var first: ReportID
    package var title: String
    package var from: Instant
    package var to: Instant
    /// How many letters there are (件次).
    package var letters: Int
    /// Of how many matters they tell (件), as the viewer's organ judged: what is linked as a repeat or judged to be told
    /// together counts once, and what nobody judged counts by itself.
    package var matters: Int
}

/// A letter of a group.
package struct GroupedLetter: Sendable {
    package var id: ReportID
    package var number: String?
    package var title: String
    package var stage: String
    package var receivedAt: Instant
    /// It and the first letter are one matter already.
    package var isSettled: Bool
}

/// One page of a group.
package struct GroupPage: Sendable {
    package var group: LetterGroup
    /// In the order in which they came.
    package var letters: [GroupedLetter]
    /// Whether others stand behind these.
    package var hasMore: Bool
}

extension Casefile {
    /// So many groups of each kind are listed, the largest first.
    private static let mostGroups = 20
    /// So many letters stand on a page of a group.
    package static let groupedOnPage = 100

    /// The groups among the letters that somebody may read, the largest of each kind first.
    package func groups(for viewer: Viewer) async throws -> [LetterGroup] {
        let (casefile, least) = (self, try Weights.shipped().copies.letters)
        let found = try await database.read { tx in
            let list = try casefile.lists(of: viewer, tx)
            let all = try GroupKind.allCases.flatMap { kind in
                try LetterGroups(list, tx).all(kind).filter { $0.count >= least }
                    .sorted { ($1.count, $0[0].description) < ($0.count, $1[0].description) }
                    .prefix(Self.mostGroups).map { (kind, $0) }
            }
            return try all.map { kind, ids in (kind, ids, try LetterGroups.matters(ids, at: viewer.organ, tx).count) }
        }
        var groups: [LetterGroup] = []
        for (kind, ids, matters) in found {
            guard let group = try await group(kind, ids, matters: matters, for: viewer) else { continue }
            groups.append(group)
        }
        try await enterReads(groups.map(\.first), by: viewer, .compared)
        return groups
    }

    /// The letters of one wording with a report, or of its reporter, that somebody may read; `nil` where it stands alone.
    /// `.notFound` for a report that they may not read.
    package func group(
        of id: ReportID, _ kind: GroupKind, from start: Int = 0, for viewer: Viewer
    ) async throws -> GroupPage? {
        guard try await opened(id, for: viewer) != nil else { throw CasefileError.notFound }
        let casefile = self
        let (ids, matters) = try await database.read { tx in
            let ids = try LetterGroups(try casefile.lists(of: viewer, tx), tx).with(id, kind)
            return (ids, try LetterGroups.matters(ids, at: viewer.organ, tx))
        }
        guard ids.count > 1, let group = try await group(kind, ids, matters: matters.count, for: viewer) else {
            return nil
        }
        let rest = ids.dropFirst(max(start, 0))
        var letters: [GroupedLetter] = []
        for other in rest.prefix(Self.groupedOnPage) {
            guard let (open, letter) = try await opened(other, for: viewer) else { continue }
            letters.append(
                GroupedLetter(
                    id: other, number: open.number(at: viewer.organ), title: letter.title,
                    stage: open.stored.standing.stage, receivedAt: open.stored.receivedAt,
                    isSettled: other != ids[0] && matters.areOne(other, ids[0])))
        }
        try await enterReads(letters.map(\.id), by: viewer, .compared)
        return GroupPage(group: group, letters: letters, hasMore: rest.count > Self.groupedOnPage)
    }

    /// The rule of the lists, for letters that may be read.
    func lists(of viewer: Viewer, _ tx: any Transaction) throws -> InboxSQL {
        InboxSQL(viewer: viewer, world: try pictures.current(tx).world, workflow: workflow)
    }

    private func group(
        _ kind: GroupKind, _ ids: [ReportID], matters: Int, for viewer: Viewer
    ) async throws -> LetterGroup? {
        guard let first = ids.first, let last = ids.last, let (open, letter) = try await opened(first, for: viewer)
        else { return nil }
        let until = try await database.read { tx in
            try tx.scalar("SELECT received_at FROM report WHERE id = \(last)", as: Instant.self)
        }
        let from = open.stored.receivedAt
        return LetterGroup(
            kind: kind, first: first, title: letter.title, from: from, to: until ?? from, letters: ids.count,
            matters: matters)
    }
}

extension OpenReport {
    /// The number under which an organ registered it.
    func number(at organ: OrganID) -> String? {
        stored.standing.custodies.last { $0.organ == organ && $0.number != nil }?.number
    }
}
