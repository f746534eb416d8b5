import Crypto
import Foundation
import Hummingbird
import Logging

/// A bare server: takes a body, makes three HPKE seals, writes rows in one synchronous transaction, answers 201.
/// It checks nothing, routes nothing, logs nothing, keeps no indexes: what stands between it and Mingjian is the work.
///
///     peer PORT ROWS BYTES sqlite PATH | postgres URL
@main
enum Peer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let port = Int(arguments[1]), let rows = Int(arguments[2]),
            let bytes = Int(arguments[3]), rows > 0
        else {
            print("usage: peer PORT ROWS BYTES sqlite PATH | postgres URL")
            return
        }
        let store: any Store =
            arguments[4] == "postgres" ? try PostgresStore(arguments[5]) : try SQLiteStore(arguments[5])
        let suite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
        let recipients = (0..<3).map { _ in Curve25519.KeyAgreement.PrivateKey().publicKey }
        let router = Router()
        router.post("/filings") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            var sealed: [UInt8] = []
            for recipient in recipients {
                var sender = try HPKE.Sender(
                    recipientKey: recipient, ciphersuite: suite, info: Data("peer".utf8))
                sealed += sender.encapsulatedKey
                sealed += try sender.seal(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
            }
            sealed += body.readableBytesView
            sealed += [UInt8](repeating: 0, count: max(0, bytes - sealed.count))
            let size = max(1, bytes / rows)
            let pieces = (0..<rows).map { row in Array(sealed.dropFirst(row * size).prefix(size)) }
            try await store.write(pieces)
            return Response(status: .created)
        }
        var logger = Logger(label: "peer")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                FileHandle.standardOutput.write(
                    Data("ready http://127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8))
            }, logger: logger)
        try await application.runService()
    }
}

/// One writer, one transaction for each call, on disk when it returns.
protocol Store: Sendable {
    func write(_ pieces: [[UInt8]]) async throws
}
