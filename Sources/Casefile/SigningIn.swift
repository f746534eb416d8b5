package import Casework
import Database
import Kernel
package import Sealing

/// Somebody whose password opened their key. Nothing is signed in by that: there may be a second factor to show.
package struct Unlocked: Sendable {
    package let staff: StaffID
    let viewer: Viewer
    let mustChange: Bool
    /// A code is due before a session begins.
    package let codeIsDue: Bool
    /// The password was to be used once, and its time is over: no session begins.
    package let hasEnded: Bool
}

extension Casefile {
    /// Opens the private key with the password; `nil` for a wrong name or password, which take the same time.
    package func unlock(username: String, password: String) async throws -> Unlocked? {
        let row = try await database.read { tx in
            try tx.first(
                """
                SELECT id, organ_id, sealed_key, must_change, one_time_until,
                  (SELECT confirmed_at FROM second_factor f WHERE f.staff_id = staff.id) AS factor_since
                FROM staff WHERE username = \(username.lowercased()) AND active = 1
                """)
        }
        guard let row else {
            // An unknown name takes as long as a wrong password: somebody's key is tried, and the answer is ignored.
            let anybody: [UInt8]? = try await database.read { tx in
                try tx.scalar("SELECT sealed_key FROM staff ORDER BY id LIMIT 1")
            }
            if let anybody {
                do {
                    _ = try await gate.open(anybody, password: password)
                } catch SealingError.busy {
                    throw SealingError.busy
                } catch {
                    return nil
                }
            }
            return nil
        }
        let secret: [UInt8]
        do {
            secret = try await gate.open(try row.get("sealed_key"), password: password)
        } catch SealingError.wrongKey {
            let person: StaffID = try row.get("id")
            // Nobody waits for it: how long the answer takes must not tell that there is such an account.
            Task { [self] in try? await note(.wrongPassword, of: person) }
            return nil
        }
        let viewer = Viewer(
            staff: try row.get("id"), organ: try row.get("organ_id"), privateKey: try PrivateKey(bytes: secret))
        let since: Instant? = try row.maybe("factor_since")
        return Unlocked(
            staff: viewer.staff, viewer: viewer, mustChange: try row.get("must_change"), codeIsDue: since != nil,
            hasEnded: try hasEnded(row))
    }

    private func hasEnded(_ row: Row) throws -> Bool {
        guard let until = try row.maybe("one_time_until", as: Instant.self) else { return false }
        return try row.get("must_change", as: Bool.self) && until < clock.now()
    }

    /// Notes that somebody signed in, or that a wrong password was given for them; of wrong ones the first of a quarter of an
    /// hour, so that whoever guesses fills no table. What is older than the installation's rules say is forgotten.
    private func note(_ kind: AccountEvent.Kind, of person: StaffID) async throws {
        let now = clock.now()
        try await database.write { tx in
            let oldest = now.adding(seconds: -(try AccountPolicy.current(tx).signInSeconds))
            try tx.run(
                """
                DELETE FROM account_event WHERE kind IN \(list: AccountEvent.Kind.signIns.map(\.rawValue))
                  AND at < \(oldest)
                """)
            let isNoted = try tx.exists(
                """
                SELECT 1 FROM account_event WHERE staff_id = \(person) AND kind = \(kind.rawValue)
                  AND at > \(now.adding(seconds: -AccountEvent.guessSeconds))
                """)
            guard kind != .wrongPassword || !isNoted else { return }
            try AccountEvent.note(tx, kind, of: person, by: nil, at: now)
        }
    }

    /// Name and password alone; `nil` where they are wrong, and where a code is due.
    package func signIn(username: String, password: String) async throws -> SignedIn? {
        guard let unlocked = try await unlock(username: username, password: password) else { return nil }
        return try await signIn(unlocked, code: nil)
    }

