package import Casework
import Database
package import Kernel
package import Sealing

package enum SessionTag {}
/// Names a session on a page: the first half of the hash of its token, which leads to nothing.
package typealias SessionName = Identifier<SessionTag>

/// A session as its owner sees it. Nothing tells from where or with what it was begun.
package struct OpenSession: Sendable {
    package var name: SessionName
    package var began: Instant
    package var seen: Instant
    /// The one that looks.
    package var isThis: Bool
}

/// What a person sees of their own account.
package struct AccountView: Sendable {
    package var sessions: [OpenSession]
    package var signedIn: Instant?
    /// The sign-in before.
    package var before: Instant?
    package var secondFactorSince: Instant?
    package var recoveryCodesLeft: Int
    package var policy: AccountPolicy
    package var events: [AccountEvent]
    /// A reset left something that nobody else can open; the password of before the reset still does.
    package var hasKeysOfBefore: Bool
    /// An administrator reset the account and nobody let this person in again yet.
    package var wrongCodesSinceBefore: Int
}

extension Casefile {
    /// One's own account: who looks sees no other.
    package func account(of session: Session, token: SessionToken) async throws -> AccountView {
        let (id, now) = (session.viewer.staff, clock.now())
        return try await database.read { tx in
            let policy = try AccountPolicy.current(tx)
            let sessions = try tx.rows(
                """
                SELECT token_hash, created_at, seen_at FROM session
                WHERE staff_id = \(id) AND code_due = 0 AND seen_at > \(now.adding(seconds: -policy.idleSeconds))
                  AND created_at > \(now.adding(seconds: -policy.absoluteSeconds))
                ORDER BY token_hash = \(token.hash) DESC, created_at DESC, token_hash
                """
            ).compactMap { row -> OpenSession? in
                let hash: [UInt8] = try row.get("token_hash")
                guard let name = SessionName(bytes: hash.prefix(16)) else { return nil }
                return OpenSession(
                    name: name, began: try row.get("created_at"), seen: try row.get("seen_at"),
                    isThis: hash == token.hash)
            }
            let use = try tx.first("SELECT signed_in_at, before_at FROM account_use WHERE staff_id = \(id)")
            let before: Instant? = try use?.maybe("before_at")
            let codes: Int? = try tx.scalar(
                "SELECT COUNT(*) AS n FROM recovery_code WHERE staff_id = \(id) AND used_at IS NULL")
            let wrong: Int? = try tx.scalar(
                """
                SELECT COUNT(*) AS n FROM account_event
                WHERE staff_id = \(id) AND kind = \(AccountEvent.Kind.wrongCode.rawValue) AND at > \(before)
                """)
            return AccountView(
                sessions: sessions, signedIn: try use?.maybe("signed_in_at"), before: before,
                secondFactorSince: try tx.scalar("SELECT confirmed_at FROM second_factor WHERE staff_id = \(id)"),
                recoveryCodesLeft: codes ?? 0, policy: policy,
                events: try AccountEvent.latest(tx, of: id, most: 20),
                hasKeysOfBefore: try tx.exists("SELECT 1 FROM key_before_reset WHERE staff_id = \(id)"),
                wrongCodesSinceBefore: wrong ?? 0)
        }
    }

    /// Ends one of one's own sessions at once; `.notFound` for any other.
    package func end(_ name: SessionName, of session: Session) async throws {
        let (id, now) = (session.viewer.staff, clock.now())
        try await database.write { tx in
            for row in try tx.rows("SELECT token_hash FROM session WHERE staff_id = \(id)") {
                let hash: [UInt8] = try row.get("token_hash")
                guard SessionName(bytes: hash.prefix(16)) == name else { continue }
                try tx.run("DELETE FROM session WHERE token_hash = \(hash)")
                return try AccountEvent.note(tx, .sessionsEnded, of: id, by: id, at: now)
            }
            throw CasefileError.notFound
        }
    }

    /// Ends all of one's own sessions but the one of this token.
    package func endOtherSessions(of session: Session, token: SessionToken) async throws {
        let (id, now) = (session.viewer.staff, clock.now())
        try await database.write { tx in
            let ended = try tx.changes("DELETE FROM session WHERE staff_id = \(id) AND token_hash <> \(token.hash)")
            if ended > 0 { try AccountEvent.note(tx, .sessionsEnded, of: id, by: id, at: now) }
        }
    }

    /// Ends all sessions of somebody whom the viewer looks after; `.notYourAct` for others.
    package func endSessions(of person: StaffID, by viewer: Viewer) async throws {
        let now = clock.now()
        let pictures = pictures
        try await database.write { tx in
            let world = try pictures.current(tx).world
            guard let staff = world.staff[person], world.looksAfter(staff.organ, viewer.staff) else {
                throw CasefileError.notYourAct
            }
            try tx.run("DELETE FROM session WHERE staff_id = \(person)")
            try AccountEvent.note(tx, .sessionsEnded, of: person, by: viewer.staff, at: now)
        }
    }
}
