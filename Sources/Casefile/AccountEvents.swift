package import Casework
import Database
package import Kernel

package enum AccountEventTag {}
package typealias AccountEventID = Identifier<AccountEventTag>

/// What was done on an account. No address, no device: who, when, what.
package struct AccountEvent: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case signedIn = "signed-in"
        /// A wrong password was given for this account.
        case wrongPassword = "wrong-password"
        case passwordChanged = "password-changed"
        /// An administrator gave a one-time password; keys, sessions and second factor of before are gone.
        case passwordReset = "password-reset"
        case secondFactorOn = "second-factor-on"
        case secondFactorOff = "second-factor-off"
        /// The right password, and then a code that was none: somebody may know the password.
        case wrongCode = "wrong-code"
        case recoveryCodeUsed = "recovery-code-used"
        case recoveryCodesMade = "recovery-codes-made"
        /// Sessions were ended by the person or by an administrator.
        case sessionsEnded = "sessions-ended"
        /// What nobody else could open was opened again with the password of before a reset.
        case keysTakenBack = "keys-taken-back"
        /// The installation's rules for accounts were changed by this person.
        case policyChanged = "policy-changed"

        /// What is remembered of signing in, for a time.
        static let signIns: [Kind] = [.signedIn, .wrongPassword]
    }

    package var at: Instant
    package var kind: Kind
    /// `nil` where nobody had signed in yet.
    package var by: StaffID?

    /// How long a wrong code is remembered, in days: who types badly for years is nobody's concern.
    private static let wrongCodeDays: Int64 = 90
    /// Of wrong passwords of one account the first of so many seconds is noted.
    static let guessSeconds: Int64 = 900

    static func note(
        _ tx: any Transaction, _ kind: Kind, of person: StaffID, by: StaffID?, at now: Instant
    ) throws {
        if kind == .wrongCode {
            try tx.run(
                """
                DELETE FROM account_event WHERE staff_id = \(person) AND kind = \(kind.rawValue)
                  AND at < \(now.adding(seconds: -wrongCodeDays &* 86_400))
                """)
        }
        try tx.run(
            """
            INSERT INTO account_event (id, staff_id, by_id, at, kind)
            VALUES (\(AccountEventID.ordered(at: now)), \(person), \(by), \(now), \(kind.rawValue))
            """)
    }

    static func latest(_ tx: any Transaction, of person: StaffID, most: Int) throws -> [AccountEvent] {
        try tx.rows(
            """
            SELECT at, kind, by_id FROM account_event
            WHERE staff_id = \(person) AND kind <> \(Kind.signedIn.rawValue)
            ORDER BY at DESC, id DESC LIMIT \(most)
            """
        ).compactMap { row in
            guard let kind = Kind(rawValue: try row.get("kind")) else { return nil }
            return AccountEvent(at: try row.get("at"), kind: kind, by: try row.maybe("by_id"))
        }
    }
}

extension Casefile {
    /// Who was given a new key pair by a reset, and when last: whoever lets them in should know.
    package func resetPeople() async throws -> [StaffID: Instant] {
        try await database.read { tx in
            let kind = AccountEvent.Kind.passwordReset.rawValue
            let rows = try tx.rows(
                "SELECT staff_id, MAX(at) AS at FROM account_event WHERE kind = \(kind) GROUP BY staff_id")
            return Dictionary(
                try rows.map { (try $0.get("staff_id", as: StaffID.self), try $0.get("at", as: Instant.self)) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// The day on which an account was used last; `nil` where it never was.
    package func lastUse(of person: StaffID) async throws -> Day? {
        try await database.read { tx in
            let used: Instant? = try tx.scalar("SELECT used_at FROM account_use WHERE staff_id = \(person)")
            return used?.day
        }
    }
}
