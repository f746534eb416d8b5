import Database
import Foundation
import Kernel
import Sealing
import Testing

@testable import Backups

@Suite struct `Whatever a sealed content says` {
    /// What is inside a backup, as its reader gets it.
    private func content(of world: World) async throws -> [UInt8] {
        let (key, binding) = (SecretKey.random(), Binding(report: "a", field: "b", purpose: "c"))
        let bytes = Collected()
        let chunks = try SealedChunks(under: key, keyID: .random(), binding: binding, bytes.take)
        _ = try await world.fill(BackupWriter(chunks, put: bytes.take))
        let path = world.folder + "/sealed"
        try Data(bytes.all).write(to: URL(fileURLWithPath: path))
        var plain: [UInt8] = []
        try SealedFileReader(path: path, under: key, binding: binding).forEachChunk { plain += $0 }
        return plain
    }

    /// Reads bytes in pieces of a size.
    private func read(_ bytes: [UInt8], pieces: Int) throws -> Count {
        var rest = bytes[...]
        var reader = BackupReader {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(pieces) }
            return Array(rest.prefix(pieces))
        }
        var count = Count()
        try reader.read(into: &count)
        return count
    }

    struct Count: BackupSink, Equatable {
        var rows = 0, bytes = 0, files = 0
        mutating func head(_ head: BackupHead, keys: [String: SecretKey]) {}
        mutating func row(_ values: [Value], of table: BackupHead.Table) { rows += 1 }
        mutating func rowsEnded() {}
        mutating func fileBegan(_ name: String) { files += 1 }
        mutating func fileBytes(_ more: [UInt8]) { bytes += more.count }
        mutating func fileEnded() {}
        mutating func fileGone(_ name: String) {}
    }

    @Test func `the reader ends with an error or with all of it`() async throws {
        try await World.with(.sqlite) { world in
            let whole = try await content(of: world)
            let expected = Count(rows: 454, bytes: 200_000, files: 2)
            for pieces in [1, 7, 65_536, whole.count] { #expect(try read(whole, pieces: pieces) == expected) }
            // Short inputs, so that many can be tried: the head, and what follows it up to the first rows and the end.
            let head = Array(whole.prefix(700))
            let tail = Array(whole.suffix(400))
            let seconds = Double(ProcessInfo.processInfo.environment["MINGJIAN_FUZZ_SECONDS"] ?? "") ?? 2
            let end = Date().addingTimeInterval(seconds)
            var (rounds, refused) = (0, 0)
            while rounds < 1000 || Date() < end {
                rounds += 1
                var bytes = rounds.isMultiple(of: 3) ? whole : head + tail
                for _ in 0...Int.random(in: 0...4) {
                    let place = Int.random(in: 0..<min(bytes.count, 1200))
                    switch Int.random(in: 0..<4) {
                    case 0: bytes[place] = .random(in: 0...255)
                    case 1: bytes[place] = [0, 1, 3, 4, 127, 128, 255].randomElement() ?? 0
                    case 2: bytes.removeSubrange(place..<min(place + .random(in: 1...9), bytes.count))
                    default: bytes.insert(contentsOf: [UInt8](repeating: 255, count: .random(in: 1...9)), at: place)
                    }
                    if bytes.isEmpty { break }
                }
                do { _ = try read(bytes, pieces: rounds.isMultiple(of: 2) ? 512 : 65_536) } catch is BackupError {
                    refused += 1
                }
            }
            #expect(refused > rounds / 2)
        }
    }
}
