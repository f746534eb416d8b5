package import Casework
import Database
import Foundation
package import Kernel

/// An archived report whose period has ended, as it stands now.
package struct DueReport: Sendable {
    /// Why a report whose period has ended is left out of a list.
    package enum LeftOut: Sendable, Hashable {
        /// Its destruction was stopped, for this ground (a value of `hold-ground`).
        case held(ground: String, since: Day)
        /// Fewer leaders than must approve may decide on it.
        case tooFewLeaders
    }

    package var id: ReportID
    /// The office that received it.
    package var office: OfficeID
    package var number: String
    /// A value of the vocabulary `category`.
    package var kind: String?
    /// A value of the outcomes of ``RetentionRules``.
    package var outcome: String
    /// The name of the rule of ``RetentionRules`` that applies.
    package var rule: String
    package var receivedDay: Day
    package var archivedDay: Day
    /// The last day on which it had to be kept.
    package var lastDay: Day
    /// What would go: sealed texts, files, and the bytes of both.
    package var texts: Int
    package var files: Int
    package var bytes: Int64
    package var leftOut: LeftOut?
    var sequence: Int
}

extension Casefile {
    /// How many reports one list takes; the rest comes with the next.
    static let mostOfAList = 500

    /// The archived reports of the viewer's own office whose period has ended and that stand on no list, oldest first:
    /// what a list drawn up now would hold, and what it would leave out. Reads and changes nothing, but for what turns
    /// out to name the viewer: that does not exist for them from then on. `.notYourAct` for whoever draws up no list.
    package func dueReports(for viewer: Viewer) async throws -> [DueReport] {
        let casefile = self
        while true {
            let (due, naming) = try await database.read { tx in
                let picture = try casefile.pictures.current(tx)
                let due = try casefile.due(for: viewer, picture, tx)
                let items = due.map { InboxItem(of: $0.report, receivedAt: $0.receivedAt) }
                return (due.map(\.report), try casefile.naming(viewer, among: items, picture, tx))
            }
            if naming.isEmpty { return due }
            try await bar(viewer.staff, from: naming)
        }
    }

    /// The offices for which this person draws up lists.
    package static func drawingOffices(of person: StaffID, in world: World, _ rules: RetentionRules) -> [OfficeID] {
        world.places(of: person).filter { place in
            place.admitted && rules.drawers.contains(place.role) && world.offices[place.office]?.kind.isIntake == true
        }.map(\.office)
    }

    private func due(
        for viewer: Viewer, _ picture: Picture, _ tx: any Transaction
    ) throws -> [(report: DueReport, receivedAt: Instant)] {
        let rules = try RetentionRules.shipped()
        let offices = Self.drawingOffices(of: viewer.staff, in: picture.world, rules)
        guard !offices.isEmpty else { throw CasefileError.notYourAct }
        guard let years = rules.shortestYears else { return [] }
        let today = clock.now().day
        let list = InboxSQL(viewer: viewer, world: picture.world, workflow: workflow)
        let ids = try tx.rows(
            """
            SELECT r.id FROM report r JOIN custody c ON c.report_id = r.id AND c.idx = r.custody
            WHERE r.stage = 'archived' AND c.intake_office_id IN \(list: offices)
              AND r.received_at < \(today.adding(months: -12 * years).start) AND \(list.notBarred("r.id"))
              AND NOT EXISTS (SELECT 1 FROM destruction_entry e JOIN destruction_list l ON l.id = e.list_id
                WHERE e.report_id = r.id AND e.sequence = r.sequence AND e.struck_at IS NULL
                  AND l.refused_at IS NULL)
            ORDER BY r.received_at, r.intake_order, r.id
            """
        ).map { try $0.get("id", as: ReportID.self) }
        var found: [(report: DueReport, receivedAt: Instant)] = []
        for id in ids where found.count(where: { $0.report.leftOut == nil }) < Self.mostOfAList {
            guard let stored = try StoredReport.load(tx, id),
                Reach.of(
                    viewer.staff, on: stored.standing, world: picture.world,
                    workflow: self.rules(of: stored, in: picture)
                ).letter, let due = try due(stored, rules, today, by: viewer.staff, picture, tx)
            else { continue }
            found.append((due, stored.receivedAt))
        }
        return found
    }

