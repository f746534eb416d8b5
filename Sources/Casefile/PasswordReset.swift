package import Casework
import Database
import Kernel
import Sealing

/// A password that was lost, or that somebody else knows: the person gets a new key pair, and nothing leads from the
/// old one to it.
extension Casefile {
    /// Gives somebody whom the viewer looks after a one-time password over a new key pair; `.notYourAct` for oneself and
    /// for others. What was sealed to the person goes, and so do their sessions, their second factor and their recovery
    /// codes; colleagues let them in again. Offices get new keys for what comes, since whoever knew the password of
    /// before may hold the old ones. What nobody else can open is kept under the key of before: an administrator alone
    /// cannot make a report unreadable.
    package func resetPassword(of person: StaffID, to password: String, by viewer: Viewer) async throws {
        let key = PrivateKey.generate()
        let sealed = try await gate.seal(secret: key.bytes, password: password, cost: passwordCost)
        let now = clock.now()
        let pictures = pictures
        try await database.write { tx in
            let until = now.adding(seconds: try AccountPolicy.current(tx).oneTimeSeconds)
            let world = try pictures.current(tx).world
            guard person != viewer.staff, let staff = world.staff[person],
                world.looksAfter(staff.organ, viewer.staff)
            else { throw CasefileError.notYourAct }
            let mine = Recipient.staff(person).description
            try Self.keepWhatNobodyElseOpens(tx, of: person, at: now)
            let offices = try Self.offices(heldBy: person, tx)
            try tx.run("DELETE FROM office_grant WHERE staff_id = \(person)")
            try tx.run("DELETE FROM key_wrap WHERE recipient = \(mine)")
            try tx.run("DELETE FROM interference_wrap WHERE recipient = \(mine) AND purpose = 'examine'")
            // That one recorded an interference stays in one's list; what the record says is the examiners' now.
            try tx.run("UPDATE interference_wrap SET wrap = \([UInt8]()) WHERE recipient = \(mine)")
            try tx.run("DELETE FROM session WHERE staff_id = \(person)")
            try Self.forgetSecondFactor(tx, of: person)
            try tx.run(
                """
                UPDATE staff SET public_key = \(key.publicKey.bytes), sealed_key = \(sealed), must_change = 1,
                  one_time_until = \(until)
                WHERE id = \(person)
                """)
            // An identity that was opened to this person was sealed to the key of before.
            try tx.run(
                """
                UPDATE identity_opening SET ended_at = \(now), wrap = NULL, envelope = NULL
                WHERE reader_id = \(person) AND ended_at IS NULL
                """)
            // So was what this person had printed or exported.
            try Self.endExports("staff_id = \(person)", at: now, tx)
            try KeyEvent(.renewed, at: now, person: person, by: viewer.staff).insert(tx)
            for office in offices.sorted() {
                try KeyEvent(.taken, at: now, office: office, person: person, by: viewer.staff).insert(tx)
                try Self.renewOfficeKey(tx, office, at: now, by: viewer.staff)
            }
            try AccountEvent.note(tx, .passwordReset, of: person, by: viewer.staff, at: now)
            try Self.touchWorld(tx)
        }
        try await refreshWaiting(for: person)
    }

    /// Opens with the password of before a reset, or of before a deactivation, what nobody else could open since, and
    /// seals it to the person as they are now: an office where they have a place, a report from which they are not
    /// barred. An office where they have none at present stays laid aside. `.invalid` of `before`, `wrongPassword`, for
    /// a password that opens none of it.
    package func takeBackKeys(of session: Session, with password: String) async throws {
        let (viewer, now) = (session.viewer, clock.now())
        let kept = try await database.read { tx in
            try tx.rows("SELECT id, sealed_key FROM key_before_reset WHERE staff_id = \(viewer.staff) ORDER BY at, id")
                .map { (try $0.get("id", as: AccountEventID.self), try $0.get("sealed_key", as: [UInt8].self)) }
        }
        var opened: [(AccountEventID, PrivateKey)] = []
        for (id, sealed) in kept {
            do {
                opened.append((id, try PrivateKey(bytes: try await gate.open(sealed, password: password))))
            } catch SealingError.wrongKey {
                continue
            }
        }
        guard !opened.isEmpty else { throw CasefileError.invalid([FieldFault("before", "wrongPassword")]) }
        let found = opened
        try await database.write { tx in
            var personal = 0
            for (id, key) in found {
                for row in try tx.rows("SELECT place, generation, wrap FROM wrap_before_reset WHERE reset_id = \(id)") {
                    guard try Self.takeBack(tx, row, with: key, for: viewer, at: now) else { continue }
                    let (place, generation) = (
                        try row.get("place", as: String.self), try row.get("generation", as: Int.self)
                    )
                    personal += place.hasPrefix("office") ? 0 : 1
                    try tx.run(
                        """
                        DELETE FROM wrap_before_reset
                        WHERE reset_id = \(id) AND place = \(place) AND generation = \(generation)
                        """)
                }
                try tx.run(
                    """
                    DELETE FROM key_before_reset WHERE id = \(id) AND NOT EXISTS
                      (SELECT 1 FROM wrap_before_reset w WHERE w.reset_id = key_before_reset.id)
                    """)
            }
            if personal > 0 {
                try KeyEvent(
                    .takenBack, at: now, person: viewer.staff, by: viewer.staff, detail: String(personal)
                ).insert(tx)
            }
            try AccountEvent.note(tx, .keysTakenBack, of: viewer.staff, by: viewer.staff, at: now)
            try Self.touchWorld(tx)
        }
    }

