import Casefile
import Foundation
import Sealing
import Synchronization

/// A value behind a lock.
final class Guarded<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func change(_ body: @Sendable (inout Value) -> Void) { state.withLock { body(&$0) } }
}

/// A file that is written beside its place, as NAME.partial, and put there whole and on the disk, or not at all. One
/// that a crash left is written over; one that is being written is refused.
final class PartialFile: Sendable {
    /// What there is of it once it was given up.
    enum Remains: Sendable {
        case nothing
        /// All of it or a part, in its place or beside it: it is not known.
        case unsure
        /// All of it, in its place.
        case whole
    }

    let path: String
    private let partial: String
    private let descriptor: Int32
    /// `remains` is nil as long as it may be removed.
    private let state = Guarded((size: Int64(0), remains: Remains?.none))

    init(_ path: String) throws {
        let full = URL(fileURLWithPath: path).path
        var status = stat()
        guard stat(full, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
            throw BackupFailure(reason: "\(full) is a folder; name a file in it. Nothing was done.")
        }
        let partial = full + ".partial"
        let opened = open(partial, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw Self.refused("open", partial) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0, Self.isStill(opened, at: partial) else {
            close(opened)
            throw BackupFailure(reason: "Another backup is being written to \(partial). Nothing was done.")
        }
        guard fchmod(opened, 0o600) == 0, ftruncate(opened, 0) == 0 else {
            defer { close(opened) }
            throw Self.refused("truncate", partial)
        }
        (self.path, self.partial, descriptor) = (full, partial, opened)
    }

    deinit { close(descriptor) }

    /// How much was written.
    var size: Int64 { state.value.size }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.refused("write", partial) }
            sent += count
        }
        state.change { [sent] in $0.size += Int64(sent) }
    }

    /// Puts it in its place. From the moment that it tries to, ``abandon()`` never answers that there is nothing.
    func finish() throws -> BackupFile {
        guard fsync(descriptor) == 0 else { throw Self.refused("fsync", partial) }
        let digest = try SealedFile.digest(ofFileAt: partial)
        state.change { $0.remains = .unsure }
        guard rename(partial, path) == 0 else {
            defer { unlink(partial) }
            throw Self.refused("rename", path)
        }
        state.change { $0.remains = .whole }
        guard isFolderOnDisk() else { throw Self.refused("fsync", path) }
        return BackupFile(
            bytes: size, digest: digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }

    /// Removes what was written, unless ``finish()`` tried to put it in its place, and answers what there is of it.
    @discardableResult
    func abandon() -> Remains {
        if let remains = state.value.remains { return remains }
        let isGone = (unlink(partial) == 0 || errno == ENOENT && isNowhere()) && isFolderOnDisk()
        state.change { $0.remains = isGone ? .nothing : .unsure }
        return isGone ? .nothing : .unsure
    }

    /// Whether no name leads to it: somebody may have given it another, or taken the medium away.
    private func isNowhere() -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    /// Brings the names in its folder onto the disk.
    private func isFolderOnDisk() -> Bool {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }

    /// Whether it was not put into its place by another process since it was opened.
    private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
    }

    private static func refused(_ operation: String, _ path: String) -> SealingError {
        .system(operation: operation, path: path, code: errno)
    }
}

/// The passphrase of a month, from a file or from standard input: one line.
enum PassphraseFile {
    static func read(_ path: String) throws -> String {
        let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let bytes = try file?.read(upToCount: 4096) else {
            throw BackupFailure(reason: "\(path): there is no passphrase to read. Nothing was done.")
        }
        var lines = String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        guard lines.count == 1, bytes.count < 4096, let line = lines.first else {
            throw BackupFailure(reason: "\(path) has to hold the passphrase on one line and nothing else.")
        }
        return line
    }
}
