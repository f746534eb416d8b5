import Database
import Kernel
import Sealing
import Synchronization
package import TransparencyLog

/// The one that gives the leaves their places, writes the tiles and publishes heads. Of several processes one at a time
/// does it: whoever holds the lease in the database. One task at a time uses it.
package final class Logbook: Sendable {
    /// How publishing is done, so that a publication tells little of how much was done.
    package struct Policy: Sendable {
        /// Entries are filled up to a multiple of this before a head is published.
        package var multiple: Int
        /// For so long one process keeps the lease, in seconds.
        package var leaseSeconds: Int64
        /// Whether a head is published at its time also where nothing happened.
        package var isSteady: Bool
        /// Whether no other process can be there: then nobody's lease is waited for.
        package var isAlone: Bool

        package init(
            multiple: Int = 16, leaseSeconds: Int64 = 10, isSteady: Bool = true, isAlone: Bool = false
        ) {
            self.multiple = multiple
            self.leaseSeconds = leaseSeconds
            self.isSteady = isSteady
            self.isAlone = isAlone
        }
    }

    private struct State {
        var tree: LogTree?
        var repaired: UInt64 = 0
        var leaseUntil: Instant?
    }

    private static let batch = 1000
    private let casefile: Casefile
    private let database: any Database
    private let folder: TileFolder
    private let policy: Policy
    private let name = Identifier<LogLeafTag>.random().description
    private let state = Mutex(State())

    private var tree: LogTree? {
        get { state.withLock { $0.tree } }
        set { state.withLock { $0.tree = newValue } }
    }

    /// How many entries had to be written into tiles again at the first turn: they had their places, and the tiles were not
    /// there.
    package var repaired: UInt64 { state.withLock { $0.repaired } }

    /// The same, and from then on none; `nil` for none.
    package func takeRepaired() -> UInt64? {
        state.withLock { state in
            defer { state.repaired = 0 }
            return state.repaired > 0 ? state.repaired : nil
        }
    }

    package init(_ casefile: Casefile, policy: Policy = Policy()) {
        self.casefile = casefile
        database = casefile.database
        folder = TileFolder(casefile.logFolder)
        self.policy = policy
    }

    /// Takes the lease, or keeps it; false where another process has it. Written down again when half of it is over.
    private func leads() async throws -> Bool {
        let now = casefile.clock.now()
        let (me, until) = (name, now.adding(seconds: policy.leaseSeconds))
        let isAlone = policy.isAlone
        let half = now.adding(seconds: policy.leaseSeconds / 2)
        if let held = state.withLock({ $0.leaseUntil }), held > half, held <= until { return true }
        if try await casefile.logOrigin() == nil { try await casefile.openLog() }
        let changed = try await database.write { tx in
            try tx.changes(
                """
                UPDATE log_state SET holder = \(me), until = \(until)
                WHERE id = 1 AND (\(isAlone) <> 0 OR holder = \(me) OR until < \(now) OR holder = '')
                """)
        }
        state.withLock { state in
            state.leaseUntil = changed == 1 ? until : nil
            if changed == 0 { state.tree = nil }
        }
        return changed == 1
    }

    /// Gives up the lease, so that another process goes on at once.
    package func resign() async throws {
        let me = name
        state.withLock { ($0.tree, $0.leaseUntil) = (nil, nil) }
        try await database.write { tx in try tx.run("UPDATE log_state SET holder = '' WHERE holder = \(me)") }
    }

    /// Gives places to the leaves that wait and writes the tiles that they fill. Answers how many; `nil` where another
    /// process does it.
    @discardableResult
    package func integrate() async throws -> Int? {
        let isMine = try await leads()
        return isMine ? try await placeAll() : nil
    }

    /// `closing`: the last ones are filled up with cover leaves to a multiple of the policy's, by one at least.
    private func placeAll(closing: Bool = false) async throws -> Int {
        var tree = try await current()
        var count = 0
        var isOpen = closing
        while true {
            let waits = try await database.read { try $0.exists("SELECT 1 FROM log_leaf WHERE idx IS NULL") }
            guard isOpen || waits else { break }
            let entries = try await place(after: tree.size, closing: closing)
            // What waits beyond one batch is placed first.
            isOpen = closing && entries.count == Self.batch
            guard !entries.isEmpty else {
                // Another process has gone on.
                state.withLock { ($0.tree, $0.leaseUntil) = (nil, nil) }
                break
            }
            // Had it failed, the places stand in the database, and the tiles are written from there the next time.
            self.tree = nil
            try tree.append(entries)
            self.tree = tree
            count += entries.count
        }
        return count
    }

    /// Gives places to the leaves that have waited longest, and answers their entries. None where the lease is lost.
    private func place(after size: UInt64, closing: Bool) async throws -> [[UInt8]] {
        let (me, most, multiple, now) = (name, Self.batch, policy.multiple, casefile.clock.now().toTheHour)
        return try await database.write { tx in
            guard try tx.exists("SELECT 1 FROM log_state WHERE id = 1 AND holder = \(me) AND size = \(Int64(size))")
            else { return [] }
            let rows = try tx.rows("SELECT ref, entry FROM log_leaf WHERE idx IS NULL ORDER BY ref LIMIT \(most)")
            for (offset, row) in rows.enumerated() {
                let ref: String = try row.get("ref")
                try tx.run("UPDATE log_leaf SET idx = \(Int64(size) + Int64(offset)) WHERE ref = \(ref)")
            }
            var entries: [[UInt8]] = try rows.map { try $0.get("entry") }
            if closing, rows.count < most {
                let missing = multiple - (Int(size) + rows.count) % multiple
                for _ in 0..<missing {
                    entries.append(try LogLeaf.appendCover(at: now, place: Int64(size) + Int64(entries.count), tx))
                }
            }
            try tx.run("UPDATE log_state SET size = \(Int64(size) + Int64(entries.count)) WHERE id = 1")
            return entries
        }
    }

    /// The tree as the database has it: from the last published head on, what has a place is appended again. Where nothing
    /// of the log is in its folder, as after a restore, all of it is.
    private func current() async throws -> LogTree {
        if let tree { return tree }
        let known = try await known()
        let size = UInt64(
            try await database.read { try $0.scalar("SELECT size FROM log_state WHERE id = 1", as: Int64.self) } ?? 0)
        let file = try Self.read(folder)
        if let file { try await hold(file, against: known?.head) }
        guard size >= known?.head.size ?? 0 else {
            throw LogbookFault.rolledBack(published: known?.head.size ?? 0, known: size)
        }
        var tree = LogTree(folder)
        if let known {
            if file == nil {
                try await append(upTo: known.head.size, to: &tree)
                guard tree.head == known.head else { throw LogbookFault.otherHead(size: known.head.size) }
                try tree.writeEdge()
            } else {
                tree = try LogTree(folder, goingOnFrom: known.head)
            }
            if file?.head != known.head { try await publish(known.head, note: known.note) }
        }
        try await append(upTo: size, to: &tree)
        self.tree = tree
        return tree
    }

    private func append(upTo size: UInt64, to tree: inout LogTree) async throws {
        while tree.size < size {
            let from = Int64(tree.size)
            let upTo = min(Int64(size), from + Int64(Self.batch))
            let entries = try await database.read { tx in
                try tx.rows("SELECT idx, entry FROM log_leaf WHERE idx >= \(from) AND idx < \(upTo) ORDER BY idx").map {
                    (try $0.get("idx", as: Int64.self), try $0.get("entry", as: [UInt8].self))
                }
            }
            for (offset, entry) in entries.enumerated() where entry.0 != from + Int64(offset) {
                throw LogbookFault.leafMissing(UInt64(from) + UInt64(offset))
            }
            guard entries.count == Int(upTo - from) else {
                throw LogbookFault.leafMissing(UInt64(from) + UInt64(entries.count))
            }
            try tree.append(entries.map(\.1))
            let count = UInt64(entries.count)
            state.withLock { $0.repaired += count }
        }
    }

    /// The head that was written down last, and its note if it was signed.
    private func known() async throws -> (head: TreeHead, note: String?)? {
        let row = try await database.read { tx in
            try tx.first("SELECT size, root, note FROM log_checkpoint ORDER BY size DESC LIMIT 1")
        }
        guard let row else { return nil }
        let size = UInt64(try row.get("size", as: Int64.self))
        guard let root = TreeHash(bytes: try row.get("root", as: [UInt8].self)) else {
            throw LogbookFault.otherHead(size: size)
        }
        return (TreeHead(size: size, root: root), try row.maybe("note"))
    }

    /// The published head is signed by us, and is the one written down, or an earlier one: of a process that was killed
    /// before it published.
    private func hold(_ file: (head: TreeHead, note: SignedNote), against known: TreeHead?) async throws {
        let keys = try await casefile.logKeys()
        let isOurs = keys.contains { if case .holds = $0.check(file.note) { true } else { false } }
        guard isOurs else { throw LogbookFault.notOurs }
        guard let known, file.head.size <= known.size else {
            throw LogbookFault.rolledBack(published: file.head.size, known: known?.size ?? 0)
        }
        let (size, root) = (Int64(file.head.size), file.head.root.bytes)
        let agrees = try await database.read { tx in
            try tx.exists("SELECT 1 FROM log_checkpoint WHERE size = \(size) AND root = \(root)")
        }
        guard agrees, try TileReader(folder, size: file.head.size).head() == file.head else {
            throw LogbookFault.otherHead(size: file.head.size)
        }
    }

    private static func read(_ folder: TileFolder) throws -> (head: TreeHead, note: SignedNote)? {
        guard let bytes = try folder.read("checkpoint", most: 1 << 20) else { return nil }
        guard let note = SignedNote(String(decoding: bytes, as: UTF8.self)), let found = Checkpoint(text: note.text)
        else { throw LogFault.torn("checkpoint") }
        return (found.head, note)
    }

    /// Publishes a head over all that was integrated, filled up with cover leaves. `nil` where another process does it, and
    /// where nothing happened and none is due.
    @discardableResult
    package func publish() async throws -> TreeHead? {
        let isMine = try await leads()
        return isMine ? try await publishMine() : nil
    }

    private func publishMine() async throws -> TreeHead? {
        _ = try await placeAll()
        // No time finer than the hour: what the public did stands beside it.
        let now = casefile.clock.now().toTheHour
        let size = try await current().size
        let known = try await known()
        if !policy.isSteady, size == known?.head.size { return nil }
        _ = try await placeAll(closing: true)
        let tree = try await current()
        try tree.writeEdge()
        let (head, me) = (tree.head, name)
        let isFirst = try await database.write { tx -> Bool in
            guard
                try tx.exists("SELECT 1 FROM log_state WHERE id = 1 AND holder = \(me) AND size = \(Int64(head.size))"),
                try !tx.exists("SELECT 1 FROM log_checkpoint WHERE size >= \(Int64(head.size))")
            else { return false }
            try tx.run(
                "INSERT INTO log_checkpoint (size, root, at) VALUES (\(Int64(head.size)), \(head.root.bytes), \(now))")
            return true
        }
        if !isFirst { return nil }
        try await publish(head, note: nil)
        return head
    }

    /// Signs a head that is written down as the only one of its size, if it was not, and puts it where everybody finds it.
    private func publish(_ head: TreeHead, note: String?) async throws {
        var text = note
        if text == nil {
            let signers = try await casefile.logSigners()
            guard let origin = signers.first?.key.name else { throw LogbookFault.notOurs }
            text = try Checkpoint(origin: origin, head: head).signed(by: signers).whole
        }
        guard let text else { return }
        let (size, root) = (Int64(head.size), head.root.bytes)
        try await database.write { tx in
            try tx.run("UPDATE log_checkpoint SET note = \(text) WHERE size = \(size) AND root = \(root)")
        }
        try folder.replace("checkpoint", with: Array(text.utf8))
    }
}
