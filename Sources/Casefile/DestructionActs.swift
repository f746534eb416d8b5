package import Casework
import Database
import Kernel

extension Casefile {
    /// Puts what is due now, and nothing that is left out, on new lists, one for each office that received: another
    /// director of one office is none of the other. Nothing happens to the reports by it. `.notNow` where nothing is due.
    @discardableResult
    package func drawDestructionLists(by viewer: Viewer) async throws -> [DestructionListID] {
        let now = clock.now()
        let due = try await dueReports(for: viewer).filter { $0.leftOut == nil }
        guard !due.isEmpty else { throw CasefileError.notNow }
        let rules = try RetentionRules.shipped()
        let offices = Dictionary(grouping: due, by: \.office).sorted { $0.key.description < $1.key.description }
        return try await database.write { tx in
            try offices.map { office, due in
                let id = DestructionListID.random()
                try tx.run(
                    """
                    INSERT INTO destruction_list (id, organ_id, office_id, drawn_by, drawn_at, rules)
                    VALUES (\(id), \(viewer.organ), \(office), \(viewer.staff), \(now), \(rules.version))
                    """)
                for report in due { try Self.put(report, on: id, tx) }
                return id
            }
        }
    }

    /// `.notNow` where somebody else put it on a list, or it moved, since it was looked at.
    private static func put(_ report: DueReport, on id: DestructionListID, _ tx: any Transaction) throws {
        let isThere = try tx.exists(
            """
            SELECT 1 FROM report WHERE id = \(report.id) AND stage = 'archived' AND sequence = \(report.sequence)
              AND NOT EXISTS (SELECT 1 FROM destruction_entry e JOIN destruction_list l ON l.id = e.list_id
                WHERE e.report_id = \(report.id) AND e.sequence = \(report.sequence) AND e.struck_at IS NULL
                  AND l.refused_at IS NULL)
            """)
        guard isThere else { throw CasefileError.notNow }
        try tx.run(
            """
            INSERT INTO destruction_entry (list_id, report_id, sequence, number, kind, outcome, rule,
              received_day, archived_day, texts, files, bytes)
            VALUES (\(id), \(report.id), \(report.sequence), \(report.number), \(report.kind), \(report.outcome),
              \(report.rule), \(report.receivedDay), \(report.archivedDay), \(report.texts), \(report.files),
              \(report.bytes))
            """)
    }

    /// One leader approves what they see of a list: every report on it that is open and that they did not approve yet.
    /// `.notYourAct` for whoever drew it up or is no leader, `.notNow` where nothing is left to approve.
    package func approveDestruction(_ id: DestructionListID, by viewer: Viewer) async throws {
        let casefile = self
        let now = clock.now()
        try await database.write { tx in
            let list = try casefile.list(id, for: viewer, tx)
            let picture = try casefile.pictures.current(tx)
            let rules = try RetentionRules.shipped()
            var decides = false
            var approved = 0
            for entry in list.entries {
                guard let stored = try StoredReport.load(tx, entry.report),
                    picture.destructionDeciders(on: stored, drawnBy: list.drawn.by, rules).contains(viewer.staff)
                else { continue }
                decides = true
                guard list.refused == nil, entry.isOpen else { continue }
                approved += try tx.changes(
                    """
                    INSERT INTO destruction_approval (list_id, report_id, staff_id, at)
                    VALUES (\(id), \(entry.report), \(viewer.staff), \(now))
                    ON CONFLICT (list_id, report_id, staff_id) DO NOTHING
                    """)
            }
            guard decides else { throw CasefileError.notYourAct }
            guard approved > 0 else { throw CasefileError.notNow }
        }
    }

    /// Ends a list: nothing that is still on it is destroyed. Leaders refuse, the office that drew it up takes it back.
    package func refuseDestruction(_ id: DestructionListID, by viewer: Viewer) async throws {
        let casefile = self
        let now = clock.now()
        try await database.write { tx in
            guard try casefile.list(id, for: viewer, tx).mayStop else { throw CasefileError.notNow }
            try tx.run(
                "UPDATE destruction_list SET refused_by = \(viewer.staff), refused_at = \(now) WHERE id = \(id)")
        }
    }

    /// Takes one report off a list, for a ground (a value of ``RetentionRules/strikeGrounds``); also after the approvals,
    /// as long as it was not destroyed.
    package func strike(
        _ report: ReportID, from id: DestructionListID, ground: String, by viewer: Viewer
    ) async throws {
        guard try RetentionRules.shipped().strikeGrounds.contains(where: { $0.value == ground }) else {
            throw CasefileError.invalid([FieldFault("ground", "choice")])
        }
        let casefile = self
        let now = clock.now()
        try await database.write { tx in
            let list = try casefile.list(id, for: viewer, tx)
            guard let entry = list.entries.first(where: { $0.report == report }) else { throw CasefileError.notFound }
            guard list.mayStop, entry.isOpen else { throw CasefileError.notNow }
            try tx.run(
                """
                UPDATE destruction_entry SET struck_by = \(viewer.staff), struck_at = \(now), struck_ground = \(ground)
                WHERE list_id = \(id) AND report_id = \(report)
                """)
        }
    }
}
