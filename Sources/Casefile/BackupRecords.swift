import Database
package import Kernel

/// Marks ids of backups.
package enum BackupTag {}
package typealias BackupID = Identifier<BackupTag>

/// A backup that was begun: what this installation knows of copies of itself.
package struct BackupRecord: Sendable, Equatable {
    package var id: BackupID
    /// The month whose key it is under.
    package var month: Month
    /// When it was begun, which is before its snapshot: it holds nothing that was destroyed by then.
    package var takenAt: Instant
    /// A keyed hash of the month's passphrase, in hexadecimal.
    package var passphrase: String
    /// How long the file is, and its SHA-256 in hexadecimal; `nil` where it is not known to have been finished. It may
    /// exist nevertheless.
    package var file: BackupFile?
    /// When, and by which user of the machine, the month's passphrase was said to be destroyed.
    package var destroyedAt: Instant?
    package var destroyedBy: String?
}

/// A finished backup's file.
package struct BackupFile: Sendable, Hashable, Codable {
    package var bytes: Int64
    /// SHA-256 in hexadecimal.
    package var digest: String

    package init(bytes: Int64, digest: String) {
        self.bytes = bytes
        self.digest = digest
    }
}

/// Why a backup is not begun, or not recorded as destroyed.
package enum BackupRefusal: Error, Equatable, Sendable {
    /// The passphrase is that of another month already.
    case passphraseOf(Month)
    /// The passphrase of the present month was destroyed: there are no more backups until the next.
    case destroyed(Month)
    /// There is no backup of that month that is not destroyed.
    case nothingOf(Month)
}

/// The table of backups.
enum BackupSchema {
    static let migration = Migration(
        id: "0017-backups",
        statements: [
            """
            CREATE TABLE backup (
              id TEXT PRIMARY KEY NOT NULL, month TEXT NOT NULL, taken_at INTEGER NOT NULL, passphrase TEXT NOT NULL,
              bytes INTEGER, digest TEXT, destroyed_at INTEGER, destroyed_by TEXT
            ) STRICT
            """,
            "CREATE INDEX backup_month ON backup (month, taken_at)",
        ])
}

extension Casefile {
    /// Records that a backup begins now, under the passphrase with this mark. It counts as one that exists from here
    /// on, until ``withdrawBackup(_:)`` or ``destroyBackups(of:by:)``. Throws ``BackupRefusal``.
    package func beginBackup(passphrase: String) async throws -> BackupRecord {
        let clock = clock
        return try await database.write { tx in
            // Read within the writer's turn: what was destroyed before this moment is not in the snapshot.
            let now = clock.now()
            let record = BackupRecord(
                id: .ordered(at: now), month: Month(now.day), takenAt: now, passphrase: passphrase)
            for other in try Self.backups(tx) {
                if other.month == record.month, other.destroyedAt != nil { throw BackupRefusal.destroyed(other.month) }
                if other.month != record.month, other.passphrase == passphrase {
                    throw BackupRefusal.passphraseOf(other.month)
                }
            }
            try tx.run(
                """
                INSERT INTO backup (id, month, taken_at, passphrase)
                VALUES (\(record.id), \(record.month.description), \(now), \(passphrase))
                """)
            return record
        }
    }

    /// Records that a backup lies whole in its place.
    package func finishBackup(_ id: BackupID, file: BackupFile) async throws {
        try await database.write { tx in
            try tx.run("UPDATE backup SET bytes = \(file.bytes), digest = \(file.digest) WHERE id = \(id)")
        }
    }

    /// Forgets a backup that was given up and of which nothing was left.
    package func withdrawBackup(_ id: BackupID) async throws {
        try await database.write { tx in try tx.run("DELETE FROM backup WHERE id = \(id) AND digest IS NULL") }
    }

    /// Records that the passphrase of a month was destroyed, and with it every backup of that month. `user`: the login
    /// name on the machine of who says so. Answers how many backups these were. Throws ``BackupRefusal``.
    @discardableResult
    package func destroyBackups(of month: Month, by user: String) async throws -> Int {
        let now = clock.now()
        return try await database.write { tx in
            let count = try tx.changes(
                """
                UPDATE backup SET destroyed_at = \(now), destroyed_by = \(user)
                WHERE month = \(month.description) AND destroyed_at IS NULL
                """)
            guard count > 0 else { throw BackupRefusal.nothingOf(month) }
            return count
        }
    }

    /// All backups, the oldest first.
    package func backups() async throws -> [BackupRecord] { try await database.read { try Self.backups($0) } }

    /// The months of which backups exist that were begun by `instant` and not destroyed, the earliest first. Once there
    /// are none, no backup holds what was destroyed at `instant`, which is to be read within the write that destroys.
    package func monthsOfBackups(by instant: Instant) async throws -> [Month] {
        try await database.read { try Self.monthsOfBackups(by: instant, $0) }
    }

    /// As ``monthsOfBackups(by:)``, in a transaction.
    static func monthsOfBackups(by instant: Instant, _ tx: any Transaction) throws -> [Month] {
        try tx.rows(
            "SELECT DISTINCT month FROM backup WHERE taken_at <= \(instant) AND destroyed_at IS NULL ORDER BY month"
        ).map { try month(of: $0) }
    }

    private static func backups(_ tx: any Transaction) throws -> [BackupRecord] {
        try tx.rows("SELECT * FROM backup ORDER BY taken_at, id").map { row in
            var record = BackupRecord(
                id: try row.get("id"), month: try month(of: row), takenAt: try row.get("taken_at"),
                passphrase: try row.get("passphrase"))
            if let bytes: Int64 = try row.maybe("bytes"), let digest: String = try row.maybe("digest") {
                record.file = BackupFile(bytes: bytes, digest: digest)
            }
            record.destroyedAt = try row.maybe("destroyed_at")
            record.destroyedBy = try row.maybe("destroyed_by")
            return record
        }
    }

    private static func month(of row: Row) throws -> Month {
        guard let month = Month(try row.get("month", as: String.self)) else {
            throw DatabaseError.decoding(column: "month", "is no month")
        }
        return month
    }
}
