import Kernel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Takes from the file system what it knows of when a file arrived.
///
/// The time of the last change of a file's bytes can be set, that of its creation and of its last change of attributes
/// cannot: the kernel writes those by its own clock. But a file can be written anew. So every file is copied once, on a
/// day after that on which it came, together with all others of its day and in an order of chance: from then on
/// creation, attributes and the number of the file tell when the copying was and nothing else.
package enum FileRenewal {
    /// Sets the time of the last change to the day, in UTC, on which it falls: of a file or of a folder.
    package static func blur(_ path: String) throws {
        var status = stat()
        _ = try FileDescriptor.checked("stat", path) { lstat(path, &status) }
        try setTime(path, day: day(status.st_mtim.tv_sec))
    }

    /// Copies those of the named files in a folder that came on a day before today and were not yet copied. What is no
    /// plain file, or went meanwhile, is passed over.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: how many were copied.
    package static func renew(_ names: [String], in folder: String, now: Int64) throws -> Int {
        var count = 0
        for name in names.shuffled() {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            // As it came: both times are of one day. Copied: the bytes keep their day, the attributes have a later one.
            let arrived = day(status.st_mtim.tv_sec)
            guard day(status.st_ctim.tv_sec) <= arrived, arrived < day(Int(now)) else { continue }
            do { try copy(path, day: arrived) } catch SealingError.system(_, _, ENOENT) { continue }
            count += 1
        }
        if count > 0 {
            try FileDescriptor.synchroniseFolder(folder)
            try blur(folder)
        }
        return count
    }

    /// The bytes are on the disk under the new name before the old one goes: a crash leaves the one or the other.
    private static func copy(_ path: String, day: Int) throws {
        let source = try FileDescriptor(reading: path)
        let temporary = "\(path).\(Hex.encode(SecretKey.random().bytes.prefix(8))).part"
        do {
            let target = try FileDescriptor(creating: temporary)
            let size = try source.size()
            var offset: Int64 = 0
            while offset < size {
                let bytes = try source.read(1 << 20, at: offset)
                guard !bytes.isEmpty else { throw SealingError.closed }
                try target.write(bytes)
                offset &+= Int64(bytes.count)
            }
            try target.synchronise()
            try setTime(temporary, day: day)
            _ = try FileDescriptor.checked("rename", path) { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func day(_ seconds: Int) -> Int { seconds - ((seconds % 86_400) + 86_400) % 86_400 }

    private static func setTime(_ path: String, day: Int) throws {
        let time = timespec(tv_sec: day, tv_nsec: 0)
        _ = try FileDescriptor.checked("utimensat", path) {
            utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW)
        }
    }
}
