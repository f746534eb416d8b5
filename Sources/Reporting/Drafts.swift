package import Casefile
package import Database
import Foundation
package import Kernel
import Sealing
package import Site

/// How much may lie in drafts altogether, and for how long.
package struct DraftLimits: Sendable {
    package var count: Int
    package var bytes: Int64
    package var seconds: Int64

    package init(count: Int, bytes: Int64, seconds: Int64) {
        self.count = count
        self.bytes = bytes
        self.seconds = seconds
    }

    /// 5,000 drafts and 20 GB, each for 24 hours after its last change.
    package static let standard = DraftLimits(count: 5000, bytes: 20 << 30, seconds: 86_400)
}

/// Why a draft could not be kept.
package enum DraftError: Error, SiteErrorConvertible {
    /// There are as many drafts as this installation holds.
    case full
    /// Somebody, most likely the same person in another window, changed it at the same time.
    case busy

    package var siteError: SiteError {
        switch self {
        case .full: .unavailable
        case .busy: .conflict(type: "draft-busy", "reporting.errors.busy")
        }
    }
}

/// The drafts of the wizard. Rows hold sealed bytes, sizes and the hour of the last change; no address, no name.
package struct Drafts: Sendable {
    private let database: any Database
    private let files: FileStore
    private let clock: Clock
    private let limits: DraftLimits

    package init(database: any Database, files: FileStore, clock: Clock, limits: DraftLimits) {
        self.database = database
        self.files = files
        self.clock = clock
        self.limits = limits
    }

    enum Found: Sendable {
        case open(Draft)
        /// Sent, or on its way: it cannot be sent again.
        case sent
        case gone
    }

    /// Begins a draft. Throws ``DraftError/full``.
    func begin(_ draft: Draft) async throws -> DraftKey {
        let key = DraftKey.fresh()
        let sealed = try seal(draft, key)
        let (now, limits) = (clock.now().toTheHour, limits)
        try await database.write { tx in
            let count: Int = try tx.scalar("SELECT COUNT(*) FROM draft") ?? 0
            guard count < limits.count, try Self.bytes(tx) + Int64(sealed.count) <= limits.bytes else {
                throw DraftError.full
            }
            try tx.run(
                """
                INSERT INTO draft (id, sealed, version, size, state, updated_at)
                VALUES (\(key.id), \(sealed), 1, \(sealed.count), 'open', \(now))
                """)
        }
        return key
    }

    /// What the cookie leads to; `.gone` also for a key that does not open.
    func find(_ key: DraftKey) async throws -> Found { try await load(key).found }

    /// Changes a draft and answers how it stands now; edits that meet are done one after the other.
    @discardableResult
    func change(_ key: DraftKey, _ edit: @Sendable (inout Draft) throws -> Void) async throws -> Draft {
        try await change(key, edit, beside: { _ in })
    }

    /// Keeps a file that arrived. Throws `.tooManyFiles` or ``DraftError/full``; the file is gone then.
    func add(_ staged: StagedFile, to key: DraftKey) async throws {
        let limits = limits
        // Beside the sealed draft stands a size class: enough for the cap.
        let size = SealedFile.sizeClass(of: staged.size)
        do {
            try await change(key) { draft in
                guard draft.files.count < EvidenceLimits.files else { throw CasefileError.tooManyFiles }
                var file = staged
                file.name = draft.freeName(staged.name)
                draft.files.append(file)
            } beside: { tx in
                guard try Self.bytes(tx) + size <= limits.bytes else { throw DraftError.full }
                try tx.run(
                    """
                    INSERT INTO draft_file (stored, draft_id, size) VALUES (\(staged.stored), \(key.id), \(size))
                    """)
            }
        } catch {
            files.remove(staged.stored)
            throw error
        }
    }

    /// Takes a file out again, from the disk too.
    func remove(_ stored: String, from key: DraftKey) async throws {
        try await change(key) { draft in
            guard draft.files.contains(where: { $0.stored == stored }) else { throw CasefileError.notFound }
            draft.files.removeAll { $0.stored == stored }
        } beside: { tx in
            try tx.run("DELETE FROM draft_file WHERE stored = \(stored) AND draft_id = \(key.id)")
        }
        files.remove(stored)
    }

    /// Throws an open draft away with its files; one that was sent is left alone.
    func discard(_ key: DraftKey) async throws {
        guard case .open = try await find(key) else { return }
        let stored = try await database.write { tx -> [String] in
            guard try tx.exists("SELECT 1 FROM draft WHERE id = \(key.id) AND state = 'open'") else { return [] }
            let stored = try tx.rows("SELECT stored FROM draft_file WHERE draft_id = \(key.id)").map {
                try $0.get("stored", as: String.self)
            }
            try tx.run("DELETE FROM draft_file WHERE draft_id = \(key.id)")
            try tx.run("DELETE FROM draft WHERE id = \(key.id)")
            return stored
        }
        for name in stored { files.remove(name) }
    }

    /// Whether there is room for one more file of the largest size.
    func hasRoom() async throws -> Bool {
        let limits = limits
        return try await database.read { tx in try Self.bytes(tx) + EvidenceLimits.bytes <= limits.bytes }
    }

    /// The sealed files that drafts hold, for ``Casefile/sweepFiles(keeping:)``.
    package func storedFiles() async throws -> Set<String> {
        try await database.read { tx in
            Set(try tx.rows("SELECT stored FROM draft_file").map { try $0.get("stored", as: String.self) })
        }
    }

    /// Forgets drafts whose time is over and answers how many. Their files are then nobody's, and
    /// ``Casefile/sweepFiles(keeping:)`` removes them: it alone knows which of them became evidence in the meantime.
    @discardableResult
    package func sweep() async throws -> Int {
        let before = clock.now().adding(seconds: -limits.seconds)
        return try await database.write { tx in
            try tx.run(
                "DELETE FROM draft_file WHERE draft_id IN (SELECT id FROM draft WHERE updated_at < \(before))")
            return try tx.changes("DELETE FROM draft WHERE updated_at < \(before)")
        }
    }

    // MARK: Sending

    /// Takes the draft out of reach of a second sending; `nil` where that has happened already. From here on it is
    /// either ``sent(_:)`` or ``release(_:)``; after a crash in between it stays closed, since nobody can tell.
    func claim(_ key: DraftKey) async throws -> Draft? {
        let loaded = try await load(key)
        guard case .open(let draft) = loaded.found else { return nil }
        let now = clock.now().toTheHour
        let claimed = try await database.write { tx in
            try tx.changes(
                """
                UPDATE draft SET state = 'sending', updated_at = \(now)
                WHERE id = \(key.id) AND state = 'open' AND version = \(loaded.version)
                """)
        }
        return claimed == 1 ? draft : nil
    }

    /// The filing was refused: the draft is as it was.
    func release(_ key: DraftKey) async throws {
        try await database.write { tx in
            try tx.run("UPDATE draft SET state = 'open' WHERE id = \(key.id) AND state = 'sending'")
        }
    }

    /// The filing is done: nothing of the draft is kept but that it was sent. Its files are the report's.
    func sent(_ key: DraftKey) async throws {
        let empty: [UInt8] = []
        try await database.write { tx in
            try tx.run("DELETE FROM draft_file WHERE draft_id = \(key.id)")
            try tx.run("UPDATE draft SET state = 'sent', sealed = \(empty), size = 0 WHERE id = \(key.id)")
        }
    }

    /// Whether it was sent, or began to be, in this hour or in the last ten minutes of the hour before: rows know no
    /// finer time.
    func isJustSent(_ key: DraftKey) async throws -> Bool {
        let now = clock.now()
        let at: Instant? = try await database.read { tx in
            try tx.scalar("SELECT updated_at FROM draft WHERE id = \(key.id) AND state <> 'open'")
        }
        return at.map { now < $0.adding(seconds: 4200) } ?? false
    }

    // MARK: Sealed rows

    @discardableResult
    private func change(
        _ key: DraftKey, _ edit: @Sendable (inout Draft) throws -> Void,
        beside: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Draft {
        let now = clock.now().toTheHour
        for _ in 0..<8 {
            let loaded = try await load(key)
            guard case .open(var draft) = loaded.found else { break }
            try edit(&draft)
            let sealed = try seal(draft, key)
            let isDone = try await database.write { tx in
                let changed = try tx.changes(
                    """
                    UPDATE draft SET sealed = \(sealed), size = \(sealed.count), version = version + 1,
                      updated_at = \(now)
                    WHERE id = \(key.id) AND version = \(loaded.version) AND state = 'open'
                    """)
                if changed == 1 { try beside(tx) }
                return changed == 1
            }
            if isDone { return draft }
        }
        throw DraftError.busy
    }

    private func load(_ key: DraftKey) async throws -> (found: Found, version: Int) {
        let before = clock.now().adding(seconds: -limits.seconds)
        let row = try await database.read { tx in
            try tx.first(
                "SELECT sealed, version, state FROM draft WHERE id = \(key.id) AND updated_at >= \(before)")
        }
        guard let row else { return (.gone, 0) }
        guard try row.get("state", as: String.self) == "open" else { return (.sent, 0) }
        guard let plain = try? Envelope.open(try row.get("sealed"), under: key.secret, binding: .draft(key.id)) else {
            return (.gone, 0)
        }
        return (.open(try JSONDecoder().decode(Draft.self, from: Data(plain))), try row.get("version"))
    }

    private func seal(_ draft: Draft, _ key: DraftKey) throws -> [UInt8] {
        try Envelope.seal(
            Array(try JSONEncoder().encode(draft)), under: key.secret, keyID: .random(), binding: .draft(key.id))
    }

    private static func bytes(_ tx: any Transaction) throws -> Int64 {
        let texts: Int64 = try tx.scalar("SELECT CAST(COALESCE(SUM(size), 0) AS INTEGER) FROM draft") ?? 0
        let files: Int64 = try tx.scalar("SELECT CAST(COALESCE(SUM(size), 0) AS INTEGER) FROM draft_file") ?? 0
        return texts &+ files
    }
}

extension Binding {
    fileprivate static func draft(_ id: DraftID) -> Binding {
        Binding(report: id.description, field: "answers", purpose: "draft")
    }
}
