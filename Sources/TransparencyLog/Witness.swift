/// What a log sends to a witness: a new checkpoint, and that it only goes on from the one seen last (C2SP tlog-witness,
/// add-checkpoint).
package struct WitnessRequest: Hashable, Sendable {
    package var old: UInt64
    package var path: [TreeHash]
    package var checkpoint: SignedNote

    package init(old: UInt64, path: [TreeHash], checkpoint: SignedNote) {
        self.old = old
        self.path = path
        self.checkpoint = checkpoint
    }

    package var text: String {
        "old \(old)\n" + path.map { $0.base64 + "\n" }.joined() + "\n" + checkpoint.whole
    }

    /// Reads the body of a request; `nil` for what is none.
    package init?(_ text: String) {
        guard let parts = LinesAndNote(text) else { return nil }
        var lines = parts.lines
        guard let line = lines.popFirst(), line.hasPrefix("old "), let old = Checkpoint.number(line.dropFirst(4)),
            lines.count <= 63
        else { return nil }
        let path = lines.compactMap { TreeHash(base64: $0) }
        guard path.count == lines.count else { return nil }
        self.init(old: old, path: path, checkpoint: parts.note)
    }
}

/// What a witness knows of a log: its keys, and the head that it cosigned last.
package struct WitnessedLog: Hashable, Sendable {
    package var origin: String
    package var keys: [NoteKey]
    package var last: TreeHead

    package init(origin: String, keys: [NoteKey], last: TreeHead = .empty) {
        self.origin = origin
        self.keys = keys
        self.last = last
    }

    package enum Verdict: Hashable, Sendable {
        /// To be cosigned, once it is on the disk that this is the last head.
        case goesOn(TreeHead)
        /// No checkpoint, or an old size above the new (400).
        case malformed
        /// Of another log (404).
        case unknown
        /// By none of the keys (403).
        case notSigned
        /// The witness is at another size (409); it is told.
        case elsewhere(UInt64)
        /// Another tree of the same size (409): the log has two stories.
        case forked
        /// The path does not lead from the last head to this one (422).
        case inconsistent
    }

    /// Judges a request; nothing changes by it.
    package func judge(_ request: WitnessRequest) -> Verdict {
        guard let checkpoint = Checkpoint(text: request.checkpoint.text) else { return .malformed }
        guard checkpoint.origin == origin else { return .unknown }
        let checks = keys.map { $0.check(request.checkpoint) }
        guard checks.contains(where: { if case .holds = $0 { true } else { false } }), !checks.contains(.broken) else {
            return .notSigned
        }
        guard request.old <= checkpoint.head.size else { return .malformed }
        guard request.old == last.size else { return .elsewhere(last.size) }
        if checkpoint.head.size == last.size, checkpoint.head.root != last.root { return .forked }
        guard Proof.isConsistent(last, with: checkpoint.head, path: request.path) else { return .inconsistent }
        return .goesOn(checkpoint.head)
    }
}
