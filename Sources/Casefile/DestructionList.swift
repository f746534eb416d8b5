package import Casework
import Database
package import Kernel

package enum DestructionListTag {}
package typealias DestructionListID = Identifier<DestructionListTag>

/// A list of reports that are to be destroyed (销毁清册), as one viewer may see it: without what is closed to the viewer.
package struct DestructionList: Sendable {
    /// What somebody did with a list or a report on it.
    package struct Deed: Sendable, Hashable {
        package var by: StaffID
        package var at: Instant
        /// Whose place among the leaders the approver held; `nil` for what is no approval.
        var principal: StaffID?
    }

    package struct Entry: Sendable {
        package var report: ReportID
        package var number: String
        package var kind: String?
        package var outcome: String
        package var rule: String
        package var receivedDay: Day
        package var archivedDay: Day
        package var texts: Int
        package var files: Int
        package var bytes: Int64
        /// In the order in which they approved; of what is not destroyed yet, only those that count still.
        package var approvals: [Deed]
        package var struck: Deed?
        /// A value of ``RetentionRules/strikeGrounds``.
        package var struckGround: String?
        /// Something happened to the report since the list was drawn up: it stays, and may come onto another list.
        package var isStopped: Bool
        package var destroyedAt: Instant?
        /// Its files are gone and the database has overwritten what it freed.
        package var isCleared: Bool

        /// Still to be approved or destroyed, as far as the report is concerned.
        package var isOpen: Bool { struck == nil && !isStopped && destroyedAt == nil }

        /// From when on it may be destroyed; `nil` while approvals are missing.
        package func due(_ rules: RetentionRules) -> Instant? {
            guard isOpen, let last = deciding(rules).last else { return nil }
            return last.at.adding(seconds: Int64(rules.graceDays) * 86_400)
        }

        /// The approvals that decided, each of another leader's place; none while they are too few.
        func deciding(_ rules: RetentionRules) -> [Deed] {
            var heard: Set<StaffID> = []
            let first = approvals.filter { heard.insert($0.principal ?? $0.by).inserted }.prefix(rules.approvals)
            return first.count == rules.approvals ? Array(first) : []
        }
    }

    package var id: DestructionListID
    package var organ: OrganID
    package var office: OfficeID
    package var drawn: Deed
    /// The version of the retention rules by which it was drawn up.
    package var rules: String
    package var refused: Deed?
    package var entries: [Entry]
    /// The months whose backups still hold, sealed, what was destroyed: with the last of them it is complete.
    package var backups: [Month]
    /// Reports on it that the viewer may approve now.
    package var toApprove: Int
    /// The viewer may refuse the list, or strike reports off it.
    package var mayStop: Bool
}

extension Casefile {
    /// Lists of the viewer's office or organ, newest first, the last hundred. Whoever may see no report of a list finds
    /// no list.
    package func destructionLists(for viewer: Viewer) async throws -> [DestructionList] {
        let casefile = self
        return try await database.read { tx in
            try tx.rows(
                "SELECT * FROM destruction_list WHERE organ_id = \(viewer.organ) ORDER BY drawn_at DESC, id DESC LIMIT 100"
            ).compactMap { try DestructionList(row: $0, for: viewer, casefile, tx) }
        }
    }

    /// `.notFound` for a list of which this viewer may see nothing.
    package func destructionList(
        _ id: DestructionListID, for viewer: Viewer
    ) async throws -> DestructionList {
        let casefile = self
        return try await database.read { tx in try casefile.list(id, for: viewer, tx) }
    }

    func list(_ id: DestructionListID, for viewer: Viewer, _ tx: any Transaction) throws -> DestructionList {
        guard let row = try tx.first("SELECT * FROM destruction_list WHERE id = \(id)"),
            let list = try DestructionList(row: row, for: viewer, self, tx)
        else { throw CasefileError.notFound }
        return list
    }
}

