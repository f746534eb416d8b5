import ArgumentParser
import Backups
import Casefile
import DatabaseSQLite
import Foundation
import Sealing

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes everything, keys included, into one file sealed under this month's passphrase.",
        discussion: """
            Taken from one moment of the database while the server goes on. Whoever has the file and the passphrase has \
            the installation. Each month needs a passphrase of its own: what was deleted is gone from a month's backups \
            once that is destroyed.
            """)

    @OptionGroup var place: PlaceOptions
    @Argument(help: "The file to write; one that is there is replaced when the new one is whole.") var file: String
    @Option(help: "A file with the month's passphrase on its one line; - for standard input.") var passphraseFile:
        String

    func run() async throws {
        let order = BackupOrder(passphrase: try PassphraseFile.read(passphraseFile))
        let course = try BackupCourse(file)
        let installation: Installation?
        do { installation = try await Installation.open(place.place, create: false) } catch OwnerLockError.held {
            installation = nil
        } catch {
            course.abandon()
            throw error
        }
        guard let installation else {
            let client = ControlClient(path: place.place.socket)
            do { try client.follow(order, course) } catch { course.fail(error) }
            return try await course.end { try client.send(SettleBackupCommand.name, try JSONEncoder().encode($0)) }
        }
        await order.carryOut(installation, course.take)
        do { try await course.end { try await $0.run(installation) } } catch {
            await installation.close()
            throw error
        }
        await installation.close()
    }
}

/// The file that a backup becomes, and how far it is.
final class BackupCourse: Sendable {
    private struct State {
        var id: BackupID?
        var gone: [String]?
        var failure: (any Error)?
    }

    private let file: PartialFile
    private let line = ProgressLine()
    private let stop = StopSignal()
    private let state = Guarded(State())

    /// From here on Ctrl-C is answered in order.
    init(_ path: String) throws { file = try PartialFile(path) }

    /// Throws when it is not to go on.
    func take(_ news: BackupNews) throws {
        if case .word(.begun(let id, _)) = news { state.change { $0.id = id } }
        try goOn()
        do {
            switch news {
            case .bytes(let bytes): try file.write(bytes)
            case .word(.begun(_, let others)): if others { line.note(BackupWords.otherPassphrase) }
            case .word(.progress(let progress)):
                line.show {
                    "\(progress.rows) of \(progress.ofRows) rows, \(progress.files) of \(progress.ofFiles) files, "
                        + "\(self.file.size / 1_000_000) MB"
                }
            case .word(.made(let gone)): state.change { $0.gone = gone }
            case .word(.refused(let reason)): fail(BackupFailure(reason: reason))
            }
        } catch {
            fail(error)
            throw error
        }
    }

    /// Throws when somebody pressed Ctrl-C; not before it is known which backup is to be withdrawn.
    func goOn() throws {
        guard stop.isSet, state.value.id != nil else { return }
        let error = BackupFailure(reason: "Stopped.")
        fail(error)
        throw error
    }

    /// The first failure is the one to tell.
    func fail(_ error: any Error) { state.change { $0.failure = $0.failure ?? error } }

    func abandon() { file.abandon() }

    /// Puts the file in its place, or removes what there is of it, and has the book say so. The book forgets a backup
    /// only where nothing is left of it: what it forgets is not waited for when a destruction is called complete.
    func end(_ settle: (SettleBackupCommand) async throws -> CommandAnswer) async throws {
        let now = state.value
        do {
            if let failure = now.failure { throw failure }
            guard let id = now.id, let gone = now.gone else { throw BackupFailure(reason: BackupWords.cutOff) }
            let made = try file.finish()
            line.end()
            for name in gone { print("gone meanwhile\t\(name)") }
            print("backup\t\(file.path)\t\(made.bytes) bytes\tSHA-256 \(made.digest)")
            let answer = try await settle(SettleBackupCommand(id: id, file: made))
            if answer.exitCode != 0 { throw BackupFailure(reason: answer.text) }
        } catch {
            line.end()
            let remains = file.abandon()
            guard let id = now.id else { throw BackupFailure(reason: BackupWords.reason(error)) }
            if remains == .nothing { _ = try? await settle(SettleBackupCommand(id: id, file: nil)) }
            throw BackupFailure(reason: "\(BackupWords.reason(error)) \(BackupWords.left(remains, of: file.path))")
        }
    }
}

/// Records that a backup lies in its place, or that nothing was left of it.
struct SettleBackupCommand: InstallationCommand {
    static let name = "settle-backup"
    var id: BackupID
    var file: BackupFile?

    func run(_ installation: Installation) async throws -> CommandAnswer {
        if let file {
            try await installation.casefile.finishBackup(id, file: file)
        } else {
            try await installation.casefile.withdrawBackup(id)
        }
        return CommandAnswer(text: "")
    }
}
