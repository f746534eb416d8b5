package import Casework
import Database
import Kernel
import Sealing

/// The keys of offices: made once, given to a newcomer by a colleague, renewed when somebody goes.
extension Casefile {
    /// A colleague who holds the office's key lets a newcomer, a delegate or a stand-in in, with this one act.
    package func admit(_ newcomer: StaffID, to office: OfficeID, by viewer: Viewer) async throws {
        try await retryingStale {
            let world = try await world()
            let members = world.members(of: office)
            let roles = Set(members.filter { $0.staff == newcomer }.map(\.role))
            guard !roles.isEmpty, members.contains(where: { $0.staff == viewer.staff && $0.admitted }) else {
                throw CasefileError.notYourAct
            }
            let keys = try await keys(of: office, for: newcomer, roles: roles, from: viewer)
            let now = clock.now()
            try await database.write { tx in try keys.insert(tx, by: viewer, at: now) }
        }
        try await refreshWaiting(for: newcomer)
    }

    /// What opens an office's reports to one more person, out of the hands of somebody who holds it: the office's key in
    /// every generation, and the keys that were wrapped to persons. Reports that this person must not read are taken
    /// out of the office's key first. `.keyMissing` for whom the office has not let in.
    func keys(
        of office: OfficeID, for newcomer: StaffID, roles: Set<Role>, from viewer: Viewer
    ) async throws -> OfficeKeys {
        let pictures = pictures
        return try await database.read { tx in
            let picture = try pictures.current(tx)
            guard let publicKey = picture.staffKeys[newcomer], picture.officeKeys[office] != nil else {
                throw CasefileError.keyMissing
            }
            var ring = try KeyRing.load(tx, for: viewer)
            var keys = OfficeKeys(office: office, person: newcomer, version: picture.world.version)
            let generations = try tx.rows(
                "SELECT generation FROM office_grant WHERE office_id = \(office) AND staff_id = \(viewer.staff)")
            guard !generations.isEmpty else { throw CasefileError.keyMissing }
            for row in generations {
                let generation: Int = try row.get("generation")
                let secret = try ring.officeKey(office, generation: generation)
                let binding = Binding.officeKey(office, generation)
                keys.grants.append((generation, try Wrap.seal(secret.bytes, to: publicKey, binding: binding)))
            }
            try keys.shutOut(tx, ring: &ring, picture: picture)
            try keys.addPersonal(tx, ring: &ring, viewer: viewer, roles: roles, publicKey: publicKey, picture: picture)
            return keys
        }
    }

    /// Takes the office's keys from somebody who has no place there any more, not even a later one, or whose account was
    /// deactivated, and gives the office a new key for all that comes. What was read until then cannot be taken back.
    /// What nobody else opens is laid aside under the person's key, and comes back with their password.
    static func withdrawKey(_ tx: any Transaction, of person: StaffID, from office: OfficeID, at now: Instant) throws {
        let isEntitled = try tx.exists(
            "SELECT 1 FROM office_grant g WHERE g.office_id = \(office) AND g.staff_id = \(person) AND \(entitled(now.day))"
        )
        let held = try offices(heldBy: person, tx)
        guard !isEntitled, held.contains(office) else { return }
        let going = try keys(ofReportsOf: office, butNotOf: held.filter { $0 != office }, tx)
        try keepWhatNobodyElseOpens(
            tx, of: person, at: now, grants: "g.office_id = \(office)", wraps: "w.key_id IN (\(going))",
            records: "1 = 0")
        try tx.run("DELETE FROM office_grant WHERE office_id = \(office) AND staff_id = \(person)")
        try tx.run(
            "DELETE FROM key_wrap WHERE recipient = \(Recipient.staff(person).description) AND key_id IN (\(going))")
        try KeyEvent(.taken, at: now, office: office, person: person).insert(tx)
        try renewOfficeKey(tx, office, at: now)
    }

    /// The offices of which somebody holds a key, of any generation.
    static func offices(heldBy person: StaffID, _ tx: any Transaction) throws -> [OfficeID] {
        try tx.rows("SELECT DISTINCT office_id FROM office_grant WHERE staff_id = \(person) ORDER BY office_id")
            .map { try $0.get("office_id", as: OfficeID.self) }
    }

    /// Whether the holder of the grant `g` has an account in use and a place in its office on a day or later: as a
    /// member, in the order of stand-ins, or by a delegation that has not run out.
    static func entitled(_ today: Day) -> SQL {
        """
        EXISTS (SELECT 1 FROM staff a WHERE a.id = g.staff_id AND a.active = 1)
        AND (EXISTS (SELECT 1 FROM membership m WHERE m.staff_id = g.staff_id AND m.office_id = g.office_id)
          OR EXISTS (SELECT 1 FROM stand_in s
            WHERE s.staff_id = g.staff_id AND s.office_id = g.office_id AND s.ended_at IS NULL)
          OR EXISTS (SELECT 1 FROM delegation d JOIN membership h
            ON h.staff_id = d.from_id AND h.office_id = d.office_id AND h.role = d.role
            WHERE d.to_id = g.staff_id AND d.office_id = g.office_id AND d.ended_at IS NULL
              AND d.last_day >= \(today)))
        """
    }

    /// Takes office keys from those whose last day has passed or whose account was deactivated. Done at each sign-in;
    /// until then the server alone refuses them.
    package func withdrawEndedKeys() async throws {
        let now = clock.now()
        let find: SQL =
            "SELECT DISTINCT g.office_id, g.staff_id FROM office_grant g WHERE NOT (\(Self.entitled(now.day)))"
        guard try await database.read({ try !$0.rows(find + " LIMIT 1").isEmpty }) else { return }
        try await database.write { tx in
            for row in try tx.rows(find) {
                try Self.withdrawKey(tx, of: try row.get("staff_id"), from: try row.get("office_id"), at: now)
            }
            try Self.touchWorld(tx)
        }
    }

