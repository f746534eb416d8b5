import Crypto
import Database
import Kernel
import Sealing
package import TransparencyLog

extension Casefile {
    /// The name of the log: made once, from its first key, and kept when that is changed. `nil` before it was opened.
    package func logOrigin() async throws -> String? {
        try await database.read { try $0.scalar("SELECT origin FROM log_state WHERE id = 1") }
    }

    /// The keys that check heads of the log: one, or two while it is being changed. None before it was opened.
    package func logKeys() async throws -> [NoteKey] { try await logSigners().map(\.key) }

    func logSigners() async throws -> [NoteSigner] {
        guard let origin = try await logOrigin() else { return [] }
        return try keys.logSigners.map { seed in
            guard let signer = NoteSigner(name: origin, kind: .ed25519, seed: seed.bytes) else {
                throw LogbookFault.notOurs
            }
            return signer
        }
    }

    /// Writes down that a key of the log was made, or ended.
    package func enterLogKey(_ act: KeyEvent.Act, _ key: NoteKey?) async throws {
        let event = KeyEvent(act, at: clock.now(), detail: key?.text ?? "")
        try await database.write { tx in try event.insert(tx) }
    }

    /// After a restore, which brings no files of the log: writes tiles and head from the database. Nobody else may be there.
    package func rebuildLog() async throws {
        guard try await logOrigin() != nil else { return }
        let book = Logbook(self, policy: .init(isAlone: true))
        try await book.integrate()
        try await book.resign()
    }

    /// Opens the log where it is not yet: gives it its name.
    package func openLog() async throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: keys.log.bytes).publicKey.rawRepresentation
        let origin = "mingjian.log/" + Hex.encode(SHA256.hash(data: key)).prefix(16)
        let now = clock.now()
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO log_state (id, origin, size, holder, until) VALUES (1, \(origin), 0, '', \(now))
                ON CONFLICT (id) DO NOTHING
                """)
        }
    }
}
