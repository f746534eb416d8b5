import Crypto
import Kernel
import Testing

@testable import Sealing

struct SealedFileTests {
    let key = SecretKey.random()
    let id = KeyID.random()
    let folder: Folder

    init() throws { folder = try Folder() }

    private func write(_ plain: [UInt8], pieces: Int, _ name: String = "f") throws -> SealedFile.Summary {
        let writer = try SealedFileWriter(path: folder.path(name), under: key, keyID: id, binding: .sample)
        for start in stride(from: 0, to: plain.count, by: pieces) {
            try writer.append(Array(plain[start..<min(plain.count, start + pieces)]))
        }
        return try writer.finish()
    }

    private func read(_ name: String = "f") throws -> [UInt8] {
        let reader = try SealedFileReader(path: folder.path(name), under: key, binding: .sample)
        var plain: [UInt8] = []
        try reader.forEachChunk { plain += $0 }
        return plain
    }

    @Test(arguments: [0, 1, 65535, 65536, 65537, 131_072, 200_000], [1000, 65536, 1 << 20])
    func `a file comes back as it was, whatever pieces it came in`(count: Int, pieces: Int) async throws {
        let plain = bytes(from: 3, count)
        let summary = try write(plain, pieces: pieces)
        #expect(summary.size == Int64(count))
        #expect(summary.sha256 == Array(SHA256.hash(data: plain)))
        #expect(try read() == plain)

        let reader = try SealedFileReader(path: folder.path("f"), under: key, binding: .sample)
        #expect(reader.size == Int64(count) && reader.keyID == id)
        #expect(try SealedFile.keyID(ofFileAt: folder.path("f")) == id)
        let last = reader.chunkCount - 1
        #expect(try reader.chunk(last) == Array(plain.dropFirst(last * 65536)))
        #expect(throws: SealingError.malformed) { try reader.chunk(last + 1) }
        #expect(throws: SealingError.malformed) { try reader.chunk(-1) }
        var streamed: [UInt8] = []
        for try await chunk in reader.chunks { streamed += chunk }
        #expect(streamed == plain)
        #expect(try folder.names() == ["f"])
        #expect(try folder.mode("f") == 0o600)
    }

    @Test func `a file that was cut, extended or put together otherwise does not open`() throws {
        _ = try write(bytes(from: 0, 200_000), pieces: 65536)
        let whole = try folder.read("f")
        let header = Array(whole.prefix(25))
        let chunks = stride(from: 25, to: whole.count, by: 65552).map {
            Array(whole[$0..<min(whole.count, $0 + 65552)])
        }
        #expect(chunks.count == 4)
        let forgeries: [[UInt8]] = [
            header, Array(header.dropLast()), [], header + chunks[0], header + chunks[0] + chunks[1] + chunks[2],
            Array(whole.dropLast()), whole + [0], whole + chunks[3], header + chunks[3],
            header + chunks[1] + chunks[0] + chunks[2] + chunks[3], header + chunks[0] + chunks[2] + chunks[3],
            header + chunks[0] + chunks[0] + chunks[2] + chunks[3], Array(whole.dropLast(chunks[3].count)) + [0],
        ]
        for forgery in forgeries {
            try folder.write(forgery, "f")
            #expect(throws: SealingError.self) { try read() }
        }
        for place in [0, 1, 2, 17, 18, 24, 25, 70_000, whole.count - 1] {
            var altered = whole
            altered[place] ^= 1
            try folder.write(altered, "f")
            #expect(throws: SealingError.self) { try read() }
        }
    }

    @Test func `a cut file is refused before its first byte is shown`() throws {
        _ = try write(bytes(from: 0, 200_000), pieces: 65536)
        try folder.write(Array(try folder.read("f").prefix(25 + 2 * 65552)), "f")
        #expect(throws: SealingError.tampered) {
            try SealedFileReader(path: folder.path("f"), under: key, binding: .sample)
        }
    }

    @Test func `chunks of another file, key or binding do not fit`() throws {
        _ = try write(bytes(from: 0, 100), pieces: 100, "a")
        _ = try write(bytes(from: 0, 100), pieces: 100, "b")
        let mixed = Array(try folder.read("a").prefix(25)) + (try folder.read("b").dropFirst(25))
        try folder.write(mixed, "f")
        #expect(throws: SealingError.tampered) { try read() }
        #expect(throws: SealingError.tampered) {
            try SealedFileReader(path: folder.path("a"), under: .random(), binding: .sample)
        }
        for other in Binding.others {
            #expect(throws: SealingError.tampered) {
                try SealedFileReader(path: folder.path("a"), under: key, binding: other)
            }
        }
    }

    @Test func `a writer that is abandoned or forgotten leaves nothing, and nothing is in place before the end`() throws
    {
        var writer: SealedFileWriter? = try SealedFileWriter(
            path: folder.path("f"), under: key, keyID: id, binding: .sample)
        try writer?.append(bytes(from: 0, 100_000))
        #expect(try folder.names().allSatisfy { $0 != "f" && $0.hasSuffix(".part") })
        writer?.abandon()
        #expect(try folder.names() == [])
        #expect(throws: SealingError.closed) { try writer?.append([1]) }
        writer = try SealedFileWriter(path: folder.path("f"), under: key, keyID: id, binding: .sample)
        #expect(try folder.names().count == 1)
        writer = nil
        #expect(try folder.names() == [])
    }

    @Test func `a finished writer takes no more, and its file stays`() throws {
        let writer = try SealedFileWriter(path: folder.path("f"), under: key, keyID: id, binding: .sample)
        try writer.append([1])
        _ = try writer.finish()
        writer.abandon()
        #expect(throws: SealingError.closed) { try writer.finish() }
        #expect(try read() == [1])
    }
}
