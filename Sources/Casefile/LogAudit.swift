import Casework
import Database
import Kernel
import Sealing
import TransparencyLog

/// What an audit of the log looked at.
package struct LogTally: Sendable, Equatable {
    /// Entries that stand in the tiles of the last published head.
    package var entries: UInt64 = 0
    /// Leaves that open to their event.
    package var opened = 0
    /// Leaves of events that were lawfully destroyed, with their salts.
    package var destroyed = 0
    package var covers = 0
    /// Leaves that stand in no published head yet; they were held against their events too.
    package var waiting = 0
    /// Published heads that were found in the tiles.
    package var heads = 0
}

extension Casefile {
    /// Holds every event against its leaf, every leaf against the tiles, every published head against the tiles, and the
    /// last one's signature against the log's key. Throws the first ``VerifyFault``. `progress` gets the leaves looked at
    /// and those there are, and throws to stop.
    package func auditLog(
        progress: @escaping @Sendable (Int, Int) throws -> Void = { _, _ in }
    ) async throws -> LogTally {
        for subject in LogSubject.allCases {
            let bare: String? = try await database.read { tx in
                try tx.scalar(
                    """
                    SELECT t.id FROM \(raw: subject.rawValue) t
                    WHERE NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.ref = t.id AND l.subject = \(subject.rawValue))
                    ORDER BY t.id LIMIT 1
                    """)
            }
            if let bare { throw LogAudit.fault("\(subject.rawValue) \(bare) has no leaf") }
        }
        let head = try await publishedHead()
        var tally = LogTally()
        tally.entries = head.map(\.size) ?? 0
        let count = try await database.read { try $0.scalar("SELECT COUNT(*) FROM log_leaf", as: Int.self) } ?? 0
        if let head {
            tally.heads = try await auditHeads(head)
            try await auditEntries(head) { try progress(Int($0), count + Int(head.size)) }
        }
        let already = Int(head?.size ?? 0)
        var last = ""
        var looked = 0
        while true {
            let after = last
            let (part, end) = try await database.read { tx in
                try LogAudit.leaves(after: after, published: head?.size, tx)
            }
            tally.opened += part.opened
            tally.destroyed += part.destroyed
            tally.covers += part.covers
            tally.waiting += part.waiting
            guard let end else { break }
            last = end
            looked = min(looked + LogAudit.batch, count)
            try progress(already + looked, count + already)
        }
        return tally
    }

    /// The head that was published last, signed with the log's key, written down, and in the tiles. `nil` before the first.
    private func publishedHead() async throws -> TreeHead? {
        // The file first: a head is written down before it is published.
        let file = try await LogAudit.telling { try TileFolder(logFolder).read("checkpoint", most: 1 << 20) }
        let written = try await database.read { tx -> (size: Int64, root: [UInt8])? in
            try tx.first("SELECT size, root FROM log_checkpoint WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1").map
            {
                (try $0.get("size"), try $0.get("root"))
            }
        }
        return try await LogAudit.telling {
            guard let bytes = file else {
                if let written { throw LogAudit.fault("the published head for \(written.size) entries is missing") }
                return nil
            }
            guard let note = SignedNote(String(decoding: bytes, as: UTF8.self)),
                let head = Checkpoint(text: note.text)?.head
            else { throw LogFault.torn("checkpoint") }
            let isOurs = try await logKeys().contains { if case .holds = $0.check(note) { true } else { false } }
            guard isOurs else { throw LogAudit.fault(LogbookFault.notOurs.description) }
            guard let written, written.size >= Int64(clamping: head.size) else {
                let known = UInt64(written?.size ?? 0)
                throw LogAudit.fault(LogbookFault.rolledBack(published: head.size, known: known).description)
            }
            return head
        }
    }

    /// Every head that was ever published is the head of the beginning of these tiles.
    private func auditHeads(_ head: TreeHead) async throws -> Int {
        let (published, files) = (Int64(clamping: head.size), TileReader(TileFolder(logFolder), size: head.size))
        let rows = try await database.read { tx in
            try tx.rows("SELECT size, root FROM log_checkpoint WHERE size <= \(published) ORDER BY size")
        }
        guard try rows.last?.get("root", as: [UInt8].self) == head.root.bytes else {
            throw LogAudit.fault(LogbookFault.otherHead(size: head.size).description)
        }
        try await LogAudit.telling {
            for row in rows {
                let size = UInt64(try row.get("size", as: Int64.self))
                guard try files.head(of: size).root.bytes == row.get("root", as: [UInt8].self) else {
                    throw LogAudit.fault("the tiles have another head for \(size) entries than was published")
                }
            }
        }
        return rows.count
    }

