package import Casework
import Database
package import Kernel

/// A list of what was done, as an auditor reads it.
package enum AuditList: String, Sendable, CaseIterable {
    case keys, accounts, rules, searches, reads, evidence, openings, exports
    case identitySearches = "identity-searches"
    /// Looks of auditors at the readers of a report.
    case audits

    /// What the lines of this list may be about; the values of its filter.
    package var acts: [String] {
        switch self {
        case .keys: KeyEvent.Act.allCases.map(\.rawValue)
        case .accounts: AccountEvent.Kind.allCases.map(\.rawValue)
        case .rules: ["brought", "withdrawn"]
        case .searches: SearchKind.allCases.map(\.rawValue) + [Casefile.marking]
        case .identitySearches: IdentityKind.allCases.map(\.rawValue)
        case .evidence: EvidenceLook.Kind.allCases.map(\.rawValue)
        case .exports: ExportWay.allCases.map(\.rawValue)
        case .openings: ["opened", "looked"]
        case .reads: ["opened", "compared", "listed"]
        case .audits: []
        }
    }
}

/// One thing that was done: no content, and no number of hits or keys, which would tell how many reports there are.
package struct AuditLine: Sendable {
    package var list: AuditList
    package var at: Instant
    package var act: String
    /// Who did it; `nil`: the software, with another act.
    package var by: StaffID?
    /// Whom it concerns, where that is somebody else.
    package var about: StaffID?
    package var office: OfficeID?
    /// The number of the report at the auditor's organ.
    package var number: String?
    /// A ground, the number of an export, the name of a rule change, or the mark of what was searched for.
    package var detail: String
}

/// What an auditor asks of a list.
package struct AuditQuery: Sendable {
    package var list: AuditList
    package var act: String?
    package var first: Day?
    package var last: Day?
    package var offset: Int
    package var limit: Int

    package init(
        _ list: AuditList, act: String? = nil, first: Day? = nil, last: Day? = nil, offset: Int = 0, limit: Int = 50
    ) {
        self.list = list
        self.act = act
        self.first = first
        self.last = last
        self.offset = min(10_000_000, max(0, offset))
        self.limit = min(200, max(1, limit))
    }
}

extension Casefile {
    /// One page of a list of the auditor's organ, the newest first.
    package func audit(_ query: AuditQuery, by viewer: Viewer) async throws -> AuditPage<AuditLine> {
        let casefile = self
        if query.list == .reads { try await listLooks.write() }
        return try await database.read { tx in
            let scope = try AuditScope(viewer, try casefile.pictures.current(tx))
            var filter: SQL = "1 = 1"
            if let act = query.act { filter += " AND q.act = \(act)" }
            if let first = query.first { filter += " AND q.at >= \(first.start)" }
            if let last = query.last { filter += " AND q.at < \(last.adding(days: 1).start)" }
            let rows = try tx.rows(
                """
                SELECT q.at, q.act, q.by_id, q.about_id, q.office_id, q.detail, \(scope.mark(of: query.list)),
                  (SELECT MAX(n.number) FROM custody n
                    WHERE n.report_id = q.report_id AND n.organ_id = \(scope.organ)) AS number
                FROM (\(scope.rows(of: query.list))) AS q WHERE \(filter)
                ORDER BY q.at DESC, q.id DESC LIMIT \(query.limit + 1) OFFSET \(query.offset)
                """)
            let lines = try rows.prefix(query.limit).map { try AuditLine(query.list, row: $0) }
            return AuditPage(lines: lines, more: rows.count > query.limit)
        }
    }
}

extension AuditScope {
    /// What was looked at, opened, exported and audited of one report, the newest first.
    func looks(at report: ReportID, _ tx: any Transaction) throws -> [AuditLine] {
        try [AuditList.reads, .evidence, .openings, .exports, .audits].flatMap { list in
            try tx.rows(
                """
                SELECT q.at, q.act, q.by_id, q.about_id, q.office_id, q.detail, NULL AS mark, NULL AS number
                FROM (\(rows(of: list))) AS q WHERE q.report_id = \(report) ORDER BY q.at DESC, q.id DESC LIMIT 500
                """
            ).map { try AuditLine(list, row: $0) }
        }.sorted { $0.at > $1.at }
    }

    /// By what equal searches are recognised, and nothing is read.
    fileprivate func mark(of list: AuditList) -> SQL { list == .searches ? "q.words AS mark" : "NULL AS mark" }

