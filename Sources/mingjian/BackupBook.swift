import ArgumentParser
import Casefile
import Foundation
import Kernel

struct BackupBook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backups", abstract: "Lists the backups, or records that the passphrase of a month was destroyed.")

    @OptionGroup var place: PlaceOptions
    @Option(help: "Record that the passphrase of this month (such as 2026-11) was destroyed.") var destroyed: String?
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
        guard let destroyed else { return try await ListBackupsCommand().execute(at: place.place) }
        guard let month = Month(destroyed) else { throw ValidationError("The month is written as in 2026-11.") }
        FileHandle.standardError.write(
            Data(
                """
                This records that nobody has the passphrase of \(month) any more, on paper or in any file, so that no \
                backup of that month can ever be opened again. Deletions that waited for it will be called complete. \
                Mingjian cannot check it: it is your word. It cannot be taken back, and no more backups of \(month) are \
                made.\n
                """.utf8))
        if !yes {
            FileHandle.standardError.write(Data("Type \(month) to record it: ".utf8))
            guard readLine() == month.description else { throw BackupFailure(reason: "Nothing was recorded.") }
        }
        let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
        try await DestroyedBackupsCommand(month: month.description, user: user).execute(at: place.place)
    }
}

struct ListBackupsCommand: InstallationCommand {
    static let name = "backups"

    func run(_ installation: Installation) async throws -> CommandAnswer {
        let records = try await installation.casefile.backups()
        let lines = records.map { record in
            let state =
                if let at = record.destroyedAt, let by = record.destroyedBy {
                    "passphrase destroyed \(at.shortText), says \(by)"
                } else if record.file == nil {
                    "not known to be finished"
                } else {
                    "exists"
                }
            return [
                record.month.description, record.takenAt.shortText, "passphrase \(record.passphrase.prefix(6))",
                record.file.map { "\($0.bytes) bytes" } ?? "-", record.file?.digest ?? "-", state,
            ].joined(separator: "\t")
        }
        return CommandAnswer(text: lines.isEmpty ? "There is no backup." : lines.joined(separator: "\n"))
    }
}

struct DestroyedBackupsCommand: InstallationCommand {
    static let name = "destroyed-backups"
    var month: String
    var user: String

    func run(_ installation: Installation) async throws -> CommandAnswer {
        do {
            guard let month = Month(month) else { return CommandAnswer(text: "No such month.", exitCode: 1) }
            let count = try await installation.casefile.destroyBackups(of: month, by: user)
            return CommandAnswer(text: "recorded: \(count) backups of \(month) cannot be opened any more")
        } catch let refusal as BackupRefusal {
            return CommandAnswer(text: BackupWords.reason(refusal), exitCode: 1)
        }
    }
}
