import Kernel
import Testing

@testable import Sealing

/// An institution changes its cipher: what was sealed before and what comes after lie side by side under the same keys.
struct AlgorithmChangeTests {
    let key = SecretKey.random()
    let id = KeyID.random()

    @Test func `texts of before and after the change open with one call, and neither passes for the other`() throws {
        let before = try Envelope.seal(
            Array("旧".utf8), under: key, keyID: id, binding: .sample, algorithm: .aesGCM)
        let after = try Envelope.seal(
            Array("新".utf8), under: key, keyID: id, binding: .sample, algorithm: .chaChaPoly)
        #expect(before.count == after.count, "the change does not show in the size")
        #expect(try Envelope.open(before, under: key, binding: .sample) == Array("旧".utf8))
        #expect(try Envelope.open(after, under: key, binding: .sample) == Array("新".utf8))
        for (envelope, other) in [(before, SealingAlgorithm.chaChaPoly), (after, .aesGCM)] {
            var renamed = envelope
            renamed[1] = other.rawValue
            #expect(throws: SealingError.tampered) { try Envelope.open(renamed, under: key, binding: .sample) }
        }
    }

    @Test(arguments: SealingAlgorithm.allCases)
    func `a file of either cipher is sealed anew under the other and stays what it was`(
        before: SealingAlgorithm
    ) throws {
        let folder = try Folder()
        let plain = bytes(from: 3, SealedFile.chunkLength + 77)
        var content = plain
        for (number, algorithm) in ([before] + SealingAlgorithm.allCases.filter { $0 != before }).enumerated() {
            let path = folder.path("\(number)")
            let writer = try SealedFileWriter(
                path: path, under: key, keyID: id, binding: .sample, algorithm: algorithm)
            try writer.append(content)
            #expect(try writer.finish().size == Int64(plain.count))
            #expect(try folder.read("\(number)").dropFirst().first == algorithm.rawValue)
            let reader = try SealedFileReader(path: path, under: key, binding: .sample)
            content = try reader.chunk(0) + reader.chunk(1)
            #expect(content == plain)
        }
    }

    @Test func `texts of every length up to a page fall into few sizes`() throws {
        for algorithm in SealingAlgorithm.allCases {
            var sizes: [Int: ClosedRange<Int>] = [:]
            for length in stride(from: 0, through: 20_000, by: 13) {
                let size = try Envelope.seal(
                    bytes(from: 0, length), under: key, keyID: id, binding: .sample, algorithm: algorithm
                ).count
                sizes[size] = (sizes[size]?.lowerBound ?? length)...length
            }
            #expect(sizes.count == 5, "256 bytes, 1, 4, 16 and 32 KiB")
            // Nobody who sees a size can tell a short answer from one that is not there, or a line from a paragraph.
            #expect(sizes.values.allSatisfy { $0.count > 240 })
        }
    }
}
