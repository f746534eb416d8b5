package import Casework
import Database
import Kernel
package import Sealing

/// A new member of staff: a key pair whose private half is sealed under the first password.
package struct NewStaff: Sendable {
    package var staff: Staff
    package var places: [(office: OfficeID, role: Role)]
    package var publicKey: PublicKey
    package var sealedKey: [UInt8]
    package var mustChange: Bool

    /// Makes the key pair; the private key is forgotten once it is sealed.
    package static func make(
        _ staff: Staff, places: [(office: OfficeID, role: Role)], password: String, mustChange: Bool,
        gate: PasswordGate, cost: PasswordCost
    ) async throws -> NewStaff {
        let key = PrivateKey.generate()
        return NewStaff(
            staff: staff, places: places, publicKey: key.publicKey,
            sealedKey: try await gate.seal(secret: key.bytes, password: password, cost: cost), mustChange: mustChange)
    }
}

/// One of the three who can together, any two of them, restore an office's key.
package struct EscrowHolder: Sendable {
    package var position: Int
    package var name: String
    package var publicKey: PublicKey

    package init(position: Int, name: String, publicKey: PublicKey) {
        self.position = position
        self.name = name
        self.publicKey = publicKey
    }
}

extension Casefile {
    /// Writes organs, offices and people. An office that has no key yet gets one, wrapped to those of its members who
    /// come with it and to the escrow holders; whoever joins an office that has one waits for a colleague.
    package func enlarge(organs: [Organ] = [], offices: [Office] = [], staff: [NewStaff] = []) async throws {
        let now = clock.now()
        try await database.write { tx in
            for organ in organs { try organ.save(tx) }
            for office in offices { try office.save(tx) }
            for person in staff {
                try person.insert(tx, at: now)
                try Self.noteLateName(tx, of: person.staff.id, at: now)
            }
            try Self.makeMissingOfficeKeys(tx, at: now)
            try Self.touchWorld(tx)
        }
    }

    /// Changes what stands in an organ's, office's or person's record. Keys stay as they are, but of somebody whose
    /// account is deactivated: they lose those of every office as if they left it, and a colleague lets them in anew
    /// once they are back. What nobody else opens is laid aside and comes back with their password.
    package func change(organ: Organ? = nil, office: Office? = nil, staff: Staff? = nil) async throws {
        let now = clock.now()
        try await database.write { tx in
            if let organ { try organ.save(tx) }
            if let office { try office.save(tx) }
            if let staff {
                try tx.run(
                    """
                    UPDATE staff SET name = \(staff.name), name_en = \(staff.nameEnglish),
                      aliases = \(JSONText.encode(staff.aliases)), kin = \(JSONText.encode(staff.kin)),
                      units = \(JSONText.encode(staff.units)), active = \(staff.active) WHERE id = \(staff.id)
                    """)
                try Self.noteLateName(tx, of: staff.id, at: now)
                if !staff.active { try Self.shutOut(tx, staff.id, at: now) }
            }
            try Self.touchWorld(tx)
        }
        if let staff { try await refreshWaiting(for: staff.id) }
    }

    /// Ends the sessions of somebody whose account was just deactivated, and takes their offices' keys away.
    private static func shutOut(_ tx: any Transaction, _ person: StaffID, at now: Instant) throws {
        try tx.run("DELETE FROM session WHERE staff_id = \(person)")
        for office in try offices(heldBy: person, tx) { try withdrawKey(tx, of: person, from: office, at: now) }
    }