    /// Every entry in the files hashes into the tiles, and is the one of the database.
    private func auditEntries(_ head: TreeHead, _ progress: @escaping @Sendable (UInt64) throws -> Void) async throws {
        let files = TileReader(TileFolder(logFolder), size: head.size)
        try await LogAudit.telling {
            // Twice through the entries: the files by themselves, then against the database.
            guard try files.check({ try progress($0 / 2) }) == head else {
                throw LogAudit.fault(LogbookFault.otherHead(size: head.size).description)
            }
            var next: UInt64 = 0
            while next < head.size {
                let bundle = try files.entries(bundle: next / UInt64(TilePath.width))
                let (from, upTo) = (Int64(next), Int64(next) + Int64(bundle.count))
                let rows = try await database.read { tx in
                    try tx.rows("SELECT idx, entry FROM log_leaf WHERE idx >= \(from) AND idx < \(upTo) ORDER BY idx")
                }
                for (offset, entry) in bundle.enumerated() {
                    let index = from + Int64(offset)
                    guard offset < rows.count, try rows[offset].get("idx", as: Int64.self) == index else {
                        throw LogAudit.fault("entry \(index) is not in the database", entry: index)
                    }
                    guard try rows[offset].get("entry", as: [UInt8].self) == entry else {
                        throw LogAudit.fault("entry \(index) is not the one that was published", entry: index)
                    }
                }
                next += UInt64(bundle.count)
                try progress(head.size / 2 + next / 2)
            }
        }
    }
}

/// What an audit does in one transaction.
private enum LogAudit {
    static let batch = 500

    static func fault(_ text: String, entry: Int64? = nil) -> VerifyFault {
        VerifyFault(.log, "log: \(text)", entry: entry)
    }

    /// Tells what is wrong with a file as a fault of the audit.
    static func telling<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as LogFault { throw fault("\(error)") }
    }

    /// Holds the next leaves against the events that they are of; answers the row that the last is of, `nil` where none is left.
    static func leaves(
        after last: String, published: UInt64?, _ tx: any Transaction
    ) throws -> (LogTally, String?) {
        var tally = LogTally()
        let rows = try tx.rows(
            """
            SELECT ref, idx, subject, salt, entry FROM log_leaf WHERE ref > \(last) ORDER BY ref LIMIT \(batch)
            """)
        for row in rows {
            let index: Int64? = try row.maybe("idx")
            if index.map({ UInt64($0) < published ?? 0 }) != true { tally.waiting += 1 }
            let place = index.map { "entry \($0)" } ?? "a leaf without a place"
            let kind: String = try row.get("subject")
            if kind == LogLeaf.cover {
                tally.covers += 1
                continue
            }
            let ref: String = try row.get("ref")
            guard let bytes = try row.maybe("salt", as: [UInt8].self), let salt = SecretKey(bytes: bytes) else {
                guard try isDestroyed(kind, ref, tx) else {
                    throw fault("\(place), \(kind) \(ref), has lost its salt", entry: index)
                }
                tally.destroyed += 1
                continue
            }
            guard let subject = LogSubject(rawValue: kind), let event = try LogEvent(subject, ref, tx) else {
                throw fault("\(kind) \(ref), \(place), is gone", entry: index)
            }
            guard try LogLeaf.entry(event, salt: salt) == row.get("entry", as: [UInt8].self) else {
                throw fault("\(kind) \(ref) was changed since it was entered as \(place)", entry: index)
            }
            tally.opened += 1
        }
        return (tally, try rows.last?.get("ref"))
    }

    /// A leaf lost its salt lawfully where its report was destroyed.
    private static func isDestroyed(_ subject: String, _ ref: String, _ tx: any Transaction) throws -> Bool {
        switch subject {
        case LogLeaf.destroyed:
            try tx.exists(
                "SELECT 1 FROM report WHERE id = \(String(ref.suffix(36))) AND stage = \(Standing.destroyed)")
        case LogSubject.event.rawValue:
            try tx.exists(
                """
                SELECT 1 FROM event e JOIN report r ON r.id = e.report_id
                WHERE e.id = \(ref) AND r.stage = \(Standing.destroyed)
                """)
        default: false
        }
    }
}
