import Crypto

/// Entries of a log that are opened to somebody, each with the proof that it is in the log: one block for each entry, with
/// an empty line between them.
///
///     event BASE64
///     salt BASE64
///     c2sp.org/tlog-proof@v1
///     …
///
/// The entry is `HMAC-SHA256(salt, event)`. Nothing is needed to check it but the log's key.
package struct OpenedEntries: Hashable, Sendable {
    package struct Opened: Hashable, Sendable {
        /// As it was entered: RFC 8785 JSON.
        package var event: [UInt8]
        package var salt: [UInt8]
        package var proof: TransparencyProof

        package init(event: [UInt8], salt: [UInt8], proof: TransparencyProof) {
            self.event = event
            self.salt = salt
            self.proof = proof
        }

        package var entry: [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: event, using: SymmetricKey(data: salt)))
        }
    }

    package var all: [Opened]

    package init(_ all: [Opened]) { self.all = all }

    package var text: String {
        all.map { "event \(Base64.text($0.event))\nsalt \(Base64.text($0.salt))\n\($0.proof.text)" }
            .joined(separator: "\n")
    }

    /// More blocks, or bytes, are refused.
    private static let most = 10_000
    private static let mostBytes = 64 << 20

    /// Reads such a file; `nil` for what is none, and for one without a block.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.mostBytes else { return nil }
        var blocks: [[Substring]] = []
        // By bytes: no mark that joins what stands before it hides the end of a line.
        for line in text.utf8.split(separator: 10, omittingEmptySubsequences: false) {
            let line = Substring(line)
            if line.hasPrefix("event ") {
                guard blocks.count < Self.most else { return nil }
                blocks.append([])
            }
            guard !blocks.isEmpty else { return nil }
            blocks[blocks.count - 1].append(line)
        }
        var all: [Opened] = []
        for block in blocks {
            // What follows the last end of a line, and the empty line between two blocks.
            guard block.count > 3, block.last == "", block[1].hasPrefix("salt "),
                let event = Base64.bytes(block[0].dropFirst(6)), let salt = Base64.bytes(block[1].dropFirst(5)),
                salt.count == 32, let proof = TransparencyProof(block[2...].dropLast().map { $0 + "\n" }.joined())
            else { return nil }
            all.append(Opened(event: event, salt: salt, proof: proof))
        }
        guard !all.isEmpty else { return nil }
        self.all = all
    }
}