    /// Gives a person a role in an office. Without the office's key the newcomer reads nothing until let in.
    package func join(_ person: StaffID, office: OfficeID, role: Role) async throws {
        let now = clock.now()
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO membership (staff_id, office_id, role) VALUES (\(person), \(office), \(role.rawValue))
                ON CONFLICT (staff_id, office_id, role) DO NOTHING
                """)
            try Self.makeMissingOfficeKeys(tx, at: now)
            try Self.touchWorld(tx)
        }
    }

    /// Takes a role away; with the last one the grant of the office's key goes too, and the office gets a new key.
    /// `.opensAlone` where it would take with it what nobody else of the organ can open: it passes to colleagues when the
    /// person signs in once more. Whoever will not come back is deactivated.
    package func leave(_ person: StaffID, office: OfficeID, role: Role) async throws {
        try await refuseLeavingHeadless(person, only: office, role)
        let now = clock.now()
        try await database.write { tx in
            try tx.run(
                """
                DELETE FROM membership
                WHERE staff_id = \(person) AND office_id = \(office) AND role = \(role.rawValue)
                """)
            try Self.refuseLeavingAlone(tx, person, office, at: now)
            try Self.withdrawKey(tx, of: person, from: office, at: now)
            try Self.touchWorld(tx)
        }
        try await refreshWaiting(for: person)
    }

    /// What is sealed to this person and to nobody else of the organ does not leave an office with them.
    private static func refuseLeavingAlone(
        _ tx: any Transaction, _ person: StaffID, _ office: OfficeID, at now: Instant
    ) throws {
        let staysThere = try tx.exists(
            "SELECT 1 FROM office_grant g WHERE g.office_id = \(office) AND g.staff_id = \(person) AND \(entitled(now.day))"
        )
        guard !staysThere else { return }
        let others = try offices(heldBy: person, tx).filter { $0 != office }
        let going = try keys(ofReportsOf: office, butNotOf: others, tx)
        if try tx.exists("SELECT 1 FROM key_wrap w WHERE \(openedOnly(by: person)) AND w.key_id IN (\(going))") {
            throw CasefileError.opensAlone
        }
    }

    /// An office that holds reports keeps a director: some of its keys are the director's alone.
    private func refuseLeavingHeadless(_ person: StaffID, only office: OfficeID, _ role: Role) async throws {
        guard role == .director else { return }
        let pictures = pictures
        try await database.read { tx in
            let world = try pictures.current(tx).world
            let others = world.members(of: office).contains {
                $0.staff != person && $0.admitted && $0.isRegular && $0.role == .director
            }
            let holds = try tx.exists(
                "SELECT 1 FROM custody WHERE office_id = \(office) OR intake_office_id = \(office)")
            if !others, holds { throw CasefileError.nobodyHome(organ: office.description) }
        }
    }

    /// Rewrites for whom the reports wait that are allocated to a person, or verified by them, after their places
    /// changed.
    func refreshWaiting(for person: StaffID) async throws {
        let casefile = self
        try await database.write { tx in
            let picture = try casefile.pictures.current(tx)
            for row in try tx.rows(
                """
                SELECT report_id FROM allocation WHERE staff_id = \(person)
                UNION SELECT id AS report_id FROM report WHERE team LIKE \("%\(person)%")
                """)
            {
                guard let stored = try StoredReport.load(tx, try row.get("report_id")) else { continue }
                try casefile.projections(of: stored, in: picture).writeWaiting(tx, report: stored, fresh: false)
            }
        }
    }

    /// Writes the escrow holders of a new installation. Refused once there are any.
    package func appoint(_ holders: [(holder: EscrowHolder, sealedKey: [UInt8])]) async throws {
        let now = clock.now()
        try await database.write { tx in
            for (holder, sealedKey) in holders {
                try KeyEvent(.made, at: now, detail: "escrow \(holder.position)").insert(tx)
                try tx.run(
                    """
                    INSERT INTO escrow_holder (position, name, public_key, sealed_key)
                    VALUES (\(holder.position), \(holder.name), \(holder.publicKey.bytes), \(sealedKey))
                    """)
            }
        }
    }

    static func touchWorld(_ tx: any Transaction) throws {
        try tx.run("UPDATE world_version SET version = version + 1 WHERE id = 1")
    }
}

extension Organ {
    func save(_ tx: any Transaction) throws {
        try tx.run(
            """
            INSERT INTO organ (id, code, name, name_en, short_name, level, parent_id, region, attached_unit, aliases, delegated)
            VALUES (\(id), \(code), \(name), \(nameEnglish), \(shortName), \(level.rawValue), \(parent), \(region),
              \(attachedUnit), \(JSONText.encode(aliases)), \(delegated?.rawValue))
            ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, name_en = excluded.name_en,
              short_name = excluded.short_name, level = excluded.level, parent_id = excluded.parent_id,
              region = excluded.region, attached_unit = excluded.attached_unit, aliases = excluded.aliases,
              delegated = excluded.delegated
            """)
    }
}

extension Office {
    func save(_ tx: any Transaction) throws {
        try tx.run(
            """
            INSERT INTO office (id, organ_id, code, name, name_en, kind)
            VALUES (\(id), \(organ), \(code), \(name), \(nameEnglish), \(kind.rawValue))
            ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, name_en = excluded.name_en
            """)
    }
}

extension NewStaff {
    func insert(_ tx: any Transaction, at now: Instant) throws {
        let until = mustChange ? now.adding(seconds: try AccountPolicy.current(tx).oneTimeSeconds) : nil
        try tx.run(
            """
            INSERT INTO staff (id, organ_id, username, name, name_en, aliases, kin, units, active, must_change,
              one_time_until, public_key, sealed_key, created_at)
            VALUES (\(staff.id), \(staff.organ), \(staff.username.lowercased()), \(staff.name), \(staff.nameEnglish),
              \(JSONText.encode(staff.aliases)), \(JSONText.encode(staff.kin)), \(JSONText.encode(staff.units)), \(staff.active), \(mustChange),
              \(until), \(publicKey.bytes), \(sealedKey), \(now))
            """)
        try KeyEvent(.made, at: now, person: staff.id).insert(tx)
        for place in places {
            try tx.run(
                """
                INSERT INTO membership (staff_id, office_id, role)
                VALUES (\(staff.id), \(place.office), \(place.role.rawValue))
                ON CONFLICT (staff_id, office_id, role) DO NOTHING
                """)
        }
    }
}
