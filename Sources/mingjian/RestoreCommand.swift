import ArgumentParser
import Backups
import Casefile
import Database
import DatabaseSQLite
import Foundation
import Kernel
import Reporting
import Sealing

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lays a backup out into empty places: data folder, keys folder, database.")

    @OptionGroup var place: PlaceOptions
    @Argument(help: "The backup.") var file: String
    @Option(help: "A file with its passphrase on its one line; - for standard input.") var passphraseFile: String

    func run() async throws {
        do { try await restore(try PassphraseFile.read(passphraseFile)) } catch let error as BackupError {
            throw BackupFailure(reason: BackupWords.reason(error))
        } catch let error as SealingError {
            throw BackupFailure(reason: BackupWords.reason(error))
        }
    }

    private func restore(_ passphrase: String) async throws {
        let place = place.place
        try await checkEmpty(place)
        let line = ProgressLine()
        let backup = try await SealedBackup.open(path: file, passphrase: passphrase, gate: PasswordGate())
        let head = try backup.check { part in line.show { "checking: \(part) %" } }
        let known = Set((CasefileSchema.migrations + ReportingSchema.migrations).map(\.id))
        guard head.schema.allSatisfy(known.contains) else {
            throw BackupFailure(reason: "A newer program wrote this backup. Nothing was written; install that program.")
        }

        let restored = try await layOut(backup, head, place, line)
        line.end()
        try await finish(head, restored, place, from: backup.path)
    }

    /// What was laid out, and how many approvals of destructions were taken back.
    private typealias Restored = (tally: RestoreTally, approvals: Int)

    /// Makes the folders and owns them while it fills them.
    private func layOut(
        _ backup: OpenBackup, _ head: BackupHead, _ place: Place, _ line: ProgressLine
    ) async throws -> Restored {
        try FileManager.default.createDirectory(
            atPath: place.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: place.keys).deletingLastPathComponent(), withIntermediateDirectories: true)
        let lock = place.databaseURL == nil ? try OwnerLock(path: place.lock) : nil
        let database = try await place.openDatabase()
        do {
            let restored = try await load(backup, head, into: database, place, line)
            await database.close()
            withExtendedLifetime(lock) {}
            return restored
        } catch {
            await database.close()
            throw error
        }
    }

    /// Refuses a place where anything is.
    private func checkEmpty(_ place: Place) async throws {
        func names(_ path: String) -> Set<String> {
            Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
        }
        guard names(place.data).subtracting(["owner.lock"]).isEmpty else { throw RestoreRefusal.inUse(place.data) }
        guard names(place.keys).isEmpty else { throw RestoreRefusal.inUse(place.keys) }
        guard place.databaseURL != nil else { return }
        let database = try await place.openDatabase()
        let isEmpty = try await database.read { try $0.tables().isEmpty }
        await database.close()
        guard isEmpty else { throw RestoreRefusal.databaseInUse }
    }

    /// Until the last step all of it is marked as half restored, which every command refuses to open.
    private func load(
        _ backup: OpenBackup, _ head: BackupHead, into database: any Database, _ place: Place, _ line: ProgressLine
    ) async throws -> Restored {
        try await database.write { try HalfRestored.mark($0) }
        let schema = Set(head.schema)
        try await migrate(
            database, CasefileSchema.migrations.filter { schema.contains($0.id) },
            ReportingSchema.migrations.filter { schema.contains($0.id) })
        return try await database.write { tx in
            let loader = try tx.loading {
                var loader = BackupLoader(tx, files: place.files, keys: place.keys)
                try backup.read(into: &loader) { part in line.show { "restoring: \(part) %" } }
                return loader
            }
            let approvals = try Casefile.withdrawApprovals(tx)
            try HalfRestored.clear(tx)
            return (loader.tally, approvals)
        }
    }

    /// Brings the schema up to date, and records the backup that this came from, which could not record itself.
    private func finish(
        _ head: BackupHead, _ restored: Restored, _ place: Place, from file: String
    ) async throws {
        let installation = try await Installation.open(place, create: false)
        if let id = BackupID(head.id) {
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int64
            let digest = Hex.encode(try SealedFile.digest(ofFileAt: file))
            try await installation.casefile.finishBackup(id, file: BackupFile(bytes: size ?? 0, digest: digest))
        }
        try await installation.casefile.rebuildLog()
        await installation.close()
        let tally = restored.tally
        for name in tally.gone { print("was gone when the backup was taken\t\(name)") }
        for name in tally.strangers { print("not a table of this program, left out\t\(name)") }
        print(
            "restored: \(tally.rows) rows, \(tally.files) files, taken \(Instant(milliseconds: head.takenAt).shortText)"
        )
        print(
            "Sessions, drafts and cut uploads are not in a backup: everybody signs in anew. Backups taken later than this"
        )
        print(
            "one, and passphrases destroyed since, are not in the list of `mingjian backups`. Run `mingjian verify` now."
        )
        guard restored.approvals > 0 else { return }
        print(
            """
            Approvals of destructions that were not carried out yet (\(restored.approvals)) were taken back: a refusal or a \
            hold since this backup is not in it. Have the lists gone through and approved again.
            """)
    }
}

/// Why a place is not restored into.
enum RestoreRefusal: Error, CustomStringConvertible {
    case inUse(String)
    case databaseInUse

    var description: String {
        switch self {
        case .inUse(let path):
            "\(path) is not empty. A backup is restored into empty places only; nothing was read or written."
        case .databaseInUse:
            """
            The database holds tables already. A backup is restored into an empty one only; nothing was read or written.
            """
        }
    }
}