    /// The rows of a list: at, id, act, by_id, about_id, office_id, report_id, detail.
    fileprivate func rows(of list: AuditList) -> SQL {
        switch list {
        case .keys:
            """
            SELECT e.at, e.id, e.act, e.by_id, e.staff_id AS about_id, e.office_id, NULL AS report_id, '' AS detail
            FROM key_event e WHERE e.office_id IN \(list: offices) OR (e.office_id IS NULL AND e.staff_id IN (\(people)))
            """
        case .accounts:
            """
            SELECT e.at, e.id, e.kind AS act, e.by_id, e.staff_id AS about_id, NULL AS office_id, NULL AS report_id,
              '' AS detail FROM account_event e WHERE e.staff_id IN (\(people))
            """
        case .rules:
            """
            SELECT e.uploaded_at AS at, e.id, 'brought' AS act, e.uploaded_by AS by_id, NULL AS about_id,
              NULL AS office_id, NULL AS report_id, e.name AS detail FROM rule_change e WHERE e.organ_id = \(organ)
            UNION ALL
            SELECT e.withdrawn_at, e.id, 'withdrawn', e.withdrawn_by, NULL, NULL, NULL, e.name
            FROM rule_change e WHERE e.organ_id = \(organ) AND e.withdrawn_at IS NOT NULL
            """
        case .searches:
            """
            SELECT e.at, e.id, e.kind AS act, e.staff_id AS by_id, NULL AS about_id, NULL AS office_id,
              NULL AS report_id, '' AS detail, e.words FROM search_event e WHERE e.organ_id = \(organ)
            """
        case .identitySearches:
            """
            SELECT e.at, e.id, e.kind AS act, e.staff_id AS by_id, NULL AS about_id, e.office_id,
              NULL AS report_id, e.ground AS detail FROM identity_search e WHERE e.office_id IN \(list: offices)
            """
        case .evidence:
            """
            SELECT e.at, e.id, e.kind AS act, e.staff_id AS by_id, NULL AS about_id, NULL AS office_id, e.report_id,
              '' AS detail FROM evidence_view e WHERE e.organ_id = \(organ) AND \(sees("e.report_id"))
            """
        case .openings:
            """
            SELECT e.opened_at AS at, e.report_id AS id, 'opened' AS act, e.agreed_by AS by_id,
              e.reader_id AS about_id, NULL AS office_id, e.report_id, e.ground AS detail
            FROM identity_opening e WHERE e.asked_by IN (\(people)) AND \(sees("e.report_id"))
            UNION ALL
            SELECT e.at, e.id, 'looked', e.staff_id, NULL, NULL, e.report_id, e.codes
            FROM event e WHERE e.report_id IN (SELECT i.report_id FROM identity_opening i)
              AND e.act = 'look-identity' AND e.staff_id IN (\(people)) AND \(sees("e.report_id"))
            """
        case .exports:
            """
            SELECT e.at, e.id, e.way AS act, e.staff_id AS by_id, NULL AS about_id, NULL AS office_id, e.report_id,
              e.number AS detail FROM export e
            WHERE e.organ_id = \(organ) AND (e.report_id IS NULL OR \(sees("e.report_id")))
            """
        case .reads:
            """
            SELECT e.at, e.id, e.kind AS act, e.staff_id AS by_id, NULL AS about_id, NULL AS office_id, e.report_id,
              '' AS detail FROM report_read e WHERE e.organ_id = \(organ) AND \(sees("e.report_id"))
            UNION ALL
            SELECT e.at, e.id, 'listed', e.staff_id, NULL, NULL, NULL, e.list FROM list_look e WHERE e.organ_id = \(organ)
            """
        case .audits:
            """
            SELECT e.at, e.id, 'audited' AS act, e.staff_id AS by_id, NULL AS about_id, NULL AS office_id, e.report_id,
              '' AS detail FROM audit_look e WHERE e.organ_id = \(organ) AND \(sees("e.report_id"))
            """
        }
    }
}

extension AuditLine {
    fileprivate init(_ list: AuditList, row: Row) throws {
        let mark: [UInt8]? = try row.maybe("mark")
        var detail: String = try row.get("detail")
        // A single look has its ground among the codes of its event.
        if list == .openings, try row.get("act", as: String.self) == "looked" {
            detail = JSONText.decode(detail, as: [String: String].self)?["ground"] ?? ""
        }
        self.init(
            list: list, at: try row.get("at"), act: try row.get("act"), by: try row.maybe("by_id"),
            about: try row.maybe("about_id"), office: try row.maybe("office_id"), number: try row.maybe("number"),
            detail: mark.map { Hex.encode($0.prefix(3)).uppercased() } ?? detail)
    }
}
