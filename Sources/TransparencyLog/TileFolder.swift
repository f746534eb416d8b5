import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What is wrong with the files of a log, by name.
package enum LogFault: Error, Hashable, CustomStringConvertible {
    case missing(String)
    /// Shorter or longer than its name says, or not readable as what it is.
    case torn(String)
    /// There, and other than what belongs there.
    case different(String)
    /// The hash of a tile, or the head over all, is not that of what lies below it.
    case wrongHash(String)
    case system(operation: String, path: String, code: Int32)

    package var description: String {
        switch self {
        case .missing(let path): "\(path) is missing"
        case .torn(let path): "\(path) is torn"
        case .different(let path): "\(path) holds something else than what belongs there"
        case .wrongHash(let path): "\(path) does not have the hash of what lies below it"
        case .system(let operation, let path, let code):
            "\(operation) \(path): \(String(cString: strerror(code)))"
        }
    }
}

/// The folder of a log: plain files that any web server could serve. A file that is there is whole and on the disk.
package struct TileFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The bytes of a file; `nil` where there is none.
    package func read(_ name: String, most: Int) throws -> [UInt8]? {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw LogFault.system(operation: "open", path: name, code: errno)
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: most + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw LogFault.system(operation: "read", path: name, code: errno) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= most else { throw LogFault.torn(name) }
        return Array(bytes.prefix(filled))
    }

    /// The bytes of a tile or bundle; `nil` where there is none. A partial one is cut out of a full one where that is all that
    /// there is.
    package func bytes(of path: TilePath) throws -> [UInt8]? {
        let most = TilePath.width * (path.level == nil ? EntryBundle.longest + 2 : TreeHash.length)
        if let bytes = try read(path.text, most: most) { return bytes }
        guard path.isPartial,
            let whole = try read(TilePath(level: path.level, index: path.index).text, most: most)
        else { return nil }
        guard path.level == nil else { return Array(whole.prefix(path.width * TreeHash.length)) }
        return EntryBundle.entries(whole).map { EntryBundle.bytes($0.prefix(path.width)) }
    }

    /// Writes files that never change: whole, on the disk, and with their names. One that is there already must be the
    /// same. Answers how many times the disk was waited for.
    @discardableResult
    package func write(_ files: [(name: String, bytes: [UInt8])]) throws -> Int {
        var syncs = 0
        var folders: Set<String> = []
        for (name, bytes) in files {
            if let there = try read(name, most: max(bytes.count, 1)) {
                guard there == bytes else { throw LogFault.different(name) }
                continue
            }
            folders.formUnion(try makeFolders(of: name))
            try put(bytes, as: name)
            syncs += 1
        }
        for folder in folders {
            try sync(folder: folder)
            syncs += 1
        }
        return syncs
    }

    /// Puts one file in the place of another, so that either the old or the new is there after a crash.
    package func replace(_ name: String, with bytes: [UInt8]) throws {
        let folders = try makeFolders(of: name)
        try put(bytes, as: name)
        for folder in folders { try sync(folder: folder) }
    }

    private func put(_ bytes: [UInt8], as name: String) throws {
        let (place, partial) = ("\(path)/\(name)", "\(path)/\(name).new")
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw LogFault.system(operation: "open", path: partial, code: errno) }
        defer { close(file) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(file, buffer.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw LogFault.system(operation: "write", path: partial, code: errno) }
            sent += count
        }
        guard fdatasync(file) == 0 else { throw LogFault.system(operation: "fdatasync", path: partial, code: errno) }
        guard rename(partial, place) == 0 else {
            throw LogFault.system(operation: "rename", path: place, code: errno)
        }
    }

    /// Makes the folders that a file lies in, and answers those whose names have to reach the disk: its own, and every
    /// one above a new one.
    private func makeFolders(of name: String) throws -> Set<String> {
        var folder = (path + "/" + name).split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        var changed: Set<String> = [folder]
        var missing: [String] = []
        var status = stat()
        while stat(folder, &status) != 0, folder.count >= path.count {
            missing.append(folder)
            folder = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            changed.insert(folder)
        }
        for folder in missing.reversed() where mkdir(folder, 0o755) != 0 && errno != EEXIST {
            throw LogFault.system(operation: "mkdir", path: folder, code: errno)
        }
        return changed
    }

    private func sync(folder: String) throws {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw LogFault.system(operation: "open", path: folder, code: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw LogFault.system(operation: "fsync", path: folder, code: errno) }
    }
}
