package import Casework
import Database
import Kernel
package import Sealing

/// How long people stay signed in.
package enum SessionLimits {
    /// Without a request.
    package static let idleSeconds: Int64 = 45 * 60
    /// Whatever happens.
    package static let absoluteSeconds: Int64 = 12 * 3600
    /// How often the time of the last request is written down.
    static let touchSeconds: Int64 = 60
}

/// A fresh session: the token is given to the client once and only its hash is stored.
package struct SignedIn: Sendable {
    package var token: SessionToken
    package var viewer: Viewer
    /// A one-time password must be replaced before anything else.
    package var mustChange: Bool
}

/// A signed-in person, as found behind a token.
package struct Session: Sendable {
    package var viewer: Viewer
    package var person: Staff
    /// The world that the same look at the database showed.
    package var world: World
    package var mustChange: Bool
}

extension Casefile {
    /// Opens the private key with the password; `nil` for a wrong name or password, which take the same time.
    package func signIn(username: String, password: String) async throws -> SignedIn? {
        let row = try await database.read { tx in
            try tx.first(
                """
                SELECT id, organ_id, sealed_key, must_change FROM staff
                WHERE username = \(username.lowercased()) AND active = 1
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
            return nil
        }
        let viewer = Viewer(
            staff: try row.get("id"), organ: try row.get("organ_id"), privateKey: try PrivateKey(bytes: secret))
        try await withdrawEndedKeys()
        await shutOutBarredColleagues(of: viewer)
        let token = SessionToken.random()
        let now = clock.now()
        let sealed = try Envelope.seal(
            secret, under: token.sealingKey, keyID: .random(), binding: .session(viewer.staff), padding: .none)
        try await database.write { tx in
            try tx.run("DELETE FROM session WHERE created_at < \(now.adding(seconds: -SessionLimits.absoluteSeconds))")
            try tx.run(
                """
                INSERT INTO session (token_hash, staff_id, sealed_key, created_at, seen_at)
                VALUES (\(token.hash), \(viewer.staff), \(sealed), \(now), \(now))
                """)
        }
        return SignedIn(token: token, viewer: viewer, mustChange: try row.get("must_change"))
    }

    /// The person behind a token; `nil` when it is unknown or has run out.
    package func session(_ token: SessionToken) async throws -> Session? {
        let now = clock.now()
        let pictures = pictures
        let found = try await database.read { tx -> (row: Row, world: World)? in
            let row = try tx.first(
                """
                SELECT x.sealed_key AS session_key, x.created_at AS began, x.seen_at AS seen, s.*,
                  (SELECT version FROM world_version WHERE id = 1) AS world_version
                FROM session x JOIN staff s ON s.id = x.staff_id
                WHERE x.token_hash = \(token.hash) AND s.active = 1
                """)
            guard let row else { return nil }
            return (row, try pictures.current(tx, version: try row.get("world_version")).world)
        }
        guard let (row, world) = found else { return nil }
        let seen: Instant = try row.get("seen")
        let began: Instant = try row.get("began")
        guard seen.adding(seconds: SessionLimits.idleSeconds) > now,
            began.adding(seconds: SessionLimits.absoluteSeconds) > now
        else { return nil }
        let person = try Staff(row: row)
        let secret = try Envelope.open(
            try row.get("session_key"), under: token.sealingKey, binding: .session(person.id))
        if seen.adding(seconds: SessionLimits.touchSeconds) < now {
            try await database.write { tx in
                try tx.run("UPDATE session SET seen_at = \(now) WHERE token_hash = \(token.hash)")
            }
        }
        return Session(
            viewer: Viewer(staff: person.id, organ: person.organ, privateKey: try PrivateKey(bytes: secret)),
            person: person, world: world, mustChange: try row.get("must_change"))
    }

    package func signOut(_ token: SessionToken) async throws {
        try await database.write { tx in try tx.run("DELETE FROM session WHERE token_hash = \(token.hash)") }
    }

    /// Seals the private key under a new password and ends the person's other sessions.
    package func changePassword(
        of session: Session, token: SessionToken, from old: String, to new: String
    ) async throws {
        try PasswordPolicy.check(new)
        guard try await signInKey(session.person.username, old) != nil else {
            throw CasefileError.invalid([FieldFault("old", "wrongPassword")])
        }
        let sealed = try await gate.seal(secret: session.viewer.privateKey.bytes, password: new, cost: passwordCost)
        let id = session.viewer.staff
        try await database.write { tx in
            try tx.run("UPDATE staff SET sealed_key = \(sealed), must_change = 0 WHERE id = \(id)")
            try tx.run("DELETE FROM session WHERE staff_id = \(id) AND token_hash <> \(token.hash)")
        }
    }

    private func signInKey(_ username: String, _ password: String) async throws -> [UInt8]? {
        let sealed: [UInt8]? = try await database.read { tx in
            try tx.scalar("SELECT sealed_key FROM staff WHERE username = \(username)")
        }
        guard let sealed else { return nil }
        do {
            return try await gate.open(sealed, password: password)
        } catch SealingError.wrongKey {
            return nil
        }
    }
}

extension Binding {
    static func session(_ staff: StaffID) -> Binding {
        Binding(report: staff.description, field: "private key", purpose: "session")
    }
}
