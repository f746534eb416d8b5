package import Casework
import Database
import Kernel
package import Sealing

/// What about sessions is no policy.
package enum SessionLimits {
    /// How often the time of the last request is written down.
    static let touchSeconds: Int64 = 60
    /// How long the code may be awaited after the password.
    package static let codeSeconds: Int64 = 300
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
    /// Whether a second factor is asked for at sign-in.
    package var hasSecondFactor: Bool
    /// Whether the rules ask this person for one.
    package var needsSecondFactor: Bool
    /// A second factor must be set up before anything else.
    package var mustEnrol: Bool { needsSecondFactor && !hasSecondFactor }
}

extension Casefile {
    /// The person behind a token; `nil` when it is unknown, has run out, or still waits for a code.
    package func session(_ token: SessionToken) async throws -> Session? {
        let now = clock.now()
        let pictures = pictures
        let found = try await database.read { tx -> (row: Row, world: World, policy: AccountPolicy)? in
            let row = try tx.first(
                """
                SELECT x.sealed_key AS session_key, x.created_at AS began, x.seen_at AS seen, s.*,
                  (SELECT confirmed_at FROM second_factor f WHERE f.staff_id = s.id) AS factor_since,
                  (SELECT version FROM world_version WHERE id = 1) AS world_version, \(raw: AccountPolicy.columns)
                FROM session x JOIN staff s ON s.id = x.staff_id
                WHERE x.token_hash = \(token.hash) AND x.code_due = 0 AND s.active = 1
                """)
            guard let row else { return nil }
            let world = try pictures.current(tx, version: try row.get("world_version")).world
            return (row, world, try .current(row))
        }
        guard let (row, world, policy) = found else { return nil }
        let seen: Instant = try row.get("seen")
        let began: Instant = try row.get("began")
        guard seen.adding(seconds: policy.idleSeconds) > now, began.adding(seconds: policy.absoluteSeconds) > now
        else { return nil }
        let person = try Staff(row: row)
        let secret = try Envelope.open(
            try row.get("session_key"), under: token.sealingKey, binding: .session(person.id))
        let viewer = Viewer(staff: person.id, organ: person.organ, privateKey: try PrivateKey(bytes: secret))
        // A session that began while the password was reset holds the key of before: it is none.
        guard viewer.privateKey.publicKey.bytes == (try row.get("public_key", as: [UInt8].self)) else { return nil }
        if seen.adding(seconds: SessionLimits.touchSeconds) < now {
            try await database.write { tx in
                try tx.run("UPDATE session SET seen_at = \(now) WHERE token_hash = \(token.hash)")
                try tx.run("UPDATE account_use SET used_at = \(now) WHERE staff_id = \(person.id)")
            }
        }
        let since: Instant? = try row.maybe("factor_since")
        return Session(
            viewer: viewer, person: person, world: world, mustChange: try row.get("must_change"),
            hasSecondFactor: since != nil,
            needsSecondFactor: policy.requiresSecondFactor(of: world.places(of: person.id).map(\.role)))
    }

    package func signOut(_ token: SessionToken) async throws {
        searches.forget(token.hash)
        try await database.write { tx in try tx.run("DELETE FROM session WHERE token_hash = \(token.hash)") }
    }

    /// Seals the private key under a new password and ends the person's other sessions. Without a second factor it is
    /// longer. ``SealingError/weakPassword(_:)`` says why one is not taken.
    package func changePassword(
        of session: Session, token: SessionToken, from old: String, to new: String
    ) async throws {
        let policy = try await accountPolicy()
        try await gate.check(
            new, least: policy.least(withSecondFactor: session.hasSecondFactor), context: session.passwordContext)
        guard try await knows(old, session.person.username) else {
            throw CasefileError.invalid([FieldFault("old", "wrongPassword")])
        }
        let sealed = try await gate.seal(secret: session.viewer.privateKey.bytes, password: new, cost: passwordCost)
        let id = session.viewer.staff
        let publicKey = session.viewer.privateKey.publicKey.bytes
        let now = clock.now()
        try await database.write { tx in
            // A reset meanwhile gave the person another key: it is not overwritten with this one.
            let changed = try tx.changes(
                """
                UPDATE staff SET sealed_key = \(sealed), must_change = 0, one_time_until = NULL
                WHERE id = \(id) AND public_key = \(publicKey)
                """)
            guard changed > 0 else { throw CasefileError.notNow }
            try tx.run("DELETE FROM session WHERE staff_id = \(id) AND token_hash <> \(token.hash)")
            try KeyEvent(.resealed, at: now, person: id, by: id).insert(tx)
            try AccountEvent.note(tx, .passwordChanged, of: id, by: id, at: now)
        }
    }

    /// Whether this is the password of whoever has the session: asked for once more before what weighs.
    package func isPassword(_ password: String, of session: Session) async throws -> Bool {
        try await knows(password, session.person.username)
    }

    /// Whether this is the person's password.
    func knows(_ password: String, _ username: String) async throws -> Bool {
        let sealed: [UInt8]? = try await database.read { tx in
            try tx.scalar("SELECT sealed_key FROM staff WHERE username = \(username)")
        }
        guard let sealed, !password.isEmpty, password.utf8.count <= PasswordPolicy.maximumBytes else { return false }
        do {
            _ = try await gate.open(sealed, password: password)
            return true
        } catch SealingError.wrongKey {
            return false
        }
    }
}

extension Session {
    /// Words that anyone would try who knows this person (SP 800-63B §3.1.1.2).
    var passwordContext: [String] {
        let organ = world.organs[person.organ]
        return [person.username, person.name, person.nameEnglish] + person.aliases
            + [organ?.name, organ?.nameEnglish, organ?.shortName].compactMap { $0 } + (organ?.aliases ?? [])
    }
}

extension Binding {
    static func session(_ staff: StaffID) -> Binding {
        Binding(report: staff.description, field: "private key", purpose: "session")
    }
}