extension DestructionList {
    /// `nil` where nothing of it is for this viewer: the directors of the office that drew it up and the leaders of its
    /// organ see those reports on it from which they are not barred.
    fileprivate init?(row: Row, for viewer: Viewer, _ casefile: Casefile, _ tx: any Transaction) throws {
        let picture = try casefile.pictures.current(tx)
        let (world, rules) = (picture.world, try RetentionRules.shipped())
        id = try row.get("id")
        organ = try row.get("organ_id")
        office = try row.get("office_id")
        drawn = Deed(by: try row.get("drawn_by"), at: try row.get("drawn_at"))
        self.rules = try row.get("rules")
        refused = try row.deed("refused")
        guard world.staff[viewer.staff]?.active == true else { return nil }
        let draws = Casefile.drawingOffices(of: viewer.staff, in: world, rules).contains(office)
        (entries, toApprove, backups, mayStop) = ([], 0, [], false)
        for row in try tx.rows("SELECT * FROM destruction_entry WHERE list_id = \(id) ORDER BY number, report_id") {
            guard let stored = try StoredReport.load(tx, try row.get("report_id")) else { continue }
            let deciders = picture.destructionDeciders(on: stored, drawnBy: drawn.by, rules)
            let decides = deciders.contains(viewer.staff)
            let isTheirs = draws && stored.standing.custody?.intakeOffice == office
            guard decides || (isTheirs && isOpen(viewer.staff, stored, in: picture)) else { continue }
            let entry = try Entry(row: row, of: stored, picture, tx)
            if decides, refused == nil, entry.isOpen, !entry.approvals.contains(where: { $0.by == viewer.staff }) {
                toApprove += 1
            }
            entries.append(entry)
        }
        if entries.isEmpty { return nil }
        backups = try entries.compactMap(\.destroyedAt).max().map { try Casefile.monthsOfBackups(by: $0, tx) } ?? []
        mayStop = refused == nil && entries.contains(where: \.isOpen)
    }

    /// Whether a director may know that a report stands on the list: not barred from it, and not perhaps named by it. For
    /// whoever drew the list up their own keys looked for that in each report.
    private func isOpen(_ director: StaffID, _ stored: StoredReport, in picture: Picture) -> Bool {
        if stored.standing.barred.contains(director) { return false }
        let hasLooked = drawn.by == director && picture.lateNames[director].map { $0 < drawn.at } != false
        return hasLooked || !picture.mayBeNamed(director, by: stored)
    }
}

extension DestructionList.Entry {
    init(row: Row, of stored: StoredReport, _ picture: Picture, _ tx: any Transaction) throws {
        let list: DestructionListID = try row.get("list_id")
        report = stored.id
        number = try row.get("number")
        kind = try row.maybe("kind")
        outcome = try row.get("outcome")
        rule = try row.get("rule")
        receivedDay = try row.get("received_day")
        archivedDay = try row.get("archived_day")
        texts = try row.get("texts")
        files = try row.get("files")
        bytes = try row.get("bytes")
        let destroyed: Instant? = try row.maybe("destroyed_at")
        approvals = try tx.rows(
            """
            SELECT staff_id, at FROM destruction_approval WHERE list_id = \(list) AND report_id = \(stored.id)
            ORDER BY at, staff_id
            """
        ).map { row in
            let (by, at): (StaffID, Instant) = (try row.get("staff_id"), try row.get("at"))
            return DestructionList.Deed(
                by: by, at: at, principal: try picture.principal(of: by, at: at, on: stored, .shipped(), tx))
        }.filter { destroyed == nil ? picture.counts($0.by, on: stored) : !stored.standing.barred.contains($0.by) }
        destroyedAt = destroyed
        isCleared = try row.maybe("cleared_at", as: Instant.self) != nil
        struck = try row.deed("struck")
        struckGround = try row.maybe("struck_ground")
        let sequence: Int = try row.get("sequence")
        isStopped = destroyedAt == nil && stored.standing.sequence != sequence
    }
}

extension Row {
    fileprivate func deed(_ what: String) throws -> DestructionList.Deed? {
        guard let by: StaffID = try maybe("\(what)_by"), let at: Instant = try maybe("\(what)_at") else { return nil }
        return DestructionList.Deed(by: by, at: at)
    }
}
