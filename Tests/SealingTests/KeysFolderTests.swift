import Foundation
import Kernel
import Testing

@testable import Sealing

struct KeysFolderTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test func `a keys folder is made once, closed to others, and stays the same`() throws {
        let made = try KeysFolder.openOrCreate(path: folder.path("keys"))
        let again = try KeysFolder.openOrCreate(path: folder.path("keys") + "/")
        #expect(made.pepper == again.pepper && made.backup == again.backup && made.fingerprint == again.fingerprint)
        #expect(Set([made.pepper, made.index, made.log, made.drafts, made.backup]).count == 5)
        #expect(try folder.mode("keys") == 0o700)
        #expect(try folder.names() == ["keys"])
        for name in try folder.names(in: "keys") { #expect(try folder.mode("keys/\(name)") == 0o600) }
    }

    @Test func `another keys folder has another fingerprint, which is known in advance for known keys`() throws {
        let one = try KeysFolder.openOrCreate(path: folder.path("one"))
        let other = try KeysFolder.openOrCreate(path: folder.path("other"))
        #expect(one.fingerprint != other.fingerprint)
        for (number, name) in ["pepper", "index", "log", "drafts", "backup"].enumerated() {
            try folder.write(Array(String(repeating: "0\(number + 1)", count: 32).utf8), "one/\(name).key")
            try folder.setMode(0o600, "one/\(name).key")
        }
        #expect(try KeysFolder.open(path: folder.path("one")).fingerprint == "222412ee")
    }

    @Test func `missing keys are never made anew`() throws {
        let path = folder.path("keys")
        _ = try KeysFolder.openOrCreate(path: path)
        try FileManager.default.removeItem(atPath: path + "/index.key")
        #expect(throws: KeysFolderError.incomplete(path: path, missing: ["index"])) {
            try KeysFolder.openOrCreate(path: path)
        }
        #expect(try folder.names(in: "keys").count == 4)
    }

    @Test func `a folder or file that others may read is refused by name`() throws {
        let path = folder.path("keys")
        _ = try KeysFolder.openOrCreate(path: path)
        try folder.setMode(0o640, "keys/log.key")
        #expect(throws: KeysFolderError.loosePermissions(path: path + "/log.key", mode: 0o640)) {
            try KeysFolder.openOrCreate(path: path)
        }
        try folder.setMode(0o750, "keys")
        #expect(throws: KeysFolderError.loosePermissions(path: path, mode: 0o750)) {
            try KeysFolder.openOrCreate(path: path)
        }
    }

    @Test func `an empty closed folder is filled, and a folder of other things is left alone`() throws {
        let path = folder.path("keys")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try folder.setMode(0o700, "keys")
        #expect(throws: KeysFolderError.missing(path: path)) { try KeysFolder.open(path: path) }
        _ = try KeysFolder.openOrCreate(path: path)

        let other = folder.path("home")
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
        try folder.setMode(0o700, "home")
        try folder.write([1], "home/letter.txt")
        #expect(throws: KeysFolderError.notAKeysFolder(path: other)) { try KeysFolder.openOrCreate(path: other) }
        #expect(try folder.names(in: "home") == ["letter.txt"])
    }

    @Test func `a damaged key is refused by name`() throws {
        let path = folder.path("keys")
        _ = try KeysFolder.openOrCreate(path: path)
        try folder.write(Array("beef".utf8), "keys/pepper.key")
        try folder.setMode(0o600, "keys/pepper.key")
        #expect(throws: KeysFolderError.damaged(path: path + "/pepper.key")) { try KeysFolder.open(path: path) }
    }

    @Test func `of many that start at once, all end with the same keys`() async throws {
        let path = folder.path("keys")
        let prints = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try KeysFolder.openOrCreate(path: path).fingerprint } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(prints.count == 1)
        #expect(try folder.names() == ["keys"])
    }
}
