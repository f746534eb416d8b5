import Casework
import Database
import Foundation
import Kernel
package import Sealing

/// The second factor: codes of an authenticator app (RFC 6238), and recovery codes on paper. What the server has to
/// check them against is sealed to the person's own key, so that it can be checked after the password opened that key,
/// and a stolen database reveals none of it.
extension Casefile {
    /// Makes a secret that counts only once a code of it was given. `.notNow` where a second factor is on already.
    @discardableResult
    package func beginSecondFactor(of session: Session) async throws -> Authenticator {
        let (fresh, id, now) = (Authenticator.random(), session.viewer.staff, clock.now())
        let secret = try Wrap.seal(
            fresh.bytes, to: session.viewer.privateKey.publicKey, binding: .authenticator(id))
        try await database.write { tx in
            let written = try tx.changes(
                """
                INSERT INTO second_factor (staff_id, secret, begun_at, confirmed_at, last_step)
                VALUES (\(id), \(secret), \(now), \(Optional<Instant>.none), 0)
                ON CONFLICT (staff_id) DO UPDATE SET secret = excluded.secret, begun_at = excluded.begun_at
                WHERE second_factor.confirmed_at IS NULL
                """)
            guard written > 0 else { throw CasefileError.notNow }
        }
        return fresh
    }

    /// The secret that waits for its first code; `nil` where none does.
    package func begunSecondFactor(of session: Session) async throws -> Authenticator? {
        let id = session.viewer.staff
        let secret: [UInt8]? = try await database.read { tx in
            try tx.scalar("SELECT secret FROM second_factor WHERE staff_id = \(id) AND confirmed_at IS NULL")
        }
        guard let secret else { return nil }
        return Authenticator(
            bytes: try Wrap.open(secret, with: session.viewer.privateKey, binding: .authenticator(id)))
    }

    /// Turns the second factor on: with the password and a code of the new secret. Other sessions end. Answers the
    /// recovery codes, for the only time.
    package func confirmSecondFactor(
        of session: Session, token: SessionToken, password: String, code: String
    ) async throws -> [RecoveryCode] {
        let (id, now) = (session.viewer.staff, clock.now())
        guard let begun = try await begunSecondFactor(of: session) else { throw CasefileError.notNow }
        guard let step = begun.step(of: code, at: now, after: nil) else {
            throw CasefileError.invalid([FieldFault("code", "wrongCode")])
        }
        try await demand(password, of: session)
        let (codes, marks) = try freshCodes(of: session.viewer)
        let secret = try Wrap.seal(
            begun.bytes, to: session.viewer.privateKey.publicKey, binding: .authenticator(id))
        try await database.write { tx in
            let written = try tx.changes(
                """
                UPDATE second_factor SET secret = \(secret), confirmed_at = \(now), last_step = \(step)
                WHERE staff_id = \(id) AND confirmed_at IS NULL
                """)
            guard written > 0 else { throw CasefileError.notNow }
            try Self.store(tx, marks, of: id)
            try tx.run("DELETE FROM session WHERE staff_id = \(id) AND token_hash <> \(token.hash)")
            try AccountEvent.note(tx, .secondFactorOn, of: id, by: id, at: now)
        }
        return codes
    }

    /// Turns the second factor off, with the password. `.notYourAct` where the rules ask this person for one;
    /// `.invalid` of `password`, `tooShortAlone`, where it is too short to be the only factor.
    package func removeSecondFactor(of session: Session, token: SessionToken, password: String) async throws {
        guard !session.needsSecondFactor else { throw CasefileError.notYourAct }
        try await demand(password, of: session)
        let least = try await accountPolicy().least(withSecondFactor: false)
        guard password.precomposedStringWithCanonicalMapping.unicodeScalars.count >= least else {
            throw CasefileError.invalid([FieldFault("password", "tooShortAlone")])
        }
        let (id, now) = (session.viewer.staff, clock.now())
        try await database.write { tx in
            try Self.forgetSecondFactor(tx, of: id)
            try tx.run("DELETE FROM session WHERE staff_id = \(id) AND token_hash <> \(token.hash)")
            try AccountEvent.note(tx, .secondFactorOff, of: id, by: id, at: now)
        }
    }

