import Casework
import Database
import Kernel
import Sealing
import TransparencyLog

/// What an audit of the log looked at.
package struct LogTally: Sendable, Equatable {
    /// Entries that stand in the tiles.
    package var entries: UInt64 = 0
    /// Events whose leaf opens.
    package var opened = 0
    /// Leaves of events that were lawfully destroyed, with their salts.
    package var destroyed = 0
    package var covers = 0
    /// Leaves that wait for their place.
    package var waiting = 0
}

extension Casefile {
    /// Holds every event against its leaf, every leaf against the tiles, and the tiles against the last published head.
    /// Throws the first ``VerifyFault``. `progress` gets the entries looked at and those there are.
    package func auditLog(
        in folder: String, progress: @escaping @Sendable (UInt64, UInt64) -> Void = { _, _ in }
    ) async throws -> LogTally {
        func fault(_ text: String) -> VerifyFault { VerifyFault(description: "log: \(text)") }
        for subject in LogSubject.allCases {
            let bare: String? = try await database.read { tx in
                try tx.scalar(
                    """
                    SELECT t.id FROM \(raw: subject.rawValue) t
                    WHERE NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.ref = t.id AND l.subject = \(subject.rawValue))
                    ORDER BY t.id LIMIT 1
                    """)
            }
            if let bare { throw fault("\(subject.rawValue) \(bare) has no leaf") }
        }
        let head = try await database.read { tx -> (size: Int64, root: [UInt8])? in
            try tx.first("SELECT size, root FROM log_checkpoint ORDER BY size DESC LIMIT 1").map {
                (try $0.get("size"), try $0.get("root"))
            }
        }
        var tally = LogTally()
        tally.waiting = try await database.read { tx in
            try tx.scalar("SELECT COUNT(*) AS n FROM log_leaf WHERE idx IS NULL") ?? 0
        }
        guard let head else { return tally }
        let files = TileReader(TileFolder(folder), size: UInt64(head.size))
        do {
            let found = try files.check()
            guard found.root.bytes == head.root else { throw fault("the tiles have another head than was published") }
        } catch let error as LogFault { throw fault("\(error)") }
        var next: Int64 = 0
        while next < head.size {
            let bundle: [[UInt8]]
            do {
                bundle = try files.entries(bundle: UInt64(next) / UInt64(TilePath.width))
            } catch let error as LogFault { throw fault("\(error)") }
            let (from, upTo) = (next, next + Int64(bundle.count))
            let part = try await database.read { tx in try Self.hold(bundle, from: from, upTo: upTo, tx) }
            tally.opened += part.opened
            tally.destroyed += part.destroyed
            tally.covers += part.covers
            next = upTo
            tally.entries = UInt64(next)
            progress(UInt64(next), UInt64(head.size))
        }
        return tally
    }

    /// Holds the leaves of one bundle against the entries of the file and the events that they are of.
    private static func hold(
        _ bundle: [[UInt8]], from: Int64, upTo: Int64, _ tx: any Transaction
    ) throws -> LogTally {
        func fault(_ text: String) -> VerifyFault { VerifyFault(description: "log: \(text)") }
        var tally = LogTally()
        let rows = try tx.rows(
            """
            SELECT idx, subject, ref, salt, entry FROM log_leaf WHERE idx >= \(from) AND idx < \(upTo) ORDER BY idx
            """)
        for (offset, entry) in bundle.enumerated() {
            let index = from + Int64(offset)
            guard offset < rows.count, try rows[offset].get("idx", as: Int64.self) == index else {
                throw fault("entry \(index) is not in the database")
            }
            let row = rows[offset]
            guard try row.get("entry", as: [UInt8].self) == entry else {
                throw fault("entry \(index) is not the one that was published")
            }
            guard let subject = LogSubject(rawValue: try row.get("subject")) else {
                tally.covers += 1
                continue
            }
            let ref: String = try row.get("ref")
            guard let bytes = try row.maybe("salt", as: [UInt8].self), let salt = SecretKey(bytes: bytes) else {
                guard subject == .event, try isDestroyed(event: ref, tx) else {
                    throw fault("entry \(index), \(subject.rawValue) \(ref), has lost its salt")
                }
                tally.destroyed += 1
                continue
            }
            guard let event = try LogEvent(subject, ref, tx) else {
                throw fault("\(subject.rawValue) \(ref), entry \(index), is gone")
            }
            guard LogLeaf.entry(event, salt: salt) == entry else {
                throw fault("\(subject.rawValue) \(ref) was changed since it was entered as \(index)")
            }
            tally.opened += 1
        }
        return tally
    }

    private static func isDestroyed(event: String, _ tx: any Transaction) throws -> Bool {
        try tx.exists(
            """
            SELECT 1 FROM event e JOIN report r ON r.id = e.report_id
            WHERE e.id = \(event) AND r.stage = \(Standing.destroyed)
            """)
    }
}
