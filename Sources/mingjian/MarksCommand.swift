import ArgumentParser
import Casefile

/// `mingjian marks`: letters are found by others that say the same without waiting for a quiet minute.
struct Marks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Puts the marks of letters that came lately where they are found by others that say the same, at once.",
        discussion: "The server does it by itself a minute after the last letter came, and every few thousand letters.")
    @OptionGroup var place: PlaceOptions

    func run() async throws { try await MarksCommand().execute(at: place.place) }
}

/// Counts nothing in its answer: how many letters came is for those who may read them.
struct MarksCommand: InstallationCommand {
    static let name = "marks"

    func run(_ installation: Installation) async throws -> CommandAnswer {
        while try await installation.casefile.putMarks() > 0 {}
        return CommandAnswer(text: "ok")
    }
}
