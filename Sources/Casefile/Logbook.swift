import Crypto
package import Database
package import Kernel
package import Sealing
import Synchronization
package import TransparencyLog

/// What is wrong between the database, the files of the log and what was published. Nothing is signed then.
package enum LogbookFault: Error, Hashable, CustomStringConvertible {
    /// More was published than the database knows: it was rolled back.
    case rolledBack(published: UInt64, known: UInt64)
    /// The published head is not the head of these leaves.
    case otherHead(size: UInt64)
    /// A leaf that was given a place is not there.
    case leafMissing(UInt64)
    /// The published head is not signed with the log's key.
    case notOurs

    package var description: String {
        switch self {
        case .rolledBack(let published, let known):
            "the log was published with \(published) entries, and the database knows \(known): it was rolled back"
        case .otherHead(let size): "the head published for \(size) entries is not that of the entries in the database"
        case .leafMissing(let index): "entry \(index) of the log is not in the database"
        case .notOurs: "the published head of the log is not signed with its key"
        }
    }
}

/// The one that gives the leaves their places, writes the tiles and publishes heads. Of several processes one at a time
/// does it: whoever holds the lease in the database.
package final class Logbook: Sendable {
    /// How publishing is done: padded so that a publication tells little of how much was done.
    package struct Policy: Sendable {
        /// Entries are filled up to a multiple of this before a head is published.
        package var multiple: Int
        /// For so long one process keeps the lease, in seconds.
        package var leaseSeconds: Int64

        package init(multiple: Int = 64, leaseSeconds: Int64 = 15) {
            self.multiple = multiple
            self.leaseSeconds = leaseSeconds
        }
    }

    private static let batch = 1000
    private let database: any Database
    private let clock: Clock
    private let folder: TileFolder
    private let seed: SecretKey
    private let policy: Policy
    private let name = Identifier<LogLeafTag>.random().description
    private let state = Mutex<(tree: LogTree?, repaired: UInt64)>((nil, 0))

    private var tree: LogTree? {
        get { state.withLock { $0.tree } }
        set { state.withLock { $0.tree = newValue } }
    }

    /// What had to be written again at the first turn: leaves that had their places, and whose tiles were not there.
    package var repaired: UInt64 { state.withLock { $0.repaired } }

    package init(database: any Database, clock: Clock, folder: String, key: SecretKey, policy: Policy = Policy()) {
        self.database = database
        self.clock = clock
        self.folder = TileFolder(folder)
        seed = key
        self.policy = policy
    }

    /// The key that verifies heads.
    package func key() async throws -> NoteKey { try await signer().key }

    private func signer() async throws -> NoteSigner {
        let origin = try await origin()
        guard let signer = NoteSigner(name: origin, kind: .ed25519, seed: seed.bytes) else {
            throw LogbookFault.notOurs
        }
        return signer
    }

    /// The name of the log: made once, from its key.
    private func origin() async throws -> String {
        let made = try Self.origin(of: seed)
        let now = clock.now()
        return try await database.write { tx in
            try tx.run(
                """
                INSERT INTO log_state (id, origin, size, holder, until) VALUES (1, \(made), 0, '', \(now))
                ON CONFLICT (id) DO NOTHING
                """)
            return try tx.scalar("SELECT origin FROM log_state WHERE id = 1") ?? made
        }
    }

    private static func origin(of seed: SecretKey) throws -> String {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed.bytes).publicKey.rawRepresentation
        return "mingjian.log/" + Hex.encode(SHA256.hash(data: key)).prefix(16)
    }

    /// Takes the lease, or keeps it; false where another process has it.
    private func leads() async throws -> Bool {
        _ = try await origin()
        let (now, me, until) = (clock.now(), name, clock.now().adding(seconds: policy.leaseSeconds))
        let changed = try await database.write { tx in
            try tx.run(
                """
                UPDATE log_state SET holder = \(me), until = \(until)
                WHERE id = 1 AND (holder = \(me) OR until < \(now) OR holder = '')
                """)
        }
        if changed == 0 { tree = nil }
        return changed == 1
    }

    /// Gives up the lease, so that another process goes on at once.
    package func resign() async throws {
        let me = name
        try await database.write { tx in try tx.run("UPDATE log_state SET holder = '' WHERE holder = \(me)") }
        tree = nil
    }

    /// Gives places to the leaves that wait and writes the tiles that they fill. Answers how many; `nil` where another
    /// process does it.
    @discardableResult
    package func integrate() async throws -> Int? {
        let isMine = try await leads()
        return isMine ? try await placeAll() : nil
    }

    private func placeAll() async throws -> Int {
        var tree = try await current()
        var count = 0
        var placed = 0
        repeat {
            let entries = try await place(after: tree.size)
            placed = entries.count
            guard placed > 0 else { break }
            // Had it failed, the places stand in the database, and the tiles are written from there the next time.
            self.tree = nil
            try tree.append(entries)
            self.tree = tree
            count += placed
        } while placed == Self.batch
        return count
    }

    /// Gives places to the leaves that have waited longest, and answers their entries.
    private func place(after size: UInt64) async throws -> [[UInt8]] {
        let (me, most) = (name, Self.batch)
        return try await database.write { tx in
            guard try tx.exists("SELECT 1 FROM log_state WHERE id = 1 AND holder = \(me) AND size = \(Int64(size))")
            else { return [] }
            let rows = try tx.rows("SELECT id, entry FROM log_leaf WHERE idx IS NULL ORDER BY id LIMIT \(most)")
            for (offset, row) in rows.enumerated() {
                let id: String = try row.get("id")
                try tx.run("UPDATE log_leaf SET idx = \(Int64(size) + Int64(offset)) WHERE id = \(id)")
            }
            if !rows.isEmpty {
                try tx.run("UPDATE log_state SET size = \(Int64(size) + Int64(rows.count)) WHERE id = 1")
            }
            return try rows.map { try $0.get("entry") }
        }
    }

    /// The tree as the database has it: from the last published head on, what has a place is appended again.
    private func current() async throws -> LogTree {
        if let tree { return tree }
        let published = try await published()
        var tree = try published.map { try LogTree(folder, goingOnFrom: $0) } ?? LogTree(folder)
        let size: Int64 = try await database.read { try $0.scalar("SELECT size FROM log_state WHERE id = 1") } ?? 0
        guard UInt64(size) >= tree.size else {
            throw LogbookFault.rolledBack(published: tree.size, known: UInt64(size))
        }
        let behind = UInt64(size) - tree.size
        state.withLock { $0.repaired += behind }
        while tree.size < UInt64(size) {
            let from = Int64(tree.size)
            let most = Self.batch
            let entries = try await database.read { tx in
                try tx.rows("SELECT idx, entry FROM log_leaf WHERE idx >= \(from) ORDER BY idx LIMIT \(most)").map {
                    (try $0.get("idx", as: Int64.self), try $0.get("entry", as: [UInt8].self))
                }
            }
            for (offset, entry) in entries.enumerated() where entry.0 != from + Int64(offset) {
                throw LogbookFault.leafMissing(UInt64(from) + UInt64(offset))
            }
            guard !entries.isEmpty else { throw LogbookFault.leafMissing(UInt64(from)) }
            try tree.append(entries.map(\.1))
        }
        self.tree = tree
        return tree
    }

    /// The head that was published last. The file and the database agree on it, or the file is one publication behind,
    /// because the process was killed in between: then it is written again.
    private func published() async throws -> TreeHead? {
        let rows = try await database.read { tx in
            try tx.rows("SELECT size, root, note FROM log_checkpoint ORDER BY size DESC LIMIT 1")
        }
        let file = try read()
        guard let row = rows.first, let root = TreeHash(bytes: try row.get("root", as: [UInt8].self)) else {
            if let file { throw LogbookFault.rolledBack(published: file.head.size, known: 0) }
            return nil
        }
        let head = TreeHead(size: UInt64(try row.get("size", as: Int64.self)), root: root)
        if let file {
            let signer = try await signer()
            guard let note = SignedNote(file.whole), case .holds = signer.key.check(note) else {
                throw LogbookFault.notOurs
            }
            guard file.head.size <= head.size else {
                throw LogbookFault.rolledBack(published: file.head.size, known: head.size)
            }
            let (size, known) = (Int64(file.head.size), file.head.root.bytes)
            let agrees = try await database.read { tx in
                try tx.exists("SELECT 1 FROM log_checkpoint WHERE size = \(size) AND root = \(known)")
            }
            guard agrees else { throw LogbookFault.otherHead(size: file.head.size) }
            if file.head.size == head.size { return head }
        }
        // Written down, and signed or not, and not published: it is published now, with the same signature.
        try await sign(head)
        return head
    }

    private func read() throws -> (head: TreeHead, whole: String)? {
        guard let bytes = try folder.read("checkpoint", most: 64 * 1024) else { return nil }
        let whole = String(decoding: bytes, as: UTF8.self)
        guard let note = SignedNote(whole), let found = Checkpoint(text: note.text) else {
            throw LogFault.torn("checkpoint")
        }
        return (found.head, whole)
    }

    /// Publishes a head over all that was integrated, filled up with cover leaves. `nil` where another process does it.
    @discardableResult
    package func publish() async throws -> TreeHead? {
        let isMine = try await leads()
        return isMine ? try await publishMine() : nil
    }

    private func publishMine() async throws -> TreeHead? {
        _ = try await placeAll()
        let (now, multiple) = (clock.now(), policy.multiple)
        let size = try await current().size
        // At least one leaf more than before, whether anything happened or not.
        let missing = multiple - Int(size % UInt64(multiple))
        try await database.write { tx in for _ in 0..<missing { try LogLeaf.appendCover(at: now, tx) } }
        _ = try await placeAll()
        let tree = try await current()
        try tree.writeEdge()
        let (head, me) = (tree.head, name)
        let isFirst = try await database.write { tx -> Bool in
            guard try tx.exists("SELECT 1 FROM log_state WHERE id = 1 AND holder = \(me) AND size = \(Int64(head.size))"),
                try !tx.exists("SELECT 1 FROM log_checkpoint WHERE size >= \(Int64(head.size))")
            else { return false }
            try tx.run(
                "INSERT INTO log_checkpoint (size, root, at) VALUES (\(Int64(head.size)), \(head.root.bytes), \(now))")
            return true
        }
        if !isFirst { return nil }
        try await sign(head)
        return head
    }

    /// Signs a head that is written down as the only one of its size, and puts it where everybody finds it.
    private func sign(_ head: TreeHead) async throws {
        let signer = try await signer()
        let note = try Checkpoint(origin: signer.key.name, head: head).signed(by: [signer]).whole
        try await database.write { tx in
            try tx.run(
                "UPDATE log_checkpoint SET note = \(note) WHERE size = \(Int64(head.size)) AND root = \(head.root.bytes)"
            )
        }
        try folder.replace("checkpoint", with: Array(note.utf8))
    }
}
