#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#endif

/// Why a data folder cannot be owned.
package enum OwnerLockError: Error, Equatable, Sendable {
    /// Another process owns it; its id, if the file tells.
    case held(pid: Int32?)
    /// The lock file cannot be opened or written (`errno`).
    case unavailable(path: String, errno: Int32)
}

/// The sole ownership of a SQLite file: an `flock` that the system gives up with the process, however it ends.
///
/// Debian's SQLite 3.40 can lose a write-ahead log when several processes write, so one process owns the file.
package final class OwnerLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, or throws at once. The file holds the owner's process id and stays when the lock goes.
    package init(path: String) throws(OwnerLockError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .unavailable(path: path, errno: errno) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            defer { _ = close(opened) }
            throw reason == EWOULDBLOCK
                ? .held(pid: Self.owner(opened)) : .unavailable(path: path, errno: reason)
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(opened, 0) == 0, pwrite(opened, text, text.count, 0) == text.count else {
            let reason = errno
            _ = close(opened)
            throw .unavailable(path: path, errno: reason)
        }
        descriptor = opened
    }

    deinit { _ = close(descriptor) }

    private static func owner(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Int32(String(decoding: bytes.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self))
    }
}
