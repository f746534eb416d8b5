import Casework
import Database
import Foundation
package import Kernel
import Sealing
import Synchronization

/// Limits of evidence: 20 files of 50 MB a report.
package enum EvidenceLimits {
    package static let files = 20
    package static let bytes: Int64 = 50 * 1024 * 1024
}

/// A file that arrived whole and lies sealed on disk under a key of its own.
package struct StagedFile: Sendable, Codable {
    package var name: String
    package var type: String
    package var size: Int64
    /// SHA-256 of the plain bytes, hexadecimal.
    package var sha256: String
    package var stored: String
    /// SHA-256 of the sealed bytes on disk, hexadecimal: what `verify` can check without a key.
    package var digest: String
    /// The file's own key, in hexadecimal: this value is itself always sealed.
    var key: String
    /// What its commitment is salted with, in hexadecimal, as sealed as the key.
    var salt: String?
}

/// The folder of sealed files. Names there are random; what a file is called stands sealed in the database.
package struct FileStore: Sendable {
    package let folder: String

    package init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func path(_ stored: String) -> String? {
        guard stored.count == 36, stored.allSatisfy({ $0.isHexDigit || $0 == "-" }) else { return nil }
        return "\(folder)/\(stored)"
    }

    /// Begins to receive a file. Nothing is left behind if it is not finished.
    package func receive(name: String) throws -> FileReception {
        let stored = Identifier<SealedTag>.random().description
        guard let path = path(stored) else { throw CasefileError.notFound }
        return try FileReception(name: Self.plainName(name), stored: stored, path: path)
    }

    /// Whether the sealed bytes of this name lie in the folder.
    func has(_ stored: String) -> Bool {
        path(stored).map { FileManager.default.fileExists(atPath: $0) } ?? false
    }

    package func remove(_ stored: String) {
        if let path = path(stored) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The file system shall not tell finer than the day when evidence came, as far as that can be set; the rest is
    /// ``renewOld(now:)``'s.
    static func blurTime(_ path: String) {
        try? FileRenewal.blur(path)
        if let slash = path.lastIndex(of: "/") { try? FileRenewal.blur(String(path[..<slash])) }
    }

    /// Writes the files of past days anew, so that the times that cannot be set tell nothing either. Answers how many.
    /// Blocks on the disk.
    package func renewOld(now: Instant) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { path($0) != nil }
        return try FileRenewal.renew(names, in: folder, now: now.milliseconds / 1000)
    }

    func reader(_ file: StagedFile) throws -> SealedFileReader {
        guard let path = path(file.stored), let bytes = Hex.decode(file.key), let key = SecretKey(bytes: bytes) else {
            throw CasefileError.notFound
        }
        return try SealedFileReader(path: path, under: key, binding: .file(file.stored))
    }

    /// The last part of a name, without anything that could be a path or a control character; at most 120 characters, a
    /// short ending among them.
    package static func plainName(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let clean = last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 && !$0.properties.isBidiControl }
        let text = String(String.UnicodeScalarView(clean)).trimmingCharacters(in: .whitespaces)
        let plain = text.drop { $0 == "." }
        guard plain.count > 120 else { return plain.isEmpty ? "file" : String(plain) }
        let ending = plain.lastIndex(of: ".").map { plain[$0...] }.flatMap { $0.count <= 12 ? String($0) : nil } ?? ""
        return String(plain.dropLast(ending.count).prefix(120 - ending.count)) + ending
    }
}

/// A file on its way in: bytes are sealed as they come.
package final class FileReception: Sendable {
    private let writer: SealedFileWriter
    private let name: String
    private let stored: String
    private let path: String
    private let key: SecretKey
    private let head = HeadBytes()

    init(name: String, stored: String, path: String) throws {
        self.name = name
        self.stored = stored
        self.path = path
        key = .random()
        writer = try SealedFileWriter(path: path, under: key, keyID: .random(), binding: .file(stored))
    }

    /// Throws `.fileTooLarge` over the limit and `.fileType` as soon as the first bytes tell that it is not taken.
    package func append(_ bytes: [UInt8]) throws {
        let total = head.add(bytes)
        guard total <= EvidenceLimits.bytes else { throw CasefileError.fileTooLarge }
        try writer.append(bytes)
    }

    package func finish() throws -> StagedFile {
        guard let type = FileType(firstBytes: head.bytes) else {
            writer.abandon()
            throw CasefileError.fileType
        }
        let summary = try writer.finish()
        FileStore.blurTime(path)
        return StagedFile(
            name: name, type: type.rawValue, size: summary.size, sha256: Hex.encode(summary.sha256), stored: stored,
            digest: Hex.encode(try SealedFile.digest(ofFileAt: path)), key: Hex.encode(key.bytes),
            salt: Commitment.freshSalt())
    }

    package func abandon() { writer.abandon() }
}

/// The first bytes of a stream and how many came in all.
private final class HeadBytes: Sendable {
    private let state = Mutex<(head: [UInt8], total: Int64)>(([], 0))

    var bytes: [UInt8] { state.withLock { $0.head } }

    func add(_ bytes: [UInt8]) -> Int64 {
        state.withLock { state in
            if state.head.count < 512 { state.head += bytes.prefix(512 - state.head.count) }
            state.total += Int64(bytes.count)
            return state.total
        }
    }
}

/// A file's row: its descriptor sealed under the letter key.
struct NewFile: Sendable {
    var id: String
    var stored: String
    var keyID: KeyID
    var author: String
    var day: Day
    var digest: String
    var commitment: String?
    var envelope: [UInt8]

    init(_ file: StagedFile, under key: HeldKey, report: ReportID, author: String, day: Day) throws {
        id = Identifier<SealedTag>.random().description
        stored = file.stored
        digest = file.digest
        commitment = file.commitment
        keyID = key.id
        self.author = author
        self.day = day
        envelope = try Envelope.seal(
            Array(JSONText.encode(file).utf8), under: key.secret, keyID: key.id, binding: .descriptor(report, stored))
    }

    func insert(_ tx: any Transaction, report: ReportID) throws {
        try tx.run(
            """
            INSERT INTO file (id, report_id, stored, key_id, author, day, digest, commitment, envelope)
            VALUES (\(id), \(report), \(stored), \(keyID), \(author), \(day), \(digest), \(commitment), \(envelope))
            """)
    }
}

extension Binding {
    static func file(_ stored: String) -> Binding { Binding(report: stored, field: "file", purpose: "evidence") }
    static func descriptor(_ report: ReportID, _ stored: String) -> Binding {
        Binding(report: report.description, field: stored, purpose: "file descriptor")
    }
}
