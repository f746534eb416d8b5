import Crypto
import Kernel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a keys folder cannot be used. Each names the path to look at.
package enum KeysFolderError: Error, Equatable, Sendable {
    /// There are no keys, and this command does not make any.
    case missing(path: String)
    /// Others may enter the folder, or read the file: mode 0700 and 0600 are asked for.
    case loosePermissions(path: String, mode: UInt32)
    /// Some keys are there and these are not: restore them. New ones would make what was sealed unreadable.
    case incomplete(path: String, missing: [String])
    /// Not a folder, or one with other things in it and no keys, where none may be made.
    case notAKeysFolder(path: String)
    /// The file does not hold 64 hexadecimal digits.
    case damaged(path: String)
}

/// The secrets that stand apart from the database, one file each, in a folder of their own.
package struct KeysFolder: Sendable {
    /// Salts the derivation of receipts.
    package let pepper: SecretKey
    /// Keys the hashes that find equal values, such as phone numbers.
    package let index: SecretKey
    /// Signs the transparency log's checkpoints (the seed of its signature key), and names the log for good.
    package let log: SecretKey
    /// Signs instead of ``log`` once the key was changed.
    package private(set) var logSigner: SecretKey?
    /// Signs beside the present one while the key is being changed.
    package private(set) var logNext: SecretKey?
    /// Seals drafts together with the key in the reporter's cookie.
    package let drafts: SecretKey
    /// Marks the passphrases of backups, so that none serves for two months.
    package let backup: SecretKey

    private static let names = ["pepper", "index", "log", "drafts", "backup"]
    private static let signer = "log-signer"
    private static let next = "log-next"

    private init?(_ keys: [SecretKey]) {
        guard keys.count == 5 else { return nil }
        (pepper, index, log, drafts, backup) = (keys[0], keys[1], keys[2], keys[3], keys[4])
    }

    /// The keys by their names, for a backup.
    package var contents: [String: SecretKey] {
        var contents = Dictionary(
            zip(Self.names, [pepper, index, log, drafts, backup]), uniquingKeysWith: { first, _ in first })
        contents[Self.signer] = logSigner
        contents[Self.next] = logNext
        return contents
    }

    /// The seeds that sign heads of the log now: one, or two while the key is being changed.
    package var logSigners: [SecretKey] { [logSigner ?? log] + [logNext].compactMap(\.self) }

    /// Makes the key that is to follow; both sign from the next start on. Throws where one is there already.
    package func beginLogChange(path: String) throws -> SecretKey {
        let path = Self.trimmed(path)
        let key = SecretKey.random()
        try Self.write(key, "\(path)/\(Self.fileName(Self.next))")
        try FileDescriptor.synchroniseFolder(path)
        return key
    }

    /// From the next start on the new key signs alone. Throws where none is there.
    package func endLogChange(path: String) throws {
        let path = Self.trimmed(path)
        let (from, to) = ("\(path)/\(Self.fileName(Self.next))", "\(path)/\(Self.fileName(Self.signer))")
        _ = try FileDescriptor.checked("rename", to) { rename(from, to) }
        try FileDescriptor.synchroniseFolder(path)
    }

    /// Makes a folder of the keys of a backup where there is nothing or an empty folder; in one step, as a fresh one.
    package static func restore(path: String, contents: [String: SecretKey]) throws -> KeysFolder {
        let path = trimmed(path)
        let missing = names.filter { contents[$0] == nil }
        let others = Set(contents.keys).subtracting(names).subtracting([signer, next])
        guard missing.isEmpty, others.isEmpty else {
            throw KeysFolderError.incomplete(path: path, missing: missing)
        }
        try create(path, contents)
        let made = try open(path: path)
        guard made.contents == contents else { throw KeysFolderError.notAKeysFolder(path: path) }
        return made
    }

    /// Tells keys folders apart and nothing about the keys: 8 hexadecimal digits. A database that remembers it can
    /// refuse to run with another's keys.
    package var fingerprint: String {
        let marks = [pepper, index, log, drafts, backup].flatMap {
            KeyedHash.hmac(key: $0, parts: ["mingjian keys fingerprint"])
        }
        return String(Hex.encode(SHA256.hash(data: marks)).prefix(8))
    }

    /// Opens the folder, or makes it with fresh keys where there is nothing or an empty folder. Made in one step: after
    /// a crash there is a whole keys folder or none. The folder above must exist and be writable then.
    package static func openOrCreate(path: String) throws -> KeysFolder {
        let path = trimmed(path)
        do { return try open(path: path) } catch KeysFolderError.missing {
            try create(path, Dictionary(uniqueKeysWithValues: names.map { ($0, SecretKey.random()) }))
        }
        do { return try open(path: path) } catch KeysFolderError.missing {
            throw KeysFolderError.notAKeysFolder(path: path)
        }
    }

    /// Opens a folder that must be there.
    package static func open(path: String) throws -> KeysFolder {
        let path = trimmed(path)
        guard let own = try status(path) else { throw KeysFolderError.missing(path: path) }
        guard own.st_mode & S_IFMT == S_IFDIR else { throw KeysFolderError.notAKeysFolder(path: path) }
        try refuseLoose(own, path)

        let missing = try names.filter { try status("\(path)/\(fileName($0))") == nil }
        guard missing.count < names.count else { throw KeysFolderError.missing(path: path) }
        guard missing.isEmpty, var folder = KeysFolder(try names.map { try read("\(path)/\(fileName($0))") }) else {
            throw KeysFolderError.incomplete(path: path, missing: missing)
        }
        func optional(_ name: String) throws -> SecretKey? {
            let file = "\(path)/\(fileName(name))"
            return try status(file) == nil ? nil : read(file)
        }
        folder.logSigner = try optional(signer)
        folder.logNext = try optional(next)
        return folder
    }

    private static func fileName(_ name: String) -> String { "\(name).key" }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private static func refuseLoose(_ status: stat, _ path: String) throws {
        guard status.st_mode & 0o077 == 0 else {
            throw KeysFolderError.loosePermissions(path: path, mode: UInt32(status.st_mode & 0o7777))
        }
    }

    private static func read(_ path: String) throws -> SecretKey {
        let file = try FileDescriptor(reading: path)
        try refuseLoose(file.status(), path)
        let text = String(decoding: try file.read(80, at: 0), as: UTF8.self)
        guard let bytes = Hex.decode(text.filter { !$0.isWhitespace }), let key = SecretKey(bytes: bytes) else {
            throw KeysFolderError.damaged(path: path)
        }
        return key
    }

    /// Writes a whole folder beside the place and renames it there, which the system allows over an empty folder only:
    /// of two that try, one wins and the other finds the winner's keys.
    private static func create(_ path: String, _ contents: [String: SecretKey]) throws {
        let temporary = "\(path).\(Hex.encode(SecretKey.random().bytes.prefix(8))).part"
        _ = try FileDescriptor.checked("mkdir", temporary) { mkdir(temporary, 0o700) }
        defer {
            for name in contents.keys { unlink("\(temporary)/\(fileName(name))") }
            rmdir(temporary)
        }
        for (name, key) in contents {
            try write(key, "\(temporary)/\(fileName(name))")
        }
        try FileDescriptor.synchroniseFolder(temporary)
        do {
            _ = try FileDescriptor.checked("rename", path) { rename(temporary, path) }
        } catch SealingError.system(_, _, let code) where code == ENOTEMPTY || code == EEXIST { return }
        try FileDescriptor.synchroniseFolder(FileDescriptor.folder(of: path))
    }

    private static func write(_ key: SecretKey, _ path: String) throws {
        let file = try FileDescriptor(creating: path)
        try file.write(Array((Hex.encode(key.bytes) + "\n").utf8))
        try file.synchronise()
    }

    /// What is at a path, or nil where nothing is.
    private static func status(_ path: String) throws -> stat? {
        var status = stat()
        do {
            _ = try FileDescriptor.checked("stat", path) { stat(path, &status) }
        } catch SealingError.system(_, _, ENOENT) { return nil }
        return status
    }
}