    /// One wrap of before, sealed anew; false where the person has no place in its office at present.
    private static func takeBack(
        _ tx: any Transaction, _ row: Row, with key: PrivateKey, for viewer: Viewer, at now: Instant
    ) throws -> Bool {
        let place = try row.get("place", as: String.self).split(separator: ":").map(String.init)
        let generation: Int = try row.get("generation")
        let wrap: [UInt8] = try row.get("wrap")
        let publicKey = viewer.privateKey.publicKey
        if place.first == "office", let office = place.last.flatMap(OfficeID.init) {
            let seat: SQL = """
                (SELECT o.id AS office_id, s.id AS staff_id FROM office o JOIN staff s ON s.id = \(viewer.staff)
                  WHERE o.id = \(office)) AS g
                """
            guard try tx.exists("SELECT 1 FROM \(seat) WHERE \(entitled(now.day))") else { return false }
            let binding = Binding.officeKey(office, generation)
            let again = try Wrap.seal(Wrap.open(wrap, with: key, binding: binding), to: publicKey, binding: binding)
            let nobody = Optional<StaffID>.none
            try tx.run(
                """
                INSERT INTO office_grant (office_id, generation, staff_id, wrap, granted_by, granted_at)
                VALUES (\(office), \(generation), \(viewer.staff), \(again), \(nobody), \(now))
                ON CONFLICT (office_id, generation, staff_id) DO NOTHING
                """)
            try KeyEvent(
                .takenBack, at: now, office: office, generation: generation, person: viewer.staff, by: viewer.staff
            ).insert(tx)
        } else if place.first == "record", let record = place.last.flatMap(InterferenceID.init),
            let id: SealingKeyID = try tx.scalar("SELECT key_id FROM interference WHERE id = \(record)")
        {
            let binding = Binding.reportKey(id)
            let again = try Wrap.seal(Wrap.open(wrap, with: key, binding: binding), to: publicKey, binding: binding)
            try tx.run(
                """
                INSERT INTO interference_wrap (interference_id, purpose, recipient, generation, wrap)
                SELECT i.id, 'examine', \(Recipient.staff(viewer.staff).description), 0, \(again) FROM interference i
                WHERE i.id = \(record) AND NOT EXISTS
                  (SELECT 1 FROM bar b WHERE b.report_id = i.report_id AND b.staff_id = \(viewer.staff))
                ON CONFLICT (interference_id, purpose, recipient) DO NOTHING
                """)
        } else if place.first == "key", let id = place.last.flatMap(SealingKeyID.init) {
            let binding = Binding.reportKey(id)
            let again = try Wrap.seal(Wrap.open(wrap, with: key, binding: binding), to: publicKey, binding: binding)
            try tx.run(
                """
                INSERT INTO key_wrap (key_id, recipient, generation, wrap)
                SELECT k.id, \(Recipient.staff(viewer.staff).description), 0, \(again) FROM sealing_key k
                WHERE k.id = \(id) AND NOT EXISTS
                  (SELECT 1 FROM bar b WHERE b.report_id = k.report_id AND b.staff_id = \(viewer.staff))
                ON CONFLICT (key_id, recipient) DO NOTHING
                """)
        }
        return true
    }
}
