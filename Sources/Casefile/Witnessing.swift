import Database
package import Kernel
import Sealing
package import TransparencyLog

/// The superior's side: this installation looks at the logs of others, and signs that it saw them go on (C2SP tlog-witness,
/// tlog-cosignature).
extension Casefile {
    /// A log that is looked at.
    package struct Watched: Sendable {
        package var origin: String
        package var keys: [NoteKey]
        package var last: TreeHead
        /// When its last head was cosigned.
        package var at: Instant?
    }

    /// What a log gets for an answer.
    package enum WitnessAnswer: Sendable, Equatable {
        /// The line of the signature.
        case cosigned(String)
        case malformed, unknown, notSigned, inconsistent
        /// The size that this witness is at.
        case elsewhere(UInt64)
    }

    private func witnessSigner() throws -> NoteSigner {
        let seed = keys.log.derived(for: "witness of logs")
        let name = "mingjian.witness/" + Hex.encode(KeyedHash.hmac(key: seed, parts: ["name"]).prefix(8))
        guard let signer = NoteSigner(name: name, kind: .cosignature, seed: seed.bytes) else {
            throw LogbookFault.notOurs
        }
        return signer
    }

    /// The key that checks this installation's signatures as a witness.
    package func witnessKey() throws -> NoteKey { try witnessSigner().key }

    /// Begins to look at a log, or takes a further key of one that is looked at.
    package func watch(_ key: NoteKey) async throws {
        let (origin, line) = (key.name, key.text)
        try await database.write { tx in
            let known: String? = try tx.scalar("SELECT keys FROM watched_log WHERE origin = \(origin)")
            guard let known else {
                try tx.run(
                    """
                    INSERT INTO watched_log (origin, keys, size, root) VALUES (\(origin), \(line), 0, \(TreeHash.empty.bytes))
                    """)
                return
            }
            guard !known.split(separator: "\n").contains(Substring(line)) else { return }
            try tx.run("UPDATE watched_log SET keys = \(known + "\n" + line) WHERE origin = \(origin)")
        }
    }

    /// The logs that are looked at.
    package func watched() async throws -> [Watched] {
        try await database.read { tx in
            try tx.rows("SELECT * FROM watched_log ORDER BY origin").compactMap { try Self.watched($0) }
        }
    }

    private static func watched(_ row: Row) throws -> Watched? {
        guard let root = TreeHash(bytes: try row.get("root", as: [UInt8].self)) else { return nil }
        return Watched(
            origin: try row.get("origin"),
            keys: try row.get("keys", as: String.self).split(separator: "\n").compactMap { NoteKey(String($0)) },
            last: TreeHead(size: UInt64(try row.get("size", as: Int64.self)), root: root), at: try row.maybe("at"))
    }

    /// Judges what a log sends, and signs where it goes on from what was signed last: once that stands on the disk. A log with
    /// two stories, or one that shrank, raises an alarm.
    package func witness(_ text: String) async throws -> WitnessAnswer {
        guard let request = WitnessRequest(text), let origin = Checkpoint(text: request.checkpoint.text)?.origin else {
            return .malformed
        }
        let signer = try witnessSigner()
        let now = clock.now()
        let verdict = try await database.write { tx -> WitnessedLog.Verdict in
            guard let row = try tx.first("SELECT * FROM watched_log WHERE origin = \(origin)"),
                let log = try Self.watched(row)
            else { return .unknown }
            let verdict = WitnessedLog(origin: log.origin, keys: log.keys, last: log.last).judge(request)
            if case .goesOn(let head) = verdict {
                try tx.run(
                    """
                    UPDATE watched_log SET size = \(Int64(clamping: head.size)), root = \(head.root.bytes), at = \(now)
                    WHERE origin = \(origin)
                    """)
            }
            return verdict
        }
        switch verdict {
        case .goesOn:
            try await endLogAlarms(about: origin)
            let seconds = UInt64(max(0, now.milliseconds / 1000))
            return .cosigned(try signer.signature(of: request.checkpoint.text, at: seconds).line)
        case .malformed: return .malformed
        case .unknown: return .unknown
        case .notSigned: return .notSigned
        case .elsewhere(let size):
            // Who asks from an earlier size may have lost an answer. Who has less than was signed has lost entries.
            if let head = Checkpoint(text: request.checkpoint.text)?.head, head.size < size {
                _ = try await raiseLogAlarm(
                    about: origin, LogTrouble(.shrunk, ["n": "\(head.size)", "had": "\(size)"]))
            }
            return .elsewhere(size)
        case .forked:
            _ = try await raiseLogAlarm(about: origin, LogTrouble(.twoHeads))
            return .inconsistent
        case .inconsistent:
            _ = try await raiseLogAlarm(about: origin, LogTrouble(.notGoingOn))
            return .inconsistent
        }
    }
}