    /// `nil` while its period runs.
    private func due(
        _ stored: StoredReport, _ rules: RetentionRules, _ today: Day, by drawer: StaffID, _ picture: Picture,
        _ tx: any Transaction
    ) throws -> DueReport? {
        let standing = stored.standing
        guard let archived = standing.archivedDay, let custody = standing.custody,
            let rule = rules.rule(kind: stored.category, outcome: standing.outcome, marks: stored.marks),
            let lastDay = rule.lastDay(archived: archived), lastDay < today
        else { return nil }
        let load = try Load(of: stored.id, files: files, tx)
        var left = standing.hold.map { DueReport.LeftOut.held(ground: $0.codes["ground"] ?? "", since: $0.at.day) }
        let deciders = Set(
            picture.destructionDeciders(on: stored, drawnBy: drawer, rules).map {
                picture.principal(of: $0, on: stored, rules)
            })
        if left == nil, deciders.count < rules.approvals { left = .tooFewLeaders }
        return DueReport(
            id: stored.id, office: custody.intakeOffice, number: custody.number ?? "", kind: stored.category,
            outcome: standing.outcome,
            rule: rule.name, receivedDay: stored.receivedAt.day, archivedDay: archived, lastDay: lastDay,
            texts: load.texts, files: load.files, bytes: load.bytes, leftOut: left, sequence: standing.sequence)
    }
}

/// What of a report lies sealed.
private struct Load {
    var texts: Int
    var files: Int
    var bytes: Int64

    init(of id: ReportID, files store: FileStore, _ tx: any Transaction) throws {
        let sealed = try tx.rows("SELECT LENGTH(envelope) AS size FROM sealed WHERE report_id = \(id)")
        let stored = try tx.rows("SELECT stored FROM file WHERE report_id = \(id)")
        texts = sealed.count
        files = stored.count
        bytes =
            try sealed.reduce(0) { try $0 &+ $1.get("size", as: Int64.self) }
            + stored.reduce(0) { try $0 &+ store.size($1.get("stored")) }
    }
}

extension FileStore {
    /// Whether nothing lies there under this name; false where that cannot be told.
    func isGone(_ stored: String) -> Bool {
        guard let path = path(stored) else { return true }
        var status = stat()
        return lstat(path, &status) != 0 && errno == ENOENT
    }

    /// The bytes that a sealed file takes; 0 for one that is not there.
    func size(_ stored: String) -> Int64 {
        let found = path(stored).flatMap { try? FileManager.default.attributesOfItem(atPath: $0)[.size] }
        return (found as? NSNumber)?.int64Value ?? 0
    }
}

extension InboxItem {
    fileprivate init(of due: DueReport, receivedAt: Instant) {
        self.init(
            id: due.id, number: nil, stage: "archived", receivedAt: receivedAt, due: nil, channel: .other, marks: [],
            title: nil)
    }
}

extension Picture {
    /// The leaders who may approve that a report is destroyed: of the organ that holds it, in force, neither barred nor
    /// perhaps named without anybody having seen it (their record is younger than the report), and not whoever drew
    /// the list up.
    func destructionDeciders(on stored: StoredReport, drawnBy drawer: StaffID, _ rules: RetentionRules) -> Set<StaffID>
    {
        guard let organ = stored.standing.custody?.organ, let office = world.office(.leaders, of: organ) else {
            return []
        }
        let barred = stored.standing.barred
        return Set(
            world.members(of: office.id).filter { place in
                place.acts(barred: barred) && rules.approvers.contains(place.role) && !barred.contains(place.staff)
                    && place.staff != drawer && !mayBeNamed(place.staff, by: stored)
            }.map(\.staff))
    }

    /// Whether an approval still counts: who gave it is in service, not barred by now, and not perhaps named.
    func counts(_ approver: StaffID, on stored: StoredReport) -> Bool {
        world.staff[approver]?.active == true && !stored.standing.barred.contains(approver)
            && !mayBeNamed(approver, by: stored)
    }

    /// Whether a report may name this person without anybody having seen it: their record is younger.
    func mayBeNamed(_ person: StaffID, by stored: StoredReport) -> Bool {
        lateNames[person].map { stored.receivedAt <= $0 } ?? false
    }
}
