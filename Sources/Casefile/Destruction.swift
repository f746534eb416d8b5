import Casework
import Database
import Foundation
import Kernel
import Sealing

extension Casefile {
    /// Destroys what was approved by enough people and whose days of grace are over, one report at a time; then removes
    /// its files and has the database overwrite what it freed. Needs no key. What a crash left undone the next call does.
    /// Answers how many reports were destroyed. One that fails keeps none of the others; its error is thrown in the end.
    @discardableResult
    package func carryOutDestructions() async throws -> Int {
        let casefile = self
        let waiting = try await database.read { tx in
            try tx.rows(
                """
                SELECT e.list_id, e.report_id FROM destruction_entry e JOIN destruction_list l ON l.id = e.list_id
                WHERE e.destroyed_at IS NULL AND e.struck_at IS NULL AND l.refused_at IS NULL
                  AND EXISTS (SELECT 1 FROM destruction_approval a
                    WHERE a.list_id = e.list_id AND a.report_id = e.report_id)
                ORDER BY l.drawn_at, e.list_id, e.report_id
                """
            ).map { (try $0.get("list_id", as: DestructionListID.self), try $0.get("report_id", as: ReportID.self)) }
        }
        var (destroyed, failures): (Int, [any Error]) = (0, [])
        for (list, report) in waiting {
            do {
                if try await database.write({ tx in try casefile.destroy(report, on: list, tx) }) { destroyed += 1 }
            } catch {
                failures.append(error)
            }
        }
        do { try await clear() } catch { failures.append(error) }
        if let first = failures.first { throw first }
        return destroyed
    }

    /// Removes files that no row leads to any more, has the database overwrite what it freed, and notes that both are
    /// done; what cannot be removed is tried again with the next sweep.
    func clear(always: Bool = false) async throws {
        let (entries, names) = try await database.read { tx in
            let entries = try tx.rows(
                """
                SELECT list_id, report_id FROM destruction_entry WHERE destroyed_at IS NOT NULL AND cleared_at IS NULL
                """)
            let rows = try tx.rows("SELECT stored FROM destruction_file ORDER BY stored")
            return (
                try entries.map {
                    (try $0.get("list_id", as: DestructionListID.self), try $0.get("report_id", as: ReportID.self))
                }, try rows.map { try $0.get("stored", as: String.self) }
            )
        }
        if entries.isEmpty, names.isEmpty, !always { return }
        try await sweepMarks()
        for name in names { files.remove(name) }
        let gone = names.filter { files.isGone($0) }
        let isPurged = try await database.purge(Self.freedTables)
        let now = clock.now()
        try await database.write { tx in
            for name in gone { try tx.run("DELETE FROM destruction_file WHERE stored = \(name)") }
            guard isPurged, gone.count == names.count else { return }
            for (list, report) in entries {
                try tx.run(
                    "UPDATE destruction_entry SET cleared_at = \(now) WHERE list_id = \(list) AND report_id = \(report)"
                )
            }
        }
    }

    /// The tables out of which a destruction takes rows or values.
    static let freedTables = [
        "key_wrap", "search_token", "wrap_before_reset", "sealed", "evidence_copy", "evidence_view", "file",
        "identity_opening", "identity_mark", "sealing_key", "report", "export", "report_read", "log_leaf",
        "mark_waiting", "report_mark", "same_decision", "letter_group", "related_hint",
    ]

    /// Destroys one report, if all that it takes still holds. What stays is its row without any key, its events, and its
    /// entry on the list.
    func destroy(_ id: ReportID, on list: DestructionListID, _ tx: any Transaction) throws -> Bool {
        let rules = try RetentionRules.shipped()
        let now = clock.now()
        let entries = try tx.rows(
            """
            SELECT e.*, l.drawn_by FROM destruction_entry e JOIN destruction_list l ON l.id = e.list_id
            WHERE e.list_id = \(list) AND e.report_id = \(id) AND l.refused_at IS NULL
            """)
        guard let row = entries.first, let stored = try StoredReport.load(tx, id),
            stored.standing.archivedDay != nil, !stored.standing.isHeld, let custody = stored.standing.custody
        else { return false }
        let entry = try DestructionList.Entry(row: row, of: stored, pictures.current(tx), tx)
        guard let due = entry.due(rules), due <= now else { return false }
        try Self.removeSealed(of: id, at: now, tx)
        let drawer: StaffID = try row.get("drawn_by")
        let approvers = entry.deciding(rules).map(\.by)
        guard let last = approvers.last else { return false }
        let sequence = stored.standing.sequence + 1
        let event = NewEvent(
            id: .ordered(at: now), at: now, actor: .staff(last), act: "destroy", from: stored.standing.stage,
            to: Standing.destroyed,
            codes: [
                "list": list.description, "rule": entry.rule, "drawn-by": drawer.description,
                "approved-by": approvers.map(\.description).joined(separator: " "),
            ])
        try event.insert(tx, report: id, sequence: sequence, custody: custody, rules: rules.version)
        try LogLeaf.append(.event, event.id.description, tx)
        try tx.run(
            """
            UPDATE report SET stage = \(Standing.destroyed), sequence = \(sequence), due_day = NULL, proposer = NULL,
              proposal = NULL, deciding = NULL, team = '[]', repeat_of = NULL, receipt_key = NULL WHERE id = \(id)
            """)
        // Not before a backup that holds it, even where the clock was set back since.
        let newest: Instant? = try tx.scalar("SELECT MAX(taken_at) FROM backup")
        let destroyed = max(now, newest ?? now)
        try tx.run(
            "UPDATE destruction_entry SET destroyed_at = \(destroyed) WHERE list_id = \(list) AND report_id = \(id)")
        return true
    }