    /// Keys that are sealed to an office in which a colleague was barred since are sealed anew, to each of the others:
    /// done by the next of them who signs in (I-1, I-7). Until then the server alone refuses the barred. What cannot be
    /// done now is left to the next of them: nobody is kept out by it.
    package func shutOutBarredColleagues(of viewer: Viewer) async {
        let find: SQL =
            """
            SELECT o.office_id, o.staff_id FROM (
              SELECT DISTINCT g.office_id, g.staff_id FROM office_grant mine
              JOIN office_grant g ON g.office_id = mine.office_id AND g.staff_id <> mine.staff_id
              WHERE mine.staff_id = \(viewer.staff)
            ) AS o
            WHERE EXISTS (
              SELECT 1 FROM bar b JOIN sealing_key k ON k.report_id = b.report_id
              JOIN key_wrap w ON w.key_id = k.id AND w.recipient = 'office:' || o.office_id
              WHERE b.staff_id = o.staff_id
            )
            """
        for row in (try? await database.read { try $0.rows(find) }) ?? [] {
            guard let office = try? row.get("office_id", as: OfficeID.self),
                let barred = try? row.get("staff_id", as: StaffID.self)
            else { continue }
            try? await retryingStale {
                let keys = try await withoutBarred(barred, of: office, from: viewer)
                guard !keys.drops.isEmpty else { return }
                try await database.write { tx in try keys.insertResealed(tx) }
            }
        }
    }

    private func withoutBarred(
        _ barred: StaffID, of office: OfficeID, from viewer: Viewer
    ) async throws -> OfficeKeys {
        let pictures = pictures
        return try await database.read { tx in
            let picture = try pictures.current(tx)
            var ring = try KeyRing.load(tx, for: viewer)
            var keys = OfficeKeys(office: office, person: barred, version: picture.world.version)
            try keys.shutOut(tx, ring: &ring, picture: picture, whatCanBe: true)
            return keys
        }
    }

    /// Creates the key of every office that has members and none yet; the private key lives only in this call.
    static func makeMissingOfficeKeys(_ tx: any Transaction, at now: Instant) throws {
        let rows = try tx.rows(
            """
            SELECT DISTINCT m.office_id, s.id, s.public_key FROM membership m JOIN staff s ON s.id = m.staff_id
            WHERE NOT EXISTS (SELECT 1 FROM office_key k WHERE k.office_id = m.office_id)
            ORDER BY m.office_id, s.id
            """)
        var members: [OfficeID: [(StaffID, PublicKey)]] = [:]
        for row in rows {
            guard let key = PublicKey(bytes: try row.get("public_key")) else { continue }
            members[try row.get("office_id"), default: []].append((try row.get("id"), key))
        }
        for (office, people) in members { try makeOfficeKey(tx, office, generation: 1, for: people, at: now) }
    }

    /// A new generation of an office's key, wrapped to the escrow holders and to all who hold the present one and whose
    /// account is in use. New
    /// reports are sealed to it; the older generations stay with their holders.
    static func renewOfficeKey(
        _ tx: any Transaction, _ office: OfficeID, at now: Instant, by person: StaffID? = nil
    ) throws {
        guard
            let present: Int = try tx.scalar(
                "SELECT generation FROM office_key WHERE office_id = \(office) ORDER BY generation DESC LIMIT 1")
        else { return }
        let people = try tx.rows(
            """
            SELECT s.id, s.public_key FROM office_grant g JOIN staff s ON s.id = g.staff_id AND s.active = 1
            WHERE g.office_id = \(office) AND g.generation = \(present) ORDER BY s.id
            """
        ).compactMap { row -> (StaffID, PublicKey)? in
            guard let key = PublicKey(bytes: try row.get("public_key")) else { return nil }
            return (try row.get("id"), key)
        }
        // An office that nobody holds any more keeps its key: the escrow holders open it again.
        guard !people.isEmpty else { return }
        try makeOfficeKey(tx, office, generation: present + 1, for: people, at: now, by: person)
    }

    private static func makeOfficeKey(
        _ tx: any Transaction, _ office: OfficeID, generation: Int, for people: [(StaffID, PublicKey)], at now: Instant,
        by person: StaffID? = nil
    ) throws {
        let key = PrivateKey.generate()
        let binding = Binding.officeKey(office, generation)
        try tx.run(
            """
            INSERT INTO office_key (office_id, generation, public_key, created_at)
            VALUES (\(office), \(generation), \(key.publicKey.bytes), \(now))
            """)
        let act: KeyEvent.Act = generation == 1 ? .made : .renewed
        try KeyEvent(act, at: now, office: office, generation: generation, by: person).insert(tx)
        for (person, publicKey) in people {
            try tx.run(
                """
                INSERT INTO office_grant (office_id, generation, staff_id, wrap, granted_by, granted_at)
                VALUES (\(office), \(generation), \(person),
                  \(try Wrap.seal(key.bytes, to: publicKey, binding: binding)), \(Optional<StaffID>.none), \(now))
                """)
        }
        let holders = try tx.rows("SELECT public_key FROM escrow_holder ORDER BY position").compactMap {
            PublicKey(bytes: try $0.get("public_key"))
        }
        guard holders.count == 3 else { return }
        for pair in try Escrow.wrapPairs(secret: key.bytes, holders: holders, binding: binding) {
            try tx.run(
                """
                INSERT INTO office_escrow (office_id, generation, first, second, wrap)
                VALUES (\(office), \(generation), \(pair.first), \(pair.second), \(pair.wrap))
                """)
        }
    }
}
