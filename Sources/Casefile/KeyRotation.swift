package import Casework
import Database
import Kernel
import Sealing

/// A new key for an office, and report keys sealed anew under it: whoever kept the old key opens nothing any more, not
/// even with the database. What was read before cannot be taken back.
extension Casefile {
    /// Gives the office a new generation of its key, by one of those who hold the present one. New reports are sealed
    /// under it at once; the others follow by ``reseal(_:by:atMost:)``.
    package func renewKey(of office: OfficeID, by viewer: Viewer) async throws {
        let now = clock.now()
        try await database.write { tx in
            guard
                try tx.exists(
                    """
                    SELECT 1 FROM office_grant g WHERE g.office_id = \(office) AND g.staff_id = \(viewer.staff)
                    AND \(Self.entitled(now.day))
                    """)
            else { throw CasefileError.notYourAct }
            try Self.renewOfficeKey(tx, office, at: now, by: viewer.staff)
            try Self.touchWorld(tx)
        }
    }

    /// Seals report keys that lie under older generations of the office's key under the present one, in the session of
    /// somebody who holds both, and answers how many are left. Can be stopped and taken up again at any time. When none
    /// is left, the older generations are destroyed: every copy, and what the escrow holders have of them.
    package func reseal(_ office: OfficeID, by viewer: Viewer, atMost: Int) async throws -> Int {
        var done = 0
        var after = (table: 0, key: "")
        while done < atMost, after.table < ResealedTable.all.count {
            let batch = try await behind(office, viewer, after: after, atMost: min(500, atMost - done))
            if batch.rows.isEmpty {
                after = (after.table + 1, "")
                continue
            }
            try await database.write { tx in for row in batch.rows { try row.update(tx, to: batch.generation) } }
            done += batch.rows.count
            after.key = batch.rows.last?.key ?? ""
        }
        return try await finish(office, by: viewer, resealed: done)
    }

    /// For each office of somebody who just signed in: a part of what waits. What cannot be done now is left.
    func resealSome(for viewer: Viewer) async {
        let find: SQL =
            """
            SELECT office_id FROM office_grant WHERE staff_id = \(viewer.staff)
            GROUP BY office_id HAVING COUNT(*) > 1
            """
        for row in (try? await database.read { try $0.rows(find) }) ?? [] {
            guard let office = try? row.get("office_id", as: OfficeID.self) else { continue }
            _ = try? await reseal(office, by: viewer, atMost: Self.resealedAtSignIn)
        }
    }

    private static var resealedAtSignIn: Int { 500 }

    private func behind(
        _ office: OfficeID, _ viewer: Viewer, after: (table: Int, key: String), atMost: Int
    ) async throws -> (generation: Int, rows: [ResealedRow]) {
        let pictures = pictures
        let table = ResealedTable.all[after.table]
        return try await database.read { tx in
            let picture = try pictures.current(tx)
            guard let present = picture.officeKeys[office] else { throw CasefileError.keyMissing }
            var ring = try KeyRing.load(tx, for: viewer)
            // Whoever does not hold the present key hands nothing over to it.
            _ = try ring.officeKey(office, generation: present.generation)
            let rows = try tx.rows(
                """
                SELECT \(table.id) AS id, \(table.key) AS key, generation, wrap FROM \(table.name)
                WHERE recipient = \(Recipient.office(office).description) AND generation < \(present.generation)
                  AND \(table.key) > \(after.key)
                ORDER BY \(table.key) LIMIT \(atMost)
                """)
            let resealed = try rows.map { row -> ResealedRow in
                let generation: Int = try row.get("generation")
                let key = try ring.officeKey(office, generation: generation)
                let binding = Binding.reportKey(try row.get("id"))
                let secret = try Wrap.open(try row.get("wrap"), with: key, binding: binding)
                return ResealedRow(
                    table: table, key: try row.get("key"), office: office, from: generation,
                    wrap: try Wrap.seal(secret, to: present.publicKey, binding: binding))
            }
            return (present.generation, resealed)
        }
    }

    private func finish(_ office: OfficeID, by viewer: Viewer, resealed: Int) async throws -> Int {
        let recipient = Recipient.office(office).description
        let now = clock.now()
        return try await database.write { tx in
            if resealed > 0 {
                try KeyEvent(.resealed, at: now, office: office, by: viewer.staff, detail: String(resealed)).insert(tx)
            }
            guard
                let present: Int = try tx.scalar(
                    "SELECT generation FROM office_key WHERE office_id = \(office) ORDER BY generation DESC LIMIT 1")
            else { return 0 }
            var left = 0
            for table in ResealedTable.all {
                left +=
                    try tx.scalar(
                        """
                        SELECT COUNT(*) AS n FROM \(table.name)
                        WHERE recipient = \(recipient) AND generation < \(present)
                        """) ?? 0
            }
            guard left == 0 else { return left }
            let gone = try tx.changes(
                "DELETE FROM office_grant WHERE office_id = \(office) AND generation < \(present)")
            try tx.run("DELETE FROM office_escrow WHERE office_id = \(office) AND generation < \(present)")
            if gone > 0 {
                try KeyEvent(.ended, at: now, office: office, generation: present - 1, by: viewer.staff).insert(tx)
                try Self.touchWorld(tx)
            }
            return 0
        }
    }
}

/// A table with keys that are sealed to offices.
private struct ResealedTable: Sendable {
    let name: SQL
    /// What the wrap is bound to.
    let id: SQL
    /// Tells the rows of one office apart.
    let key: SQL

    static let all = [
        ResealedTable(name: "key_wrap", id: "key_id", key: "key_id"),
        ResealedTable(
            name: "interference_wrap", id: "(SELECT i.key_id FROM interference i WHERE i.id = interference_id)",
            key: "interference_id || purpose"),
    ]
}

/// One wrap under the present generation.
private struct ResealedRow: Sendable {
    let table: ResealedTable
    let key: String
    let office: OfficeID
    let from: Int
    let wrap: [UInt8]

    /// A row that was taken away or sealed anew meanwhile stays as it is.
    func update(_ tx: any Transaction, to generation: Int) throws {
        let recipient = Recipient.office(office).description
        let changed = try tx.changes(
            """
            UPDATE \(table.name) SET wrap = \(wrap), generation = \(generation)
            WHERE \(table.key) = \(key) AND recipient = \(recipient) AND generation = \(from)
            """)
        // What makes searching fast was sealed under the older key, too.
        if changed > 0, table.name.text == "key_wrap", let id = SealingKeyID(key) {
            try SearchEntry.forget(id, of: recipient, tx)
        }
    }
}
