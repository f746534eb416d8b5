#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file of the operating system, closed when nobody holds it any more. Every refusal is
/// ``SealingError/system(operation:path:code:)``; interrupted calls are repeated.
final class FileDescriptor: Sendable {
    private let number: Int32
    let path: String

    /// Opens for reading, never through a symbolic link.
    init(reading path: String) throws {
        self.path = path
        number = try Self.checked("open", path) { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
    }

    /// Makes a new file, readable to the owner alone, where there must be none.
    init(creating path: String) throws {
        self.path = path
        number = try Self.checked("create", path) { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    }

    deinit { close(number) }

    /// Size, kind and permissions.
    func status() throws -> stat {
        var status = stat()
        _ = try Self.checked("stat", path) { fstat(number, &status) }
        return status
    }

    /// How many bytes it holds.
    func size() throws -> Int64 { Int64(try status().st_size) }

    /// Writes all of it at the end of what was written before.
    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                rest = rest.dropFirst(
                    try Self.checked("write", path) { sysWrite(number, part.baseAddress, part.count) })
            }
        }
    }

    /// Reads as many bytes as asked for, or those up to the end of the file.
    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let read = try Self.checked("read", path) {
                    pread(number, rest.baseAddress, rest.count, off_t(offset &+ Int64(filled)))
                }
                if read == 0 { break }
                filled &+= read
            }
        }
    }

    /// Returns once the bytes are on the disk.
    func synchronise() throws { _ = try Self.checked("fsync", path) { fsync(number) } }

    /// Makes what happened to the names in a folder durable.
    static func synchroniseFolder(_ path: String) throws {
        let folder = try checked("open", path) { open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
        defer { close(folder) }
        _ = try checked("fsync", path) { fsync(folder) }
    }

    /// Calls until it is not interrupted; -1 becomes an error that names the path.
    static func checked<Count: BinaryInteger>(_ operation: String, _ path: String, _ call: () -> Count) throws -> Count
    {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw SealingError.system(operation: operation, path: path, code: code) }
        }
    }

    /// The folder that holds a path.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

private func sysWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(number, bytes, count) }
