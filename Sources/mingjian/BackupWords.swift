import Backups
import Casefile
import Foundation
import Sealing

/// A backup or restore that came to nothing, in words for whoever asked for it.
struct BackupFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

/// What is said about backups.
enum BackupWords {
    static let otherPassphrase = """
        Other backups of this month are under another passphrase. Destroying the month means destroying both.
        """
    static let cutOff = "The server went away before the backup was whole."

    /// What there is of a backup that failed.
    static func left(_ remains: PartialFile.Remains, of path: String) -> String {
        switch remains {
        case .nothing: "Nothing was left behind."
        case .unsure:
            """
            \(path) or \(path).partial may hold all of it or a part: look, and remove what there is. `mingjian backups` \
            lists it as not known to be finished.
            """
        case .whole:
            """
            The backup is whole and in its place, but it could not be recorded as finished. `mingjian backups` lists it \
            as not known to be finished.
            """
        }
    }

    /// Files that the database names were not in the folder.
    static func missing(_ count: Int, _ first: String, in folder: String) -> String {
        """
        \(count) of the files that the database names are not in \(folder), \(first) among them. Is this the data folder? \
        A backup without them would not be whole; `mingjian verify` checks all that should be there.
        """
    }

    /// Why, and what to do.
    static func reason(_ error: any Error) -> String {
        switch error {
        case BackupRefusal.passphraseOf(let month):
            """
            This is the passphrase of \(month). Each month needs one of its own: otherwise destroying that month's \
            would destroy this backup too, or neither. Nothing was written.
            """
        case BackupRefusal.destroyed(let month):
            """
            The passphrase of \(month) was recorded as destroyed: what would be written now could not be told from what \
            is to be gone. The next backup is possible next month. Nothing was written.
            """
        case is Handoff.Stalled:
            """
            Nothing of the backup was taken for \(Handoff.patience) seconds, so it was given up: the database cannot be \
            kept waiting. Was the command stopped, or does the medium hang?
            """
        case BackupRefusal.nothingOf(let month): "There is no backup of \(month) that is not destroyed already."
        case SealingError.weakPassword(let weakness):
            """
            The passphrase is refused (\(weakness.rawValue)): at least \(PasswordPolicy.minimumLength) characters that \
            nobody tries first. Six random words are good.
            """
        case SealingError.system(_, let path, let code):
            "\(path): \(String(cString: strerror(code)))."
        case BackupError.notABackup: "This is no backup of Mingjian. Nothing was written."
        case BackupError.wrongPassphrase:
            "The passphrase is not this backup's, or the file was altered. Nothing was written."
        case BackupError.damaged, BackupError.malformed:
            "The backup was cut or altered: all of it is refused. Take another one."
        case BackupError.unknownLayout: "A newer program wrote this backup. Nothing was written; install that program."
        case BackupError.strangeColumn(let table, let column):
            "The backup has \(table).\(column), which this program does not know."
        case BackupError.tooLarge(let place): "\(place): larger than a backup can hold, or cut while it was read."
        default: "\(error)"
        }
    }
}
