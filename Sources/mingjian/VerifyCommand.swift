import ArgumentParser
import Casefile

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks all that can be checked without a password; exit code 1 and the first fault if not.")
    @OptionGroup var place: PlaceOptions

    func run() async throws { try await VerifyCommand().execute(at: place.place) }
}

struct VerifyCommand: InstallationCommand {
    static let name = "verify"

    func run(_ installation: Installation) async throws -> CommandAnswer {
        do {
            let tally = try await installation.casefile.verify()
            return CommandAnswer(
                text:
                    "ok: \(tally.reports) reports, \(tally.events) events, \(tally.files) files, "
                    + "\(tally.log.entries) entries")
        } catch let fault as VerifyFault {
            return CommandAnswer(text: fault.description, exitCode: 1)
        }
    }
}
