import ArgumentParser
import Sealing

/// `mingjian sealing`: which suite of algorithms new things are sealed with.
struct SealingChoice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sealing",
        abstract:
            "Prints the suite of algorithms that is sealed with, or chooses another for what is sealed from now on.")
    @OptionGroup var place: PlaceOptions
    @Argument(help: "aes-256-gcm or chacha20-poly1305; nothing to print the present one.") var suite: String?

    func run() async throws { try await SealingCommand(suite: suite).execute(at: place.place) }
}

/// What is sealed already stays as it is and opens: it names its suite.
struct SealingCommand: InstallationCommand {
    static let name = "sealing"
    /// Where the choice stands.
    static let setting = "sealing"
    var suite: String?

    func run(_ installation: Installation) async throws -> CommandAnswer {
        if let suite {
            guard let chosen = SealingAlgorithm(name: suite) else {
                return CommandAnswer(text: PlaceError.unknownSuite(suite).description, exitCode: 1)
            }
            try await installation.set(Self.setting, chosen.name)
            SealingAlgorithm.choose(chosen)
        }
        return CommandAnswer(text: SealingAlgorithm.present.name)
    }

    /// Takes up the installation's choice when it is opened; throws for one that this program does not know.
    static func takeUp(_ stored: String?) throws {
        guard let stored else { return }
        guard let chosen = SealingAlgorithm(name: stored) else { throw PlaceError.unknownSuite(stored) }
        SealingAlgorithm.choose(chosen)
    }
}
