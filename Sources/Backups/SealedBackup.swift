import Database
import Foundation
import Kernel
package import Sealing

/// The file around a backup: one line that says what it is, a fresh key sealed under the passphrase, and all else sealed
/// under a key derived from that, in the layout of ``SealedFile``.
package enum SealedBackup {
    static let line = Array("mingjian backup 1\n".utf8)
    private static let sealedKeyLength = 81
    private static let binding = Binding(report: "backup", field: "all", purpose: "mingjian backup 1")

    /// Begins a backup; the file's first bytes go to `put`.
    package static func begin(
        passphrase: String, gate: PasswordGate, cost: PasswordCost = .standard, put: @escaping BackupWriter.Put
    ) async throws -> BackupWriter {
        let key = SecretKey.random()
        let sealed = try await gate.seal(secret: key.bytes, password: passphrase, cost: cost)
        guard sealed.count == sealedKeyLength else { throw SealingError.malformed }
        try put(line + sealed)
        return BackupWriter(
            try SealedChunks(under: key.derived(for: "backup"), keyID: .random(), binding: binding, put), put: put)
    }

    /// Opens a backup's file, or the one that a symbolic link leads to. Throws ``BackupError``, and what the operating
    /// system refused as it is. Nothing but its key and its length is believed yet: ask ``OpenBackup/check(_:)``.
    package static func open(path: String, passphrase: String, gate: PasswordGate) async throws -> OpenBackup {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let start = try FileHandle(forReadingFrom: file)
        defer { try? start.close() }
        let first = Array(try start.read(upToCount: line.count + sealedKeyLength) ?? Data())
        guard first.starts(with: line) else { throw BackupError.notABackup }
        guard first.count == line.count + sealedKeyLength else { throw BackupError.damaged }
        do {
            let opened = try await gate.open(Array(first.dropFirst(line.count)), password: passphrase)
            guard let key = SecretKey(bytes: opened) else { throw BackupError.wrongPassphrase }
            return OpenBackup(
                try SealedFileReader(
                    path: file.path, from: Int64(first.count), under: key.derived(for: "backup"), binding: binding),
                path: file.path)
        } catch SealingError.wrongKey, SealingError.malformed, SealingError.unacceptableCost {
            throw BackupError.wrongPassphrase
        } catch SealingError.tampered, SealingError.unknownVersion, SealingError.unknownAlgorithm {
            throw BackupError.damaged
        }
    }
}

/// A backup whose passphrase is the right one.
package struct OpenBackup: Sendable {
    /// Where its file lies, without symbolic links.
    package let path: String
    private let file: SealedFileReader

    init(_ file: SealedFileReader, path: String) { (self.file, self.path) = (file, path) }

    /// Reads all of it, so that afterwards every byte is known to be the writer's, and keeps nothing. `tell`: how many
    /// of a hundred parts are done.
    package func check(_ tell: (Int) throws -> Void) throws -> BackupHead {
        var check = Check()
        try read(into: &check, tell)
        do { try file.checkPadding() } catch SealingError.tampered { throw BackupError.damaged }
        guard let head = check.found else { throw BackupError.malformed("head") }
        return head
    }

    /// Reads all of it once more and hands it on.
    package func read(into sink: inout some BackupSink, _ tell: (Int) throws -> Void) throws {
        try withoutActuallyEscaping(tell) { tell in
            var index = 0
            var reader = BackupReader { [file] in
                guard index < file.chunkCount else { return nil }
                try tell(index * 100 / file.chunkCount)
                defer { index += 1 }
                do { return try file.chunk(index) } catch SealingError.tampered { throw BackupError.damaged }
            }
            try reader.read(into: &sink)
        }
    }

    private struct Check: BackupSink {
        var found: BackupHead?

        mutating func head(_ head: BackupHead, keys: [String: SecretKey]) { found = head }
        func row(_ values: [Value], of table: BackupHead.Table) {}
        func rowsEnded() {}
        func fileBegan(_ name: String) {}
        func fileBytes(_ bytes: [UInt8]) {}
        func fileEnded() {}
        func fileGone(_ name: String) {}
    }
}
