package import Casework
import Database
package import Kernel

/// One hand-over as case supervision is told of it (规则 14条): number, office, dates and limits; nothing of what is
/// reported, of whom or by whom.
package struct LeadLine: Sendable {
    package var number: String
    /// `refer`, `pass-to-investigation`, `forward` or `assign`.
    package var via: String
    package var at: Instant
    /// The organ that got it: the register's own for what stays here.
    package var organ: OrganID
    package var office: OfficeID?
    package var signed: Instant?
    /// When it was last concluded there; `nil` while it goes on.
    package var concluded: Instant?
    /// Whether it is still where this line says: the limits stand in the last line of a report.
    package var isLast: Bool
    /// Limits that run now, the next one first.
    package var limits: [LimitState]
}

/// A view of the register.
package enum LeadView: String, Sendable, CaseIterable {
    /// What goes on, by the next day that is due.
    case running
    /// Of that, where a limit has run out.
    case late
    /// Every hand-over, the newest first.
    case all
}

package struct LeadPage: Sendable {
    package var lines: [LeadLine]
    package var more: Bool
}

extension World {
    /// The organ whose central register of leads (线索台账) somebody keeps today, in its case supervision; `nil` for
    /// everybody else.
    package func keepsRegister(_ person: StaffID) -> OrganID? {
        places(of: person).first { $0.admitted && offices[$0.office]?.kind == .caseSupervision }
            .flatMap { offices[$0.office]?.organ }
    }
}

extension Casefile {
    /// The most lines of a page of the register.
    package static let mostLeads = 200

    /// The register of what the viewer's organ handed on, to an office of its own or to an organ below. Nobody opens
    /// anything for it: what went past the organ, what internal supervision has, and what bars the viewer is not there.
    /// `.notFound` for whom there is no register.
    package func leads(_ view: LeadView, offset: Int = 0, limit: Int = 25, for viewer: Viewer) async throws -> LeadPage
    {
        let casefile = self
        let (offset, limit) = (min(10_000_000, max(0, offset)), min(Self.mostLeads, max(1, limit)))
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            guard let organ = picture.world.keepsRegister(viewer.staff) else { throw CasefileError.notFound }
            let scope = AuditScope(viewer, organ: organ, picture)
            let today = casefile.clock.now().day
            let (filter, order): (SQL, SQL) =
                switch view {
                case .running: (LeadSQL.isRunning, LeadSQL.byDue)
                case .late: ("\(LeadSQL.isRunning) AND r.due_day < \(today)", LeadSQL.byDue)
                case .all: ("1 = 1", LeadSQL.newest)
                }
            let rows = try tx.rows(
                """
                SELECT e.report_id, e.seq FROM event e JOIN report r ON r.id = e.report_id
                WHERE e.organ_id = \(organ) AND \(LeadSQL.isHandedOn) AND r.stage <> \(Standing.destroyed)
                  AND \(filter) AND \(scope.sees("e.report_id"))
                ORDER BY \(order) LIMIT \(limit + 1) OFFSET \(offset)
                """)
            let lines = try rows.prefix(limit).compactMap { row in
                try casefile.lead(
                    of: row.get("report_id"), at: row.get("seq"), organ: organ, picture, tx)
            }
            return LeadPage(lines: lines, more: rows.count > limit)
        }
    }

    private func lead(
        of report: ReportID, at sequence: Int, organ: OrganID, _ picture: Picture, _ tx: any Transaction
    ) throws -> LeadLine? {
        guard let stored = try StoredReport.load(tx, report) else { return nil }
        let standing = stored.standing
        guard let act = standing.done.first(where: { $0.sequence == sequence }),
            let number = standing.custodies.first(where: { $0.index == act.custody })?.number,
            let hop = standing.way.first(where: { $0.since == act.at && $0.isToSign })
        else { return nil }
        let isLast = !standing.done.contains { $0.sequence > sequence && $0.isHandOver(by: organ, of: standing) }
        let limits =
            isLast
            ? try rules(of: stored, in: picture).limitStates(
                of: standing.done, standing: standing, calendar: picture.calendar
            ).filter { $0.met == nil }.sorted { $0.due < $1.due } : []
        let ended = standing.done.last { $0.custody >= hop.custody && $0.sequence > sequence && $0.isConclusion }
        let isOver = LeadSQL.ended.contains(standing.stage)
        return LeadLine(
            number: number, via: hop.via, at: act.at, organ: hop.organ, office: hop.organ == organ ? hop.office : nil,
            signed: hop.signed, concluded: isOver ? ended?.at : nil, isLast: isLast, limits: limits)
    }
}

extension DoneAct {
    fileprivate func isHandOver(by organ: OrganID, of standing: Standing) -> Bool {
        guard standing.custodies.contains(where: { $0.index == custody && $0.organ == organ }) else { return false }
        return ["refer", "forward", "assign"].contains(act) || (act == "approve" && from == "transfer-proposed")
    }

    fileprivate var isConclusion: Bool {
        ["conclude", "answer-suggestion", "approve", "remind", "pass-on", "decline", "keep"].contains(act)
    }
}

/// Hand-overs among the events, as the partial index has them: no value in it is bound.
private enum LeadSQL {
    static let isHandedOn: SQL =
        "e.act IN ('refer', 'forward', 'assign', 'approve') AND (e.act <> 'approve' OR e.from_stage = 'transfer-proposed')"
    /// Stages in which nothing is left to handle.
    static let ended: Set<String> = ["concluded", "answered", "archived", "declined", "kept"]
    static let isRunning: SQL =
        """
        r.stage NOT IN \(list: ended.sorted()) AND NOT EXISTS (SELECT 1 FROM event n
          WHERE n.report_id = e.report_id AND n.seq > e.seq AND n.organ_id = e.organ_id
            AND (n.act IN ('refer', 'forward', 'assign') OR (n.act = 'approve' AND n.from_stage = 'transfer-proposed')))
        """
    static let byDue: SQL = "COALESCE(r.due_day, 1000000), e.at, e.report_id"
    static let newest: SQL = "e.at DESC, e.report_id, e.seq DESC"
}

extension CasefileSchema {
    /// Case supervision finds its organ's hand-overs without walking through every event.
    static let leads = Migration(
        id: "0060-leads",
        statements: [
            """
            CREATE INDEX event_handed_on ON event (organ_id, at) WHERE act IN ('refer', 'forward', 'assign', 'approve')
            """
        ])
}
