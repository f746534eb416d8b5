import ArgumentParser
import DatabaseSQLite
import Entrance
import Foundation
import HTTPTypes
import Hummingbird
import Sealing
import Site

/// What a command says when it has run.
struct CommandAnswer: Codable, Sendable {
    var text: String
    var exitCode: Int32 = 0
}

/// A command that works on an installation: run here, or by the server that owns the data folder.
protocol InstallationCommand: Codable, Sendable {
    static var name: String { get }
    /// Whether the command may make a new installation.
    static var creates: Bool { get }
    /// What sealing a password costs in this command.
    static var cost: PasswordCost { get }
    func run(_ installation: Installation) async throws -> CommandAnswer
}

extension InstallationCommand {
    static var creates: Bool { false }
    static var cost: PasswordCost { .standard }

    /// Runs here, or by the server that owns the place.
    func answer(at place: Place) async throws -> CommandAnswer {
        do {
            let installation = try await Installation.open(place, create: Self.creates, cost: Self.cost)
            do {
                let answer = try await run(installation)
                await installation.close()
                return answer
            } catch {
                await installation.close()
                throw error
            }
        } catch OwnerLockError.held {
            return try ControlClient(path: place.socket).send(Self.name, try JSONEncoder().encode(self))
        }
    }

    /// Runs, prints and exits with the command's code.
    func execute(at place: Place) async throws {
        let answer = try await answer(at: place)
        print(answer.text, terminator: answer.text.hasSuffix("\n") || answer.text.isEmpty ? "" : "\n")
        if answer.exitCode != 0 { throw ExitCode(answer.exitCode) }
    }
}

/// The commands a running server takes over its socket.
enum ControlCommands {
    static let all: [any InstallationCommand.Type] = [
        DemoCommand.self, ImportMessagesCommand.self, ImportListCommand.self, VerifyCommand.self,
        RulesCheckCommand.self, RulesExplainCommand.self,
        ImportWorkingDaysCommand.self, WorkdaysCommand.self,
        LogKeyQuestion.self, LogKeyStep.self, WitnessKeyQuestion.self, WatchLog.self,
        WitnessNext.self, WitnessTold.self,
        ListBackupsCommand.self, DestroyedBackupsCommand.self, SettleBackupCommand.self,
        SealingCommand.self, MarksCommand.self,
    ]

    /// A router for the control socket; the folder's mode keeps others out.
    static func router(_ installation: Installation) -> Router<SiteContext> {
        let router = Router(context: SiteContext.self)
        router.post("/command/:name") { request, context in
            let name = try context.parameter("name")
            guard let type = all.first(where: { $0.name == name }) else { throw HTTPError(.notFound) }
            let body = try await request.body.collect(upTo: 512 * 1024 * 1024)
            let command = try JSONDecoder().decode(type, from: Data(body.readableBytesView))
            let answer: CommandAnswer
            do {
                answer = try await command.run(installation)
            } catch {
                answer = CommandAnswer(text: "\(error)", exitCode: 1)
            }
            return try Response.json(answer)
        }
        router.post("/backup") { request, _ in
            let body = try await request.body.collect(upTo: 64 * 1024)
            let order = try JSONDecoder().decode(BackupOrder.self, from: Data(body.readableBytesView))
            return order.response(installation)
        }
        return router
    }
}

/// Speaks to the server that owns the data folder.
struct ControlClient {
    let path: String

    enum Failure: Error, CustomStringConvertible {
        case noServer(String)
        case broken

        var description: String {
            switch self {
            case .noServer(let path): "Another process owns the data folder but does not answer at \(path)."
            case .broken: "The server's answer was cut off."
            }
        }
    }

    func send(_ name: String, _ body: Data) throws -> CommandAnswer {
        let handle = try ask("/command/\(name)", body)
        defer { close(handle) }
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(handle, &buffer, buffer.count)
            if count <= 0 { break }
            answer.append(contentsOf: buffer.prefix(count))
        }
        guard let end = answer.range(of: Data("\r\n\r\n".utf8)),
            let found = try? JSONDecoder().decode(CommandAnswer.self, from: answer[end.upperBound...])
        else { throw Failure.broken }
        return found
    }

    /// Sends a request and answers the socket on which the server answers.
    func ask(_ path: String, _ body: Data) throws -> Int32 {
        let handle = try connected()
        let head =
            "POST \(path) HTTP/1.1\r\nHost: local\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        do { try write(Data(head.utf8) + body, to: handle) } catch {
            close(handle)
            throw error
        }
        return handle
    }

    private func connected() throws -> Int32 {
        let handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { throw Failure.noServer(path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            close(handle)
            throw Failure.noServer(path)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            close(handle)
            throw Failure.noServer(path)
        }
        return handle
    }

    private func write(_ data: Data, to handle: Int32) throws {
        var sent = 0
        let bytes = [UInt8](data)
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return -1 }
                return Foundation.write(handle, base + sent, bytes.count - sent)
            }
            guard count > 0 else { throw Failure.broken }
            sent += count
        }
    }
}
