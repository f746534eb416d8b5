package import Casework
import Database
package import Kernel

/// What people of an organ judged of two reports.
package struct JudgedOther: Sendable {
    /// The other report.
    package var id: ReportID
    package var decision: SameDecision
    /// Its number at the viewer's organ.
    package var number: String?
    package var by: StaffID
    package var at: Instant
}

/// What was decided of a pair; the newest decision of an organ counts, and each stays on record.
package enum SameDecision: String, Sendable, CaseIterable {
    /// Another matter.
    case different
    /// Another matter that has to do with this one: the same project, other people.
    case related
    /// The same matter told by others together with, or beside, whoever told it first (联名、多人反映).
    case joint
    /// Nothing holds any more; it may be suggested again.
    case undone
}

extension CasefileSchema {
    /// A pair has one row for each decision. It is no act on a report: whoever reads the one is not told of the other.
    static let sameDecisions = Migration(
        id: "0096-same-decisions",
        statements: [
            """
            CREATE TABLE same_decision (
              id TEXT PRIMARY KEY NOT NULL, one_id TEXT NOT NULL REFERENCES report(id),
              other_id TEXT NOT NULL REFERENCES report(id), organ_id TEXT NOT NULL REFERENCES organ(id),
              turn INTEGER NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id), at INTEGER NOT NULL,
              decision TEXT NOT NULL, CHECK (one_id < other_id), UNIQUE (one_id, other_id, organ_id, turn)
            ) STRICT
            """,
            "CREATE INDEX same_decision_other ON same_decision (other_id)",
        ])
}

extension Casefile {
    /// Remembers what two reports are to each other, so that neither is suggested beside the other to anybody of the
    /// viewer's organ, or takes that back; what already holds is not written again. `.notFound` for a report that the viewer
    /// may not read; another that they may not read, or that there is not, is answered as unknown.
    package func judge(
        _ id: ReportID, _ decision: SameDecision?, _ other: ReportID?, by viewer: Viewer
    ) async throws {
        guard try await opened(id, for: viewer) != nil else { throw CasefileError.notFound }
        guard let other, id != other, try await opened(other, for: viewer) != nil else {
            throw CasefileError.invalid([FieldFault("other", "unknown")])
        }
        guard let decision else { throw CasefileError.invalid([FieldFault("decision", "choice")]) }
        let now = clock.now()
        let (one, two) = id.description < other.description ? (id, other) : (other, id)
        try await database.write { tx in
            let last = try tx.first(
                """
                SELECT turn, decision FROM same_decision
                WHERE one_id = \(one) AND other_id = \(two) AND organ_id = \(viewer.organ) ORDER BY turn DESC LIMIT 1
                """)
            let holds = try last?.get("decision", as: String.self) ?? SameDecision.undone.rawValue
            guard holds != decision.rawValue else { return }
            let decided = Identifier<SealedTag>.ordered(at: now)
            try tx.run(
                """
                INSERT INTO same_decision (id, one_id, other_id, organ_id, turn, staff_id, at, decision)
                VALUES (\(decided), \(one), \(two), \(viewer.organ), \((try last?.get("turn", as: Int.self) ?? 0) + 1),
                  \(viewer.staff), \(now), \(decision.rawValue))
                """)
            try LogLeaf.append(.same, decided.description, tx)
        }
    }

    /// Those of which the viewer's organ judged what they are to a report, and that the viewer may read, the newest decision
    /// first.
    package func judgedOthers(of id: ReportID, for viewer: Viewer) async throws -> [JudgedOther] {
        let decided = try await database.read { tx in try Self.judged(id, at: viewer.organ, tx) }
        var judged: [JudgedOther] = []
        for var other in decided {
            guard let (open, _) = try await opened(other.id, for: viewer) else { continue }
            other.number = open.stored.standing.custodies.last { $0.organ == viewer.organ && $0.number != nil }?.number
            judged.append(other)
        }
        return judged
    }

    /// Whoever may read them or not.
    static func judged(_ id: ReportID, at organ: OrganID, _ tx: any Transaction) throws -> [JudgedOther] {
        try tx.rows(
            """
            SELECT d.* FROM same_decision d
            WHERE (d.one_id = \(id) OR d.other_id = \(id)) AND d.organ_id = \(organ)
              AND d.decision <> \(SameDecision.undone.rawValue) AND NOT EXISTS (SELECT 1 FROM same_decision e
                WHERE e.one_id = d.one_id AND e.other_id = d.other_id AND e.organ_id = d.organ_id AND e.turn > d.turn)
            ORDER BY d.at DESC, d.id DESC
            """
        ).compactMap { row in
            let one: ReportID = try row.get("one_id")
            guard let decision = SameDecision(rawValue: try row.get("decision")) else { return nil }
            return JudgedOther(
                id: one == id ? try row.get("other_id") : one, decision: decision, number: nil,
                by: try row.get("staff_id"), at: try row.get("at"))
        }
    }
}
