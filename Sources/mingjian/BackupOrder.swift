import Backups
import Casefile
import Database
import Foundation
import Hummingbird
import Kernel
import Reporting
import Sealing

/// What is told of a backup while it is made.
enum BackupNews: Sendable {
    /// The next bytes of its file.
    case bytes([UInt8])
    case word(Word)

    enum Word: Codable, Sendable {
        /// It is in the book. `others`: other backups of the month are under another passphrase.
        case begun(BackupID, others: Bool)
        case progress(BackupProgress)
        /// All its bytes were given; these files were gone when their turn came.
        case made(gone: [String])
        case refused(String)
    }
}

/// The order to make a backup: carried out by the command, or by the server that owns the data folder.
struct BackupOrder: Codable, Sendable {
    var passphrase: String

    /// Makes it and tells of it, last whether it was made. Where `tell` throws, it is given up.
    func carryOut(_ installation: Installation, _ tell: @escaping @Sendable (BackupNews) throws -> Void) async {
        do {
            try await make(installation.casefile, tell)
        } catch {
            try? tell(.word(.refused(BackupWords.reason(error))))
        }
    }

    private func make(_ casefile: Casefile, _ tell: @escaping @Sendable (BackupNews) throws -> Void) async throws {
        try await casefile.gate.check(passphrase, least: PasswordPolicy.minimumLength)
        let mark = try await casefile.gate.mark(of: passphrase, under: casefile.keys.backup)
        let record = try await casefile.beginBackup(passphrase: mark)
        let others = try await casefile.backups().contains { $0.month == record.month && $0.passphrase != mark }
        try tell(.word(.begun(record.id, others: others)))
        let begun = try await SealedBackup.begin(passphrase: passphrase, gate: casefile.gate) { try tell(.bytes($0)) }
        let keys = casefile.keys.contents
        let plan = BackupPlan(
            without: CasefileSchema.passing.union(ReportingSchema.passing), only: CasefileSchema.lasting,
            instead: CasefileSchema.instead, files: CasefileSchema.lastingFiles)
        let report: @Sendable (BackupProgress) throws -> Void = { try tell(.word(.progress($0))) }
        let (written, files) = try await casefile.database.read { tx in
            var writer = begun
            let files = try writer.rows(
                tx, plan: plan, id: record.id.description, takenAt: record.takenAt.milliseconds, keys: keys, report)
            return (writer, files)
        }
        let folder = casefile.files.folder
        let (filled, gone) = try await onThread {
            var writer = written
            let gone = try writer.files(files, in: folder, report)
            return (writer, gone)
        }
        let missing = try await casefile.stillNamed(gone)
        if let first = missing.first {
            throw BackupFailure(reason: BackupWords.missing(missing.count, first, in: folder))
        }
        try await onThread {
            var writer = filled
            try writer.finish()
        }
        try tell(.word(.made(gone: gone)))
    }

    /// On a thread of its own: the disk, and whoever takes the bytes, may keep it waiting.
    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread { done.resume(with: Result { try work() }) }
        }
    }
}

// MARK: over the socket

extension BackupNews {
    /// One byte of kind, four of length, and the bytes or the word in JSON.
    var framed: [UInt8] {
        get throws {
            let (kind, body): (Character, [UInt8]) =
                switch self {
                case .bytes(let bytes): ("b", bytes)
                case .word(let word): ("w", Array(try JSONEncoder().encode(word)))
                }
            let length = UInt32(truncatingIfNeeded: body.count).bigEndian
            return [kind.asciiValue ?? 0] + withUnsafeBytes(of: length) { Array($0) } + body
        }
    }

    /// Takes the first whole frame away from the bytes that came; nil while it is not whole.
    static func next(from bytes: inout Data) throws -> BackupNews? {
        guard bytes.count >= 5, let kind = bytes.first else { return nil }
        let length = bytes.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 5 + length else { return nil }
        let body = bytes.dropFirst(5).prefix(length)
        defer { bytes = bytes.dropFirst(5 + length) }
        return kind == UInt8(ascii: "b")
            ? .bytes(Array(body)) : .word(try JSONDecoder().decode(Word.self, from: body))
    }
}

extension BackupOrder {
    /// Carries the order out while the answer is written; ends it when the one who asked has gone, or takes nothing.
    func response(_ installation: Installation) -> Response {
        let handoff = Handoff()
        return Response(
            status: .ok,
            body: ResponseBody { writer in
                let making = Task {
                    await carryOut(installation) { news in
                        if case .word(.refused) = news { return try handoff.putLast(try news.framed) }
                        try handoff.put(try news.framed)
                    }
                    handoff.end()
                }
                defer { handoff.end() }
                while let piece = await handoff.next() { try await writer.write(piece) }
                await making.value
                try await writer.finish(nil)
            })
    }
}
