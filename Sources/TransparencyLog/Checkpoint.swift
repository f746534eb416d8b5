/// The head of a log as it is published: the text of a signed note (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
    package var origin: String
    package var head: TreeHead
    /// Lines that say more; opaque, and none of ours has any.
    package var extensions: [String]

    package init(origin: String, head: TreeHead, extensions: [String] = []) {
        self.origin = origin
        self.head = head
        self.extensions = extensions
    }

    package var text: String {
        ([origin, String(head.size), head.root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    /// Reads the text of a note; `nil` for what is no checkpoint.
    package init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard text.hasSuffix("\n"), lines.count >= 3, !lines.contains(where: \.isEmpty),
            let size = Self.number(lines[1]), let root = TreeHash(base64: lines[2])
        else { return nil }
        self.init(
            origin: String(lines[0]), head: TreeHead(size: size, root: root),
            extensions: lines.dropFirst(3).map(String.init))
    }

    /// A decimal without leading zeros.
    static func number(_ text: some StringProtocol) -> UInt64? {
        UInt64(text).flatMap { String($0) == text ? $0 : nil }
    }

    /// Signed by the log itself.
    package func signed(by signers: [NoteSigner]) throws -> SignedNote {
        SignedNote(text: text, signatures: try signers.map { try $0.signature(of: text) })
    }
}

/// That an entry is in a log, in a form that is checked without asking anybody (C2SP tlog-proof).
package struct TransparencyProof: Hashable, Sendable {
    package var index: UInt64
    package var path: [TreeHash]
    package var checkpoint: SignedNote
    /// Opaque, and signed by nobody.
    package var extra: [UInt8]?

    package init(index: UInt64, path: [TreeHash], checkpoint: SignedNote, extra: [UInt8]? = nil) {
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
        self.extra = extra
    }

    private static let title = "c2sp.org/tlog-proof@v1"

    package var text: String {
        var lines = [Self.title]
        if let extra { lines.append("extra \(Base64.text(extra))") }
        lines.append("index \(index)")
        lines += path.map(\.base64)
        return lines.map { $0 + "\n" }.joined() + "\n" + checkpoint.whole
    }

    /// Reads such a file; `nil` for what is none.
    package init?(_ text: String) {
        guard let parts = LinesAndNote(text) else { return nil }
        var lines = parts.lines
        guard lines.popFirst() == Self.title else { return nil }
        var extra: [UInt8]?
        if let line = lines.first, line.hasPrefix("extra ") {
            guard let bytes = Base64.bytes(line.dropFirst(6)) else { return nil }
            extra = bytes
            lines = lines.dropFirst()
        }
        guard let line = lines.popFirst(), line.hasPrefix("index "), let index = Checkpoint.number(line.dropFirst(6)),
            lines.count <= 64
        else { return nil }
        let path = lines.compactMap { TreeHash(base64: $0) }
        guard path.count == lines.count else { return nil }
        self.init(index: index, path: path, checkpoint: parts.note, extra: extra)
    }

    /// What a check says.
    package enum Verdict: Hashable, Sendable {
        /// The entry is in the tree whose head the log signed; `seen` names the witnesses that saw it, and when.
        case included(TreeHead, seen: [String: UInt64])
        case notACheckpoint
        /// Of another log.
        case otherOrigin(String)
        /// Not signed with the key, or not by it.
        case notSigned
        /// The path does not lead from this entry to the head.
        case notIncluded
    }

    /// Checks it for an entry, with nothing but keys.
    package func check(_ entry: [UInt8], key: NoteKey, witnesses: [NoteKey] = []) -> Verdict {
        guard let found = Checkpoint(text: checkpoint.text) else { return .notACheckpoint }
        guard found.origin == key.name else { return .otherOrigin(found.origin) }
        guard case .holds = key.check(checkpoint) else { return .notSigned }
        guard Proof.includes(.leaf(entry), at: index, path: path, in: found.head) else { return .notIncluded }
        var seen: [String: UInt64] = [:]
        for witness in witnesses {
            if case .holds(let time?) = witness.check(checkpoint) { seen[witness.name] = time }
        }
        return .included(found.head, seen: seen)
    }
}