    /// Every key, sealed text and file of a report, and what was made of them. Records of interference are no part of it:
    /// they have keys and readers of their own.
    static func removeSealed(of id: ReportID, at now: Instant, _ tx: any Transaction) throws {
        let files: SQL = "(SELECT id FROM file WHERE report_id = \(id))"
        let keys = try tx.rows("SELECT id FROM sealing_key WHERE report_id = \(id)")
            .map { try $0.get("id", as: SealingKeyID.self) }
        try tx.run(
            """
            INSERT INTO destruction_file (stored) SELECT stored FROM file WHERE report_id = \(id)
            UNION SELECT stored FROM evidence_copy WHERE stored IS NOT NULL AND file_id IN \(files)
            """)
        try LogLeaf.forget(report: id, tx)
        try tx.run("DELETE FROM evidence_view WHERE report_id = \(id)")
        try tx.run("DELETE FROM report_read WHERE report_id = \(id)")
        try tx.run("DELETE FROM same_decision WHERE one_id = \(id) OR other_id = \(id)")
        try tx.run("DELETE FROM related_hint WHERE report_id = \(id) OR about_id = \(id)")
        try tx.run("DELETE FROM evidence_copy WHERE file_id IN \(files)")
        for table: SQL in ["file", "sealed", "identity_opening", "identity_mark", "waiting", "allocation", "watch"] {
            try tx.run("DELETE FROM \(table) WHERE report_id = \(id)")
        }
        try endExports(
            "(report_id = \(id) OR id IN (SELECT export_id FROM export_row WHERE report_id = \(id)))", at: now, tx)
        try MarkIndex.forget(id, tx)
        // With a wrap go the tokens by which its letter was found.
        try tx.run("DELETE FROM key_wrap WHERE key_id IN \(list: keys)")
        try tx.run("DELETE FROM wrap_before_reset WHERE place IN \(list: keys.map { "key:\($0)" })")
        try tx.run("DELETE FROM sealing_key WHERE report_id = \(id)")
    }
}

extension Casefile {
    /// What `verify` asks of a destroyed report: a list that was not refused, enough people who approved and did not draw
    /// it up, the event, and nothing sealed any more. The first fault, or `nil`.
    func faultOfDestruction(_ id: ReportID, _ tx: any Transaction) throws -> String? {
        if let left = try faultOfWhatIsLeft(id, tx) { return left }
        if try tx.exists("SELECT 1 FROM event WHERE report_id = \(id) AND act = \(Self.handAbove)") { return nil }
        let rules = try RetentionRules.shipped()
        let entries = try tx.rows(
            """
            SELECT e.list_id, l.drawn_by FROM destruction_entry e JOIN destruction_list l ON l.id = e.list_id
            WHERE e.report_id = \(id) AND e.destroyed_at IS NOT NULL AND e.struck_at IS NULL
            """)
        guard entries.count == 1, let entry = entries.first else { return "it was destroyed without a list" }
        let list: DestructionListID = try entry.get("list_id")
        let approved: Int? = try tx.scalar(
            """
            SELECT COUNT(*) FROM destruction_approval
            WHERE list_id = \(list) AND report_id = \(id) AND staff_id <> \(try entry.get("drawn_by", as: StaffID.self))
            """)
        return (approved ?? 0) < rules.approvals ? "too few people approved its destruction" : nil
    }

    private func faultOfWhatIsLeft(_ id: ReportID, _ tx: any Transaction) throws -> String? {
        for table: SQL in [
            "sealing_key", "sealed", "file", "identity_opening", "identity_mark", "evidence_view", "report_read",
        ] {
            if try tx.exists("SELECT 1 FROM \(table) WHERE report_id = \(id)") {
                return "it was destroyed, and something sealed is left"
            }
        }
        if try tx.exists(
            """
            SELECT 1 FROM report WHERE id = \(id) AND mark_no IS NOT NULL
            UNION ALL SELECT 1 FROM same_decision WHERE one_id = \(id) OR other_id = \(id)
            UNION ALL SELECT 1 FROM related_hint WHERE report_id = \(id) OR about_id = \(id)
            """)
        {
            return "it was destroyed, and what it said can still be compared"
        }
        return nil
    }
}
