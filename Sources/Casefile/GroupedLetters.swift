import Casework
import Database
import Kernel

/// Which of the letters that somebody may read are of one wording, or of one reporter.
struct LetterGroups {
    private let list: InboxSQL
    private let tx: any Transaction

    init(_ list: InboxSQL, _ tx: any Transaction) {
        self.list = list
        self.tx = tx
    }

    /// All groups of two and more, each in the order in which its letters came.
    func all(_ kind: GroupKind) throws -> [[ReportID]] {
        switch kind {
        case .wording:
            let ids = try readable("SELECT u.id FROM report u JOIN letter_group g ON g.no = u.mark_no")
            let groups = try Self.parts(of: ids).flatMap { part in
                try tx.rows(
                    """
                    SELECT u.id, g.group_no FROM report u JOIN letter_group g ON g.no = u.mark_no WHERE u.id IN \(list: part)
                    """
                ).map { (try $0.get(at: 0, as: ReportID.self), try $0.get(at: 1, as: Int.self)) }
            }
            return inOrder(Dictionary(grouping: groups, by: \.1).values.map { $0.map(\.0) }, of: ids)
        case .reporter:
            let ids = try readable(
                "SELECT m.report_id FROM identity_mark m JOIN report u ON u.id = m.report_id WHERE \(isVerifiedToken)")
            var same = Joined<ReportID>()
            var bearers: [[UInt8]: ReportID] = [:]
            for part in Self.parts(of: ids) {
                let rows = try tx.rows(
                    """
                    SELECT m.report_id, m.mark FROM identity_mark m JOIN report u ON u.id = m.report_id
                    WHERE m.report_id IN \(list: part) AND \(isVerifiedToken)
                    """)
                for row in rows {
                    let (id, mark): (ReportID, [UInt8]) = (try row.get(at: 0), try row.get(at: 1))
                    same.join(id, bearers[mark] ?? id)
                    bearers[mark] = id
                }
            }
            return inOrder(Array(same.groups(of: ids)), of: ids)
        }
    }

    /// A report and those of its group; itself alone where it has none.
    func with(_ id: ReportID, _ kind: GroupKind) throws -> [ReportID] {
        switch kind {
        case .wording:
            let group: Int? = try tx.scalar(
                "SELECT g.group_no FROM report u JOIN letter_group g ON g.no = u.mark_no WHERE u.id = \(id)")
            guard let group else { return [id] }
            return try readable(
                """
                SELECT u.id FROM report u JOIN letter_group g ON g.no = u.mark_no WHERE g.group_no = \(group)
                """, areFew: true)
        case .reporter:
            let others = try ReporterTokens(at: list.organ, tx).others(of: id)
            guard !others.isEmpty else { return [id] }
            return try readable("SELECT u.id FROM report u WHERE u.id IN \(list: [id] + others)", areFew: true)
        }
    }

    private var isVerifiedToken: SQL {
        """
        m.organ_id = \(list.organ) AND LENGTH(m.mark) = \(IdentityMarks.tokenLength)
          AND u.real_name IN \(list: Standing.verifiedNames.sorted())
        """
    }

    /// Those of some reports whose letters may be read, the first that came foremost.
    private func readable(_ ids: SQL, areFew: Bool = false) throws -> [ReportID] {
        try tx.rows(list.letters(limit: SearchLimits.reports, namesFew: areFew) { column in "\(column) IN (\(ids))" })
            .map { try $0.get(at: 0, as: ReportID.self) }.reversed()
    }

    private func inOrder(_ groups: [[ReportID]], of ids: [ReportID]) -> [[ReportID]] {
        let places = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return groups.filter { $0.count > 1 }.map { $0.sorted { places[$0] ?? 0 < places[$1] ?? 0 } }
    }

    private static func parts(of ids: [ReportID]) -> [[ReportID]] {
        stride(from: 0, to: ids.count, by: 500).map { Array(ids[$0..<min($0 + 500, ids.count)]) }
    }

    /// What an organ made of some letters: which of them tell of one matter.
    static func matters(_ ids: [ReportID], at organ: OrganID, _ tx: any Transaction) throws -> Matters {
        var joined = Joined<ReportID>()
        let among = Set(ids)
        for part in parts(of: ids) {
            for row in try tx.rows(
                "SELECT id, repeat_of FROM report WHERE id IN \(list: part) AND repeat_of IS NOT NULL")
            {
                joined.join(try row.get(at: 0), try row.get(at: 1))
            }
            let judged = try tx.rows(
                """
                SELECT d.one_id, d.other_id FROM same_decision d
                WHERE d.one_id IN \(list: part) AND d.organ_id = \(organ) AND d.decision = \(SameDecision.joint.rawValue)
                  AND NOT EXISTS (SELECT 1 FROM same_decision e WHERE e.one_id = d.one_id AND e.other_id = d.other_id
                    AND e.organ_id = d.organ_id AND e.turn > d.turn)
                """)
            for row in judged {
                let (one, other): (ReportID, ReportID) = (try row.get(at: 0), try row.get(at: 1))
                if among.contains(other) { joined.join(one, other) }
            }
        }
        return Matters(count: joined.groups(of: ids).count, joined: joined)
    }

    /// How some letters fall into matters.
    struct Matters {
        let count: Int
        fileprivate let joined: Joined<ReportID>

        func areOne(_ one: ReportID, _ other: ReportID) -> Bool { joined.root(one) == joined.root(other) }
    }
}
