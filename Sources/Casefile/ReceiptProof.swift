import Casework
import Database
import Kernel
import Sealing
package import TransparencyLog

extension Casefile {
    /// What the holder of a receipt may show to anybody: the filing, and the acts that were announced to them, each opened
    /// and proven to be in the log as it was published last. `nil` as long as the filing stands in no published head.
    ///
    /// The first entry's proof has as its extra bytes the key that opens ``SentDigest``.
    package func proof(for holder: ReceiptHolder) async throws -> OpenedEntries? {
        let casefile = self
        let folder = TileFolder(logFolder)
        guard let bytes = try folder.read("checkpoint", most: 1 << 20),
            let note = SignedNote(String(decoding: bytes, as: UTF8.self)),
            let head = Checkpoint(text: note.text)?.head
        else { return nil }
        let (found, salt) = try await database.read { tx in
            let open = try OpenReport.load(tx, for: holder, casefile: casefile)
            return (
                try casefile.announced(open, below: head.size, tx),
                open.firstLetterKey.map { SentDigest.salt($0.secret) }
            )
        }
        guard found.first?.isFiling == true else { return nil }
        let tiles = TileReader(folder, size: head.size)
        return OpenedEntries(
            try found.map { leaf in
                guard let path = try tiles.inclusion(of: leaf.index) else { throw CasefileError.notFound }
                return OpenedEntries.Opened(
                    event: leaf.event, salt: leaf.salt,
                    proof: TransparencyProof(
                        index: leaf.index, path: path, checkpoint: note, extra: leaf.isFiling ? salt?.bytes : nil))
            })
    }

    /// Whether ``proof(for:)`` has something.
    func isProven(_ open: OpenReport, _ tx: any Transaction) throws -> Bool {
        try tx.exists(
            """
            SELECT 1 FROM event e JOIN log_leaf l ON l.ref = e.id AND l.subject = 'event'
            WHERE e.report_id = \(open.stored.id) AND e.seq = 1
              AND l.idx < (SELECT MAX(size) FROM log_checkpoint WHERE note IS NOT NULL)
            """)
    }

    private struct Announced {
        var event: [UInt8]
        var salt: [UInt8]
        var index: UInt64
        var isFiling: Bool
    }

    /// The filing, everything that the reporter did, every text that was written to them, and every opening of their
    /// identity: what the page behind the receipt shows. Without what stands in no published head yet.
    private func announced(
        _ open: OpenReport, below size: UInt64, _ tx: any Transaction
    ) throws -> [Announced] {
        let report = open.stored.id
        var told: Set<Int> = Set(try openTexts(open, tx).filter { Self.isConversation($0.field) }.map(\.sequence))
        told.formUnion(open.stored.standing.done.filter { $0.isAgreement(to: "open-identity") }.map(\.sequence))
        let rows = try tx.rows(
            """
            SELECT e.id, e.seq, e.actor, l.idx, l.salt FROM event e
            JOIN log_leaf l ON l.ref = e.id AND l.subject = 'event'
            WHERE e.report_id = \(report) AND l.idx < \(Int64(clamping: size)) AND l.salt IS NOT NULL ORDER BY e.seq
            """)
        return try rows.compactMap { row in
            let sequence: Int = try row.get("seq")
            let isReporters = try row.get("actor", as: String.self) == "reporter"
            guard sequence == 1 || isReporters || told.contains(sequence),
                let event = try LogEvent(.event, try row.get("id"), tx)
            else { return nil }
            return Announced(
                event: event.json.bytes, salt: try row.get("salt"), index: UInt64(try row.get("idx", as: Int64.self)),
                isFiling: sequence == 1)
        }
    }
}
