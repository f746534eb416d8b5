import ArgumentParser
import Casefile
import Foundation
import Kernel
import TransparencyLog

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness", abstract: "Looks at the logs of others, or shows this one to a witness.",
        subcommands: [WitnessKey.self, WitnessAdd.self, WitnessAsk.self])
}

struct WitnessKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Prints the key that checks this installation's signatures as a witness.")
    @OptionGroup var place: PlaceOptions

    func run() async throws { try await WitnessKeyQuestion().execute(at: place.place) }
}

struct WitnessKeyQuestion: InstallationCommand {
    static let name = "witness-key"

    func run(_ installation: Installation) async throws -> CommandAnswer {
        CommandAnswer(text: try installation.casefile.witnessKey().text)
    }
}

struct WitnessAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Looks at a log from now on; a further key of a log that is looked at is taken beside the first.")
    @OptionGroup var place: PlaceOptions
    @Argument(help: "The log's key (name+hash+base64), as `mingjian log key` prints it there.") var key: String

    func validate() throws {
        if NoteKey(key)?.kind != .ed25519 { throw ValidationError("This is not the key of a log.") }
    }

    func run() async throws { try await WatchLog(key: key).execute(at: place.place) }
}

struct WatchLog: InstallationCommand {
    static let name = "witness-add"
    var key: String

    func run(_ installation: Installation) async throws -> CommandAnswer {
        guard let key = NoteKey(key) else { return CommandAnswer(text: "not a key", exitCode: 1) }
        try await installation.casefile.watch(key)
        return CommandAnswer(text: "looking at \(key.name)")
    }
}

/// Shows a witness the heads of this log. It runs beside the server, which itself never calls anybody.
struct WitnessAsk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Shows this log's heads to a witness and keeps its signatures.")
    @OptionGroup var place: PlaceOptions
    @Argument(help: "The witness's address, up to /add-checkpoint and without it.") var url: String
    @Argument(help: "The witness's key, as `mingjian witness key` prints it there.") var key: String
    @Option(help: "Seconds from one time to the next; without it once.") var every: Int?

    func validate() throws {
        if NoteKey(key)?.kind != .cosignature { throw ValidationError("This is not the key of a witness.") }
        guard let address = URL(string: url), ["http", "https"].contains(address.scheme) else {
            throw ValidationError("The address begins with https:// or http://.")
        }
        if let every, every < 1 { throw ValidationError("--every is a number of seconds, from 1 on.") }
    }

    func run() async throws {
        while true {
            let isWell = await once()
            guard let every else {
                if !isWell { throw ExitCode(1) }
                return
            }
            try await Task.sleep(for: .seconds(every))
        }
    }

    /// Asks until the witness has the last head. False where it refused, or could not be asked.
    private func once() async -> Bool {
        do {
            for _ in 0..<4 {
                let next = try await answer(WitnessNext(key: key))
                guard next.exitCode == 0 else {
                    print(next.text)
                    return next.exitCode == WitnessNext.nothing
                }
                let (status, body) = try await post(next.text)
                let told = try await answer(WitnessTold(key: key, request: next.text, status: status, body: body))
                print(told.text)
                if told.exitCode != WitnessTold.again { return told.exitCode == 0 }
            }
        } catch {
            print("the witness could not be asked: \(error)")
        }
        return false
    }

    private func answer(_ command: some InstallationCommand) async throws -> CommandAnswer {
        try await command.answer(at: place.place)
    }

    private func post(_ text: String) async throws -> (Int, String) {
        guard let address = URL(string: url + "/add-checkpoint") else { return (0, "") }
        var request = URLRequest(url: address, timeoutInterval: 30)
        request.httpMethod = "POST"
        request.httpBody = Data(text.utf8)
        request.setValue("text/plain; charset=utf-8", forHTTPHeaderField: "Content-Type")
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        return (status, String(decoding: data.prefix(64 * 1024), as: UTF8.self))
    }
}

/// What to send to a witness now.
struct WitnessNext: InstallationCommand {
    static let name = "witness-next"
    /// The exit code where there is nothing to send.
    static let nothing: Int32 = 3
    var key: String

    func run(_ installation: Installation) async throws -> CommandAnswer {
        guard let key = NoteKey(key), let request = try await installation.casefile.witnessRequest(for: key) else {
            return CommandAnswer(text: "the witness has signed the last head", exitCode: Self.nothing)
        }
        return CommandAnswer(text: request.text)
    }
}

/// What the witness answered.
struct WitnessTold: InstallationCommand {
    static let name = "witness-told"
    /// The exit code where the witness is at another size than was thought: ask again.
    static let again: Int32 = 4
    var key: String
    var request: String
    var status: Int
    var body: String

    func run(_ installation: Installation) async throws -> CommandAnswer {
        guard let key = NoteKey(key), let request = WitnessRequest(request) else {
            return CommandAnswer(text: "not a request", exitCode: 1)
        }
        switch try await installation.casefile.take(status, body, of: key, to: request) {
        case .signed: return CommandAnswer(text: "signed by \(key.name)")
        case .askAgain:
            return CommandAnswer(text: "the witness is at \(body.filter(\.isNumber))", exitCode: Self.again)
        case .refused:
            let said = status == 200 ? "its signature does not hold" : "\(status) \(body.prefix(200))"
            return CommandAnswer(text: "\(key.name) refused: \(said)", exitCode: 1)
        }
    }
}