    /// Begins a session; `nil` where a code is due and this is none.
    package func signIn(_ unlocked: Unlocked, code: String?) async throws -> SignedIn? {
        guard !unlocked.hasEnded else { return nil }
        if unlocked.codeIsDue {
            guard let code, try await take(code: code, of: unlocked.viewer) else { return nil }
        }
        try await withdrawEndedKeys()
        try await endIdentityOpenings()
        await shutOutBarredColleagues(of: unlocked.viewer)
        await resealSome(for: unlocked.viewer)
        await handOnPersonal(of: unlocked.viewer)
        await findDeciders(by: unlocked.viewer)
        await handOpenings(by: unlocked.viewer)
        let token = SessionToken.random()
        let now = clock.now()
        try await keep(unlocked.viewer, under: token, codeIsDue: false, at: now)
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO account_use (staff_id, signed_in_at, before_at, used_at)
                VALUES (\(unlocked.staff), \(now), \(Optional<Instant>.none), \(now))
                ON CONFLICT (staff_id) DO UPDATE SET before_at = account_use.signed_in_at,
                  signed_in_at = excluded.signed_in_at, used_at = excluded.used_at
                """)
        }
        try await note(.signedIn, of: unlocked.staff)
        return SignedIn(token: token, viewer: unlocked.viewer, mustChange: unlocked.mustChange)
    }

    /// Remembers for five minutes that the password was right, so that the code can be asked for on a page of its own.
    /// The token opens nothing but ``waiting(_:)``.
    package func awaitCode(of unlocked: Unlocked) async throws -> SessionToken {
        let token = SessionToken.random()
        try await keep(unlocked.viewer, under: token, codeIsDue: true, at: clock.now())
        return token
    }

    /// Whose code is awaited; `nil` when the five minutes are over.
    package func waiting(_ token: SessionToken) async throws -> Unlocked? {
        let earliest = clock.now().adding(seconds: -SessionLimits.codeSeconds)
        let row = try await database.read { tx in
            try tx.first(
                """
                SELECT x.sealed_key AS session_key, s.id, s.organ_id, s.must_change, s.one_time_until,
                  (SELECT confirmed_at FROM second_factor f WHERE f.staff_id = s.id) AS factor_since
                FROM session x JOIN staff s ON s.id = x.staff_id
                WHERE x.token_hash = \(token.hash) AND x.code_due = 1 AND s.active = 1 AND x.created_at > \(earliest)
                """)
        }
        // Whose second factor was taken away meanwhile begins anew, with the password.
        guard let row, (try row.maybe("factor_since", as: Instant.self)) != nil else { return nil }
        let id: StaffID = try row.get("id")
        let secret = try Envelope.open(try row.get("session_key"), under: token.sealingKey, binding: .session(id))
        let viewer = Viewer(staff: id, organ: try row.get("organ_id"), privateKey: try PrivateKey(bytes: secret))
        return Unlocked(
            staff: id, viewer: viewer, mustChange: try row.get("must_change"), codeIsDue: true,
            hasEnded: try hasEnded(row))
    }

    /// Writes a session's row. A reset that came meanwhile lets none begin: the key would be the one of before.
    private func keep(
        _ viewer: Viewer, under token: SessionToken, codeIsDue: Bool, at now: Instant
    ) async throws {
        let sealed = try Envelope.seal(
            viewer.privateKey.bytes, under: token.sealingKey, keyID: .random(), binding: .session(viewer.staff),
            padding: .none)
        let publicKey = viewer.privateKey.publicKey.bytes
        try await database.write { tx in
            let policy = try AccountPolicy.current(tx)
            try tx.run(
                """
                DELETE FROM session WHERE created_at < \(now.adding(seconds: -policy.absoluteSeconds))
                  OR (code_due = 1 AND created_at < \(now.adding(seconds: -SessionLimits.codeSeconds)))
                """)
            guard
                try tx.exists(
                    "SELECT 1 FROM staff WHERE id = \(viewer.staff) AND public_key = \(publicKey) AND active = 1")
            else { throw CasefileError.notNow }
            try tx.run(
                """
                INSERT INTO session (token_hash, staff_id, sealed_key, created_at, seen_at, code_due)
                VALUES (\(token.hash), \(viewer.staff), \(sealed), \(now), \(now), \(codeIsDue))
                """)
        }
    }
}
