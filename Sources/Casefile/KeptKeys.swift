package import Casework
import Database
import Kernel

/// What one person alone can open. It is never deleted with their keys: it is laid aside, under the key that they had.
extension Casefile {
    /// How many reports hold something (letter, papers, identity) that only this person can open in their organ. Says
    /// nothing of which they are.
    package func reportsOpened(onlyBy person: StaffID) async throws -> Int {
        try await database.read { tx in
            try tx.scalar(
                """
                SELECT COUNT(DISTINCT k.report_id) AS n FROM key_wrap w JOIN sealing_key k ON k.id = w.key_id
                WHERE \(Self.openedOnly(by: person))
                """) ?? 0
        }
    }

    /// Of a wrap `w`: it is a person's, and in their organ nobody else has one of the same key: no office, and no
    /// colleague whose account is in use. The receipt counts for nothing here.
    static func openedOnly(by person: StaffID) -> SQL {
        let mine = Recipient.staff(person).description
        return """
            w.recipient = \(mine) AND NOT EXISTS (SELECT 1 FROM key_wrap o
              WHERE o.key_id = w.key_id AND o.recipient <> w.recipient AND (
                o.recipient IN (SELECT 'office:' || f.id FROM office f JOIN staff h ON h.organ_id = f.organ_id
                  WHERE h.id = \(person))
                OR o.recipient IN (SELECT 'staff:' || c.id FROM staff c JOIN staff h ON h.organ_id = c.organ_id
                  WHERE h.id = \(person) AND c.active = 1)))
            """
    }

    /// The keys of reports whose wraps to a person go with an office, so that the person keeps those of the offices
    /// where they stay.
    static func keys(
        ofReportsOf office: OfficeID, butNotOf others: [OfficeID], _ tx: any Transaction
    ) throws -> SQL {
        var conditions = [try OfficeKeys.reports(of: office, tx)]
        for other in others {
            let kept = try OfficeKeys.reports(of: other, tx)
            conditions.append("NOT (\(kept))")
        }
        return """
            SELECT k.id FROM sealing_key k JOIN report r ON r.id = k.report_id
            JOIN custody c ON c.report_id = r.id AND c.idx = r.custody WHERE \(SQL.joined(conditions, by: " AND "))
            """
    }

    /// Lays aside, under the person's key as it is now, the wraps without which nobody could open an office, a report or
    /// a record of interference any more. `grants`, `wraps` and `records` say which of the person's are going: conditions
    /// on rows `g` of office_grant, `w` of key_wrap, `w` of interference_wrap.
    static func keepWhatNobodyElseOpens(
        _ tx: any Transaction, of person: StaffID, at now: Instant, grants goingGrants: SQL = "1 = 1",
        wraps goingWraps: SQL = "1 = 1", records goingRecords: SQL = "1 = 1"
    ) throws {
        let mine = Recipient.staff(person).description
        let grants = try tx.rows(
            """
            SELECT g.office_id AS place, g.generation, g.wrap FROM office_grant g
            WHERE g.staff_id = \(person) AND (\(goingGrants)) AND NOT EXISTS (SELECT 1 FROM office_grant o
              JOIN staff c ON c.id = o.staff_id
              WHERE o.office_id = g.office_id AND o.generation = g.generation AND o.staff_id <> g.staff_id
                AND c.active = 1)
            """)
        let wraps = try tx.rows(
            """
            SELECT w.key_id AS place, w.generation, w.wrap FROM key_wrap w
            WHERE \(openedOnly(by: person)) AND (\(goingWraps))
            """)
        let records = try tx.rows(
            """
            SELECT w.interference_id AS place, w.generation, w.wrap FROM interference_wrap w
            WHERE w.recipient = \(mine) AND w.purpose = 'examine' AND (\(goingRecords))
              AND NOT EXISTS (SELECT 1 FROM interference_wrap o
                WHERE o.interference_id = w.interference_id AND o.purpose = 'examine' AND o.recipient <> w.recipient)
            """)
        guard !grants.isEmpty || !wraps.isEmpty || !records.isEmpty else { return }
        let id = AccountEventID.random()
        try tx.run(
            """
            INSERT INTO key_before_reset (id, staff_id, at, sealed_key)
            SELECT \(id), id, \(now), sealed_key FROM staff WHERE id = \(person)
            """)
        for (kind, rows) in [("office", grants), ("key", wraps), ("record", records)] {
            for row in rows {
                let place = "\(kind):\(try row.get("place", as: String.self))"
                try tx.run(
                    """
                    INSERT INTO wrap_before_reset (reset_id, place, generation, wrap)
                    VALUES (\(id), \(place), \(try row.get("generation", as: Int.self)),
                      \(try row.get("wrap", as: [UInt8].self)))
                    """)
            }
        }
    }
}
