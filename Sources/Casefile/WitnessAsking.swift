import Database
import Kernel
package import TransparencyLog

/// The log's side of being witnessed (C2SP tlog-witness).
extension Casefile {
    /// What to send to a witness now: the last published head, and that it goes on from the one it signed last. `nil` where
    /// nothing was published, or it has signed this one.
    package func witnessRequest(for witness: NoteKey) async throws -> WitnessRequest? {
        let folder = TileFolder(logFolder)
        guard let bytes = try folder.read("checkpoint", most: 1 << 20),
            let note = SignedNote(String(decoding: bytes, as: UTF8.self)),
            let head = Checkpoint(text: note.text)?.head
        else { return nil }
        if case .holds = witness.check(note) { return nil }
        let key = witness.text
        let old = UInt64(
            try await database.read { try $0.scalar("SELECT size FROM log_witness WHERE key = \(key)", as: Int64.self) }
                ?? 0)
        guard old <= head.size else { return nil }
        guard let path = try TileReader(folder, size: head.size).consistency(from: old) else { return nil }
        let names = try await logKeys().map(\.name)
        let own = SignedNote(text: note.text, signatures: note.signatures.filter { names.contains($0.name) })
        return WitnessRequest(old: old, path: path, checkpoint: own)
    }

    /// What came of a witness's answer.
    package enum WitnessOutcome: Sendable { case signed, askAgain, refused }

    /// Takes a witness's answer to a request; what it refuses, and a signature that does not hold, raises an alarm.
    package func take(
        _ status: Int, _ body: String, of witness: NoteKey, to request: WitnessRequest
    ) async throws -> WitnessOutcome {
        guard let head = Checkpoint(text: request.checkpoint.text)?.head else { return .refused }
        let name = witness.name
        switch status {
        case 200:
            let lines = body.split(separator: "\n").compactMap { SignedNote.Signature(line: $0) }
            var note = request.checkpoint
            note.signatures += lines.filter { $0.name == name }
            guard case .holds(let time?) = witness.check(note) else {
                _ = try await raiseLogAlarm(about: name, LogTrouble(.signature))
                return .refused
            }
            try await attach(note, of: witness, head: head, time: time)
            try await endLogAlarms(about: name)
            return .signed
        case 409:
            // It is elsewhere than was thought. Ahead of us: somebody else signed in our name, or we were rolled back.
            guard let size = UInt64(body.trimmingCharacters()), size != request.old else { break }
            guard size <= head.size else { break }
            try await settle(witness, at: size, seen: nil)
            return .askAgain
        default: break
        }
        _ = try await raiseLogAlarm(
            about: name,
            LogTrouble(.refused, ["n": "\(head.size)", "status": "\(status)", "said": String(body.prefix(100))]))
        return .refused
    }

    private func attach(_ signed: SignedNote, of witness: NoteKey, head: TreeHead, time: UInt64) async throws {
        let (size, root) = (Int64(clamping: head.size), head.root.bytes)
        let whole = try await database.write { tx -> String? in
            guard
                let known: String = try tx.scalar(
                    "SELECT note FROM log_checkpoint WHERE size = \(size) AND root = \(root)"),
                var note = SignedNote(known), note.text == signed.text
            else { return nil }
            note.signatures.removeAll { $0.name == witness.name }
            note.signatures += signed.signatures.filter { $0.name == witness.name }
            let whole = note.whole
            try tx.run("UPDATE log_checkpoint SET note = \(whole) WHERE size = \(size)")
            let isLast: Bool = try !tx.exists(
                "SELECT 1 FROM log_checkpoint WHERE size > \(size) AND note IS NOT NULL")
            return isLast ? whole : nil
        }
        if let whole { try TileFolder(logFolder).replace("checkpoint", with: Array(whole.utf8)) }
        try await settle(witness, at: head.size, seen: Instant(milliseconds: Int64(clamping: time) * 1000))
    }

    private func settle(_ witness: NoteKey, at size: UInt64, seen: Instant?) async throws {
        let (key, now, size) = (witness.text, clock.now(), Int64(clamping: size))
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO log_witness (key, size, seen_at, tried_at) VALUES (\(key), \(size), \(seen), \(now))
                ON CONFLICT (key) DO UPDATE SET size = excluded.size, tried_at = excluded.tried_at,
                  seen_at = COALESCE(excluded.seen_at, log_witness.seen_at)
                """)
        }
    }
}

extension String {
    fileprivate func trimmingCharacters() -> String { String(filter { !$0.isWhitespace }) }
}