    /// New recovery codes in place of all that were made before, with the password; shown for the only time.
    package func renewRecoveryCodes(of session: Session, password: String) async throws -> [RecoveryCode] {
        guard session.hasSecondFactor else { throw CasefileError.notNow }
        try await demand(password, of: session)
        let (codes, marks) = try freshCodes(of: session.viewer)
        let (id, now) = (session.viewer.staff, clock.now())
        try await database.write { tx in
            guard try tx.exists("SELECT 1 FROM second_factor WHERE staff_id = \(id) AND confirmed_at IS NOT NULL")
            else {
                throw CasefileError.notNow
            }
            try Self.store(tx, marks, of: id)
            try AccountEvent.note(tx, .recoveryCodesMade, of: id, by: id, at: now)
        }
        return codes
    }

    static func forgetSecondFactor(_ tx: any Transaction, of person: StaffID) throws {
        try tx.run("DELETE FROM second_factor WHERE staff_id = \(person)")
        try tx.run("DELETE FROM recovery_code WHERE staff_id = \(person)")
    }

    /// Takes a code of the app, each only once, or strikes out a recovery code. What is neither is noted: the password
    /// that came before it was right.
    func take(code: String, of viewer: Viewer) async throws -> Bool {
        let (id, now) = (viewer.staff, clock.now())
        let found = try await database.read { tx -> (factor: Row, marks: [Row])? in
            guard
                let factor = try tx.first(
                    "SELECT secret, last_step FROM second_factor WHERE staff_id = \(id) AND confirmed_at IS NOT NULL")
            else { return nil }
            let marks = try tx.rows(
                "SELECT position, mark FROM recovery_code WHERE staff_id = \(id) AND used_at IS NULL ORDER BY position")
            return (factor, marks)
        }
        guard let found else { return false }
        let bytes = try Wrap.open(
            try found.factor.get("secret"), with: viewer.privateKey, binding: .authenticator(id))
        if let step = Authenticator(bytes: bytes)?.step(of: code, at: now, after: try found.factor.get("last_step")) {
            // Of two who show the same code at the same moment, one is too late.
            return try await database.write { tx in
                try tx.changes(
                    "UPDATE second_factor SET last_step = \(step) WHERE staff_id = \(id) AND last_step < \(step)") > 0
            }
        }
        if let position = try position(of: code, among: found.marks, viewer) {
            return try await database.write { tx in
                let struck = try tx.changes(
                    """
                    UPDATE recovery_code SET mark = \([UInt8]()), used_at = \(now)
                    WHERE staff_id = \(id) AND position = \(position) AND used_at IS NULL
                    """)
                if struck > 0 { try AccountEvent.note(tx, .recoveryCodeUsed, of: id, by: id, at: now) }
                return struck > 0
            }
        }
        try await database.write { tx in try AccountEvent.note(tx, .wrongCode, of: id, by: nil, at: now) }
        return false
    }

    private func position(of typed: String, among rows: [Row], _ viewer: Viewer) throws -> Int? {
        guard let code = RecoveryCode(typed: typed) else { return nil }
        var found: Int?
        for row in rows {
            let position: Int = try row.get("position")
            let mark = try Wrap.open(
                try row.get("mark"), with: viewer.privateKey, binding: .recoveryCode(viewer.staff, position))
            if code.fits(mark, of: viewer.staff.description, key: keys.index) { found = position }
        }
        return found
    }

    private func freshCodes(of viewer: Viewer) throws -> (codes: [RecoveryCode], marks: [[UInt8]]) {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
        let marks = try codes.enumerated().map { position, code in
            try Wrap.seal(
                code.mark(of: viewer.staff.description, key: keys.index), to: viewer.privateKey.publicKey,
                binding: .recoveryCode(viewer.staff, position))
        }
        return (codes, marks)
    }

    private static func store(_ tx: any Transaction, _ marks: [[UInt8]], of person: StaffID) throws {
        try tx.run("DELETE FROM recovery_code WHERE staff_id = \(person)")
        for (position, mark) in marks.enumerated() {
            try tx.run(
                """
                INSERT INTO recovery_code (staff_id, position, mark, used_at)
                VALUES (\(person), \(position), \(mark), \(Optional<Instant>.none))
                """)
        }
    }

    private func demand(_ password: String, of session: Session) async throws {
        guard try await knows(password, session.person.username) else {
            throw CasefileError.invalid([FieldFault("password", "wrongPassword")])
        }
    }
}

extension Binding {
    static func authenticator(_ staff: StaffID) -> Binding {
        Binding(report: staff.description, field: "secret", purpose: "authenticator")
    }

    static func recoveryCode(_ staff: StaffID, _ position: Int) -> Binding {
        Binding(report: staff.description, field: "\(position)", purpose: "recovery code")
    }
}
