import CChild
import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Why there is no folder in memory.
package enum MemoryFolderError: Error, Equatable {
    /// The place is on a disk: plain evidence is never written there.
    case notInMemory(String)
    case system(String, Int32)
}

/// A folder of its own on memory-backed storage, for this user alone; gone when nobody holds it any more.
final class MemoryFolder: Sendable {
    let path: String

    init(in place: String) throws {
        let isInMemory = child_is_in_memory(place)
        guard isInMemory >= 0 else { throw MemoryFolderError.system(place, errno) }
        guard isInMemory == 1 else { throw MemoryFolderError.notInMemory(place) }
        var name = Array("\(place)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw MemoryFolderError.system(place, errno) }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { clear() }

    /// Removes it now, whoever still holds it.
    func clear() { Self.remove(path) }

    private static let prefix = "mingjian-"

    /// Removes what processes that are no more left behind, when they were killed at work.
    package static func removeLeftovers(in place: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] where name.hasPrefix(prefix) {
            let number = name.dropFirst(prefix.count).prefix { $0.isNumber }
            guard let owner = pid_t(number), kill(owner, 0) != 0, errno == ESRCH else { continue }
            remove("\(place)/\(name)")
        }
    }

    /// Removes a folder with all that is in it, whatever a child did to the permissions.
    private static func remove(_ path: String) {
        if (try? FileManager.default.removeItem(atPath: path)) != nil { return }
        var walk = [path]
        while let folder = walk.popLast() {
            chmod(folder, 0o700)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let inner = "\(folder)/\(name)"
                if kind(inner) == S_IFDIR { walk.append(inner) }
            }
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Makes a file from pieces.
    func write(_ name: String, _ source: CleaningSource) throws {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw MemoryFolderError.system(name, errno) }
        defer { close(file) }
        try source { bytes in
            try bytes.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let part = UnsafeRawBufferPointer(rebasing: rest)
                    let written = Glibc.write(file, part.baseAddress, part.count)
                    guard written > 0 else { throw MemoryFolderError.system(name, errno) }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }

    /// The bytes of a plain file, read through no link; `nil` where there is none, or more than `most`.
    func read(_ name: String, most: Int) -> [UInt8]? {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            status.st_size <= most
        else { return nil }
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = Glibc.read(file, buffer.baseAddress?.advanced(by: filled), size - filled)
                if count <= 0 { break }
                filled += count
            }
        }
        return bytes.count == size ? bytes : nil
    }

    func make(_ name: String) throws {
        guard mkdir("\(path)/\(name)", 0o700) == 0 else { throw MemoryFolderError.system(name, errno) }
    }

    /// The names in a folder of this one, in order.
    func names(in name: String) -> [String] {
        guard Self.kind("\(path)/\(name)") == S_IFDIR else { return [] }
        return ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []).sorted()
    }

    /// What lies in it altogether, in bytes that are in use.
    var bytes: Int {
        var total = 0
        var walk = [path]
        while let folder = walk.popLast() {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                var status = stat()
                guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { walk.append("\(folder)/\(name)") }
                total &+= Int(status.st_blocks) &* 512
            }
        }
        return total
    }
}
