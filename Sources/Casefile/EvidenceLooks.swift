package import Casework
import Database
package import Kernel
import Sealing

/// That somebody looked at a file; repeated looks within an hour are one, with their number.
package struct EvidenceLook: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The clean copy, on a page, with the viewer's mark.
        case shown
        /// The clean copy, taken away as a file.
        case copy
        /// The original as it was received.
        case original
    }
    package var file: String
    package var name: String
    package var staff: StaffID
    package var organ: OrganID
    package var kind: Kind
    /// The first of them.
    package var at: Instant
    package var count: Int
    /// What the copies that were shown or taken are marked with.
    package var marks: [String]
}

/// What a view is marked with: the same on every picture of it, and beside it on the page.
package struct ViewMark: Sendable, Equatable {
    /// Eight characters that lead to the view in the report's story, and tell nothing to anybody else.
    package var id: String
    package var at: Instant
    package var lines: [String]
}

extension Casefile {
    /// Writes a look down. A look is no act: it moves nothing, and makes nobody a participant.
    ///
    /// Who opens the same file again while the marked copies are kept looks under the same mark.
    @discardableResult
    func count(
        _ kind: EvidenceLook.Kind, of located: LocatedFile, by viewer: Viewer, under given: ViewMark? = nil
    ) async throws -> ViewMark {
        let now = clock.now()
        let current = kind == .shown ? try await mark(of: located, for: viewer) : given
        let mark = current ?? newMark(at: now, for: viewer, in: located.open.picture.world)
        let look = Identifier<SealedTag>.ordered(at: now)
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO evidence_view (id, report_id, file_id, staff_id, organ_id, kind, mark, at)
                VALUES (\(look), \(located.open.stored.id), \(located.view.id),
                  \(viewer.staff), \(viewer.organ), \(kind.rawValue), \(mark.id), \(now))
                """)
            try LogLeaf.append(.evidence, look.description, tx)
        }
        return mark
    }

    /// The mark under which this viewer looks at this file now; `nil` where a look has to be counted first.
    func mark(of located: LocatedFile, for viewer: Viewer) async throws -> ViewMark? {
        let since = clock.now().adding(seconds: -Int64(cleaner.markedSeconds))
        let rows = try await database.read { tx in
            try tx.rows(
                """
                SELECT mark, MIN(at) AS began FROM evidence_view
                WHERE report_id = \(located.open.stored.id) AND file_id = \(located.view.id)
                  AND staff_id = \(viewer.staff) AND kind = 'shown'
                GROUP BY mark ORDER BY began DESC LIMIT 1
                """)
        }
        guard let row = rows.first, case let began:Instant = try row.get("began"), began >= since else { return nil }
        return ViewMark(
            id: try row.get("mark"), at: began,
            lines: lines(try row.get("mark"), began, viewer, located.open.picture.world))
    }

    /// A mark of its own, for a look that is not counted yet.
    func newMark(at now: Instant, for viewer: Viewer, in world: World) -> ViewMark {
        // No letters that are taken for others when they are read from a photograph.
        let letters = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ")
        let id = String((0..<8).compactMap { _ in letters.randomElement() })
        return mark(id, now, for: viewer, in: world)
    }

    /// The mark of that id, as it reads.
    func mark(_ id: String, _ at: Instant, for viewer: Viewer, in world: World) -> ViewMark {
        ViewMark(id: id, at: at, lines: lines(id, at, viewer, world))
    }

    private func lines(_ id: String, _ at: Instant, _ viewer: Viewer, _ world: World) -> [String] {
        let person = world.staff[viewer.staff]
        return ["\(person?.name ?? "") \(person?.username ?? "")", "\(at.shortText) \(id)"]
    }

    /// The looks at the files of a report by people of the viewer's own organ, at files whose key the viewer holds.
    func looks(_ open: OpenReport, for viewer: Viewer, _ tx: any Transaction) throws -> [EvidenceLook] {
        guard open.reach.letter else { return [] }
        let rows = try tx.rows(
            """
            SELECT file_id, staff_id, kind, mark, at FROM evidence_view
            WHERE report_id = \(open.stored.id) AND organ_id = \(viewer.organ) ORDER BY at, id
            """)
        guard !rows.isEmpty else { return [] }
        let names = Dictionary(
            try fileViews(open, tx).map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        var looks: [EvidenceLook] = []
        var last: [String: Int] = [:]
        for row in rows {
            let (file, kind): (String, String) = (try row.get("file_id"), try row.get("kind"))
            guard let name = names[file], let kind = EvidenceLook.Kind(rawValue: kind) else { continue }
            let (staff, at, mark): (StaffID, Instant, String) = (
                try row.get("staff_id"), try row.get("at"), try row.get("mark")
            )
            let whole = "\(file) \(staff) \(kind.rawValue)"
            if let index = last[whole], at < looks[index].at.adding(seconds: Self.lookSeconds) {
                looks[index].count += 1
                if !looks[index].marks.contains(mark) { looks[index].marks.append(mark) }
                continue
            }
            last[whole] = looks.count
            looks.append(
                EvidenceLook(
                    file: file, name: name, staff: staff, organ: viewer.organ, kind: kind, at: at, count: 1,
                    marks: [mark]))
        }
        return looks
    }

    /// Looks of one person at one file within an hour are told as one.
    private static var lookSeconds: Int64 { 3600 }
}
