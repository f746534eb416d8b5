package import Casework
import Database
package import Kernel

/// The letters about one matter, as far as somebody may read them: nothing else is named or counted.
package struct Matter: Sendable {
    /// What a letter is to the matter.
    package enum Part: String, Sendable {
        /// The first that told of it.
        case first
        /// Linked to the first as a repeat.
        case again = "repeat"
        /// Others told of the same.
        case joint
        /// Another matter that has to do with it.
        case related
    }

    package struct Told: Sendable {
        package var part: Part
        package var view: ReportView
        package var letter: Letter
    }

    /// In the order in which they came; not more than a page holds.
    package var told: [Told]
    /// How many letters told of this matter (件次), of those that the viewer may read; it counts as one matter (件).
    package var letters: Int
}

/// Where what the reporter wants settled stands, apart from what was done to anybody.
package struct DemandState: Sendable, Equatable {
    /// A value of the vocabulary `demand-state`.
    package var value: String
    /// By when it was promised.
    package var by: Day?
    /// On what grounds; `nil` for a viewer without the papers.
    package var note: String?
    package var at: Instant
}

extension ReportView {
    /// As whoever handles it wrote last; a conclusion says whether it is settled too. `nil` where nobody did.
    package var demandState: DemandState? {
        var concluded: DemandState?
        for entry in story.reversed() {
            switch entry.act {
            case "demand":
                guard let value = entry.codes["state"] else { continue }
                return DemandState(
                    value: value, by: entry.codes["by"].flatMap { Day($0) }, note: entry.texts.first?.text, at: entry.at
                )
            case "conclude":
                if entry.codes["demand-settled"] == "true" {
                    return DemandState(value: "settled", by: nil, note: nil, at: entry.at)
                }
                // That it is not settled by that takes back no promise.
                guard concluded == nil, !entry.codes.isEmpty else { continue }
                concluded = DemandState(value: "open", by: nil, note: nil, at: entry.at)
            default: continue
            }
        }
        return concluded
    }
}

extension CasefileSchema {
    /// Who repeats a report is asked for each page of a matter.
    static let repeats = Migration(
        id: "0099-repeats",
        statements: ["CREATE INDEX report_repeat ON report (repeat_of) WHERE repeat_of IS NOT NULL"])
}

extension Casefile {
    /// No more letters stand on one page.
    private static let mostTold = 50

    /// The matter that a report tells of. That these were looked at is written down. `.notFound` for a report that the
    /// viewer may not read.
    package func matter(of id: ReportID, for viewer: Viewer) async throws -> Matter {
        guard try await opened(id, for: viewer) != nil else { throw CasefileError.notFound }
        let casefile = self
        let parts = try await database.read { tx in
            try MatterParts(try casefile.lists(of: viewer, tx), tx).parts(of: id)
        }
        let told = try await told(parts, for: viewer)
        let ids = told.map(\.view.id)
        let order = try await database.read { tx in
            try tx.rows("SELECT id FROM report WHERE id IN \(list: ids) ORDER BY received_at, intake_order").map {
                try $0.get("id", as: ReportID.self)
            }
        }
        try await enterReads(ids, by: viewer, .compared)
        return Matter(
            told: order.compactMap { id in told.first { $0.view.id == id } },
            letters: parts.filter { $0.part != .related }.count)
    }

    private func told(
        _ found: [(id: ReportID, part: Matter.Part)], for viewer: Viewer
    ) async throws -> [Matter.Told] {
        var told: [Matter.Told] = []
        for (id, part) in found where told.count < Self.mostTold {
            guard let view = try await readable(id, for: viewer), let letter = view.letter else { continue }
            told.append(Matter.Told(part: part, view: view, letter: letter))
        }
        return told
    }
}

/// Which letters tell of one matter, of those that somebody may read.
private struct MatterParts {
    typealias Found = (id: ReportID, part: Matter.Part)

    private let list: InboxSQL
    private let tx: any Transaction

    /// So many letters of one matter are counted.
    private static let most = 10_000
    private static let askedAtOnce = 500

    init(_ list: InboxSQL, _ tx: any Transaction) {
        self.list = list
        self.tx = tx
    }

    /// The report itself foremost; what has to do with the matter without being part of it last. Only what was judged of
    /// letters that the viewer may read leads on.
    func parts(of id: ReportID) throws -> [Found] {
        var (seen, parts, related): (Set<ReportID>, [Found], [Found]) = ([], [], [])
        var next = try chain(of: id)
        while !next.isEmpty, parts.count < Self.most {
            let fresh = next.filter { seen.insert($0.id).inserted }
            let open = try readable(fresh.map(\.id)).union([id])
            let here = fresh.filter { open.contains($0.id) }
            parts += here
            next = []
            for told in here {
                for other in try Casefile.judged(told.id, at: list.organ, tx) where !seen.contains(other.id) {
                    switch Matter.Part(rawValue: other.decision.rawValue) {
                    case .joint: next += try chain(of: other.id).map { ($0.id, .joint) }
                    case .related: related.append((other.id, .related))
                    case .first, .again, nil: continue
                    }
                }
            }
        }
        let beside = related.filter { seen.insert($0.id).inserted }
        let open = try readable(beside.map(\.id))
        return parts + beside.filter { open.contains($0.id) }
    }

    private func readable(_ ids: [ReportID]) throws -> Set<ReportID> {
        var open: Set<ReportID> = []
        for start in stride(from: 0, to: ids.count, by: Self.askedAtOnce) {
            let part = Array(ids[start..<min(start + Self.askedAtOnce, ids.count)])
            let rows = try tx.rows(
                list.letters(limit: part.count, namesFew: true) { column in "\(column) IN \(list: part)" })
            open.formUnion(try rows.map { try $0.get(at: 0, as: ReportID.self) })
        }
        return open
    }

    /// A report, the first letter of its matter and the repeats of that, the report itself foremost.
    private func chain(of id: ReportID) throws -> [Found] {
        let first =
            try tx.first("SELECT repeat_of FROM report WHERE id = \(id)")
            .flatMap { try $0.maybe("repeat_of", as: ReportID.self) } ?? id
        let repeats = try tx.rows(
            "SELECT id FROM report WHERE repeat_of = \(first) ORDER BY received_at DESC, id LIMIT \(Self.most)"
        ).map { try $0.get("id", as: ReportID.self) }
        let others = ([first] + repeats).filter { $0 != id }
        return ([id] + others).map { ($0, $0 == first ? .first : .again) }
    }
}
