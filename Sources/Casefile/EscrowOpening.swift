package import Casework
import Database
import Kernel
import Sealing

/// One escrow holder's word: the position, 1 to 3, and the password that opens their key.
package struct EscrowClaim: Sendable {
    package var position: Int
    package var password: String

    package init(position: Int, password: String) {
        self.position = position
        self.password = password
    }
}

/// An office that nobody can open any more is opened by any two of the three escrow holders, for one of its members.
extension Casefile {
    /// The escrow holders of this installation, by position.
    package func escrowHolders() async throws -> [(position: Int, name: String)] {
        try await database.read { tx in
            try tx.rows("SELECT position, name FROM escrow_holder ORDER BY position").map {
                (try $0.get("position"), try $0.get("name"))
            }
        }
    }

    /// Opens every generation of an office's key with two holders' passwords and hands it to a member of the office,
    /// who lets the others in. The holders' keys and the office's live only in this call. Keys that were sealed to
    /// single persons are not among it. Field faults: `first`, `second`, `person`.
    package func restore(
        _ office: OfficeID, to person: StaffID, with claims: [EscrowClaim], by administrator: StaffID?
    ) async throws {
        let now = clock.now()
        let keys = try await openHolders(claims, of: office, for: person, by: administrator)
        guard let first = keys.first, let second = keys.dropFirst().first else { throw CasefileError.notNow }
        try await database.write { tx in
            let publicKey: [UInt8]? = try tx.scalar(
                """
                SELECT s.public_key FROM staff s WHERE s.id = \(person) AND s.active = 1 AND EXISTS
                  (SELECT 1 FROM membership m WHERE m.staff_id = s.id AND m.office_id = \(office))
                """)
            guard let to = publicKey.flatMap(PublicKey.init(bytes:)) else {
                throw CasefileError.invalid([FieldFault("person", "choice")])
            }
            // Nobody gets what they must not read: then another member is the one to ask for.
            let isBarred = try tx.exists(
                """
                SELECT 1 FROM bar b JOIN sealing_key k ON k.report_id = b.report_id
                JOIN key_wrap w ON w.key_id = k.id AND w.recipient = \(Recipient.office(office).description)
                WHERE b.staff_id = \(person)
                """)
            guard !isBarred else { throw CasefileError.invalid([FieldFault("person", "mustNotRead")]) }
            let rows = try tx.rows(
                """
                SELECT generation, wrap FROM office_escrow WHERE office_id = \(office)
                  AND first = \(first.position - 1) AND second = \(second.position - 1) ORDER BY generation
                """)
            guard !rows.isEmpty else { throw CasefileError.notNow }
            for row in rows {
                let generation: Int = try row.get("generation")
                let binding = Binding.officeKey(office, generation)
                let secret = try Escrow.open(
                    try row.get("wrap"), with: first.key, second: second.key, binding: binding)
                try tx.run(
                    """
                    INSERT INTO office_grant (office_id, generation, staff_id, wrap, granted_by, granted_at)
                    VALUES (\(office), \(generation), \(person), \(try Wrap.seal(secret, to: to, binding: binding)),
                      \(administrator), \(now))
                    ON CONFLICT (office_id, generation, staff_id) DO UPDATE SET wrap = excluded.wrap
                    """)
            }
            try KeyEvent(
                .restored, at: now, office: office, person: person, by: administrator,
                detail: "\(first.position) \(second.position)"
            ).insert(tx)
            try Self.touchWorld(tx)
        }
        try await refreshWaiting(for: person)
    }

    private typealias OpenedHolder = (position: Int, key: PrivateKey)

    /// Both holders' keys, by position. A wrong password is an event.
    private func openHolders(
        _ claims: [EscrowClaim], of office: OfficeID, for person: StaffID, by administrator: StaffID?
    ) async throws -> [OpenedHolder] {
        guard claims.count == 2, Set(claims.map(\.position)).count == 2 else {
            throw CasefileError.invalid([FieldFault("second", "choice")])
        }
        var opened: [OpenedHolder] = []
        var faults: [FieldFault] = []
        for (claim, field) in zip(claims, ["first", "second"]) {
            let sealed: [UInt8]? = try await database.read { tx in
                try tx.scalar("SELECT sealed_key FROM escrow_holder WHERE position = \(claim.position)")
            }
            guard let sealed else { throw CasefileError.invalid([FieldFault(field, "choice")]) }
            do {
                let bytes = try await gate.open(sealed, password: claim.password)
                opened.append((claim.position, try PrivateKey(bytes: bytes)))
            } catch SealingError.wrongKey, SealingError.weakPassword {
                faults.append(FieldFault(field, "wrongPassword"))
            }
        }
        guard faults.isEmpty else {
            let now = clock.now()
            try await database.write { tx in
                try KeyEvent(.refused, at: now, office: office, person: person, by: administrator).insert(tx)
            }
            throw CasefileError.invalid(faults)
        }
        return opened.sorted { $0.position < $1.position }
    }
}
