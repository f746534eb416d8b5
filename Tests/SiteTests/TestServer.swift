import Foundation
import Hummingbird
import Logging
import Synchronization

@testable import Site

/// A server on a loopback port of its own, spoken to in raw bytes.
struct TestServer: Sendable {
    let port: Int

    /// Runs the site with these routes for as long as `body` takes.
    static func run(
        _ settings: ShellSettings = ShellSettings(), idle: Int64 = 5,
        routes: (Router<SiteContext>) -> Void, body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let site = SiteRouter(shell: try Shell(settings: settings))
        routes(site.routes)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let application = site.application(
            ServerSettings(address: .hostname("127.0.0.1", port: 0), idleTimeout: .seconds(idle)), logger: logger
        ) { found.yield($0 ?? 0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                for await port in ports {
                    try await body(TestServer(port: port))
                    return
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    struct Answer: Sendable {
        let status: Int
        let head: String
        let body: String

        func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ": ") {
                return String(line.dropFirst(name.count + 2))
            }
            return nil
        }
    }

    /// Sends the pieces, with a pause between them, and reads until the server closes.
    func send(_ pieces: [String], pause: Double = 0, isCut: Bool = false) async -> Answer {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: exchange(pieces, pause, isCut)) }
        }
    }

    /// A whole request; `head` holds the lines after the first.
    func send(_ method: String, _ path: String, _ head: [String] = [], body: String = "") async -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + head
        if !body.isEmpty, !head.contains(where: { $0.hasPrefix("Content-Length") || $0.hasPrefix("Transfer") }) {
            lines.append("Content-Length: \(body.utf8.count)")
        }
        return await send([lines.joined(separator: "\r\n") + "\r\n\r\n" + body])
    }

    private func exchange(_ pieces: [String], _ pause: Double, _ isCut: Bool) -> Answer {
        let bytes = Loopback.exchange(pieces.map { Array($0.utf8) }, port: port, pause, isCut: isCut)
        let text = String(decoding: bytes, as: UTF8.self)
        let halves = text.components(separatedBy: "\r\n\r\n")
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: halves.first ?? "", body: halves.dropFirst().joined(separator: "\r\n\r\n"))
    }
}
