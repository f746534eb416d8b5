import Foundation
import Testing

@testable import Sealing

#if canImport(Glibc)
import Glibc
#endif

/// What the file system tells of when a file arrived.
struct FileRenewalTests {
    private struct Times { var bytes, attributes, inode: Int }

    private func times(_ path: String) throws -> Times {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return Times(
            bytes: status.st_mtim.tv_sec, attributes: status.st_ctim.tv_sec, inode: Int(status.st_ino))
    }

    @Test func `a file of a past day is written anew once, and keeps its bytes and its day`() throws {
        let folder = try Folder()
        let (today, yesterday) = (folder.path("today"), folder.path("yesterday"))
        let content = [UInt8]((0..<3_000_000).map { UInt8($0 % 251) })
        for path in [today, yesterday] {
            try Data(content).write(to: URL(fileURLWithPath: path))
            try FileRenewal.blur(path)
        }
        let came = try times(yesterday)
        #expect(came.bytes % 86_400 == 0)
        let now = Int64(Date().timeIntervalSince1970)
        #expect(try FileRenewal.renew(["today", "yesterday", "gone"], in: folder.url.path, now: now) == 0)
        // A day later, as the clock of the server has it.
        #expect(try FileRenewal.renew(["yesterday"], in: folder.url.path, now: now + 86_400) == 1)
        let renewed = try times(yesterday)
        #expect(renewed.bytes == came.bytes && renewed.inode != came.inode)
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: yesterday))) == content)
        #expect(try times(today).inode != renewed.inode)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["today", "yesterday"])
        #expect(try times(folder.url.path).bytes % 86_400 == 0)
    }

    @Test func `a file that was copied on a later day than it came is left alone`() throws {
        let folder = try Folder()
        let path = folder.path("old")
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        // Its bytes are of three days ago, its attributes of now: it was copied in between.
        let then = timespec(tv_sec: Int(Date().timeIntervalSince1970) - 3 * 86_400, tv_nsec: 0)
        utimensat(AT_FDCWD, path, [then, then], 0)
        let before = try times(path)
        #expect(try FileRenewal.renew(["old"], in: folder.url.path, now: Int64(Date().timeIntervalSince1970)) == 0)
        #expect(try times(path).inode == before.inode)
    }
}
