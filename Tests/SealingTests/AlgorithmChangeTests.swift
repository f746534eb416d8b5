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

    @Test(arguments: SealingAlgorithm.allCases)
    func `a key that was wrapped under either suite opens, and new wraps name the new one`(
        suite: SealingAlgorithm
    ) throws {
        let holder = PrivateKey.generate()
        let wrap = try Wrap.seal(key.bytes, to: holder.publicKey, binding: .sample, algorithm: suite)
        #expect(wrap[1] == suite.rawValue)
        #expect(try Wrap.open(wrap, with: holder, binding: .sample) == key.bytes)
        // What is renamed to the other suite is not taken for it: the suite is authenticated and chooses the cipher.
        for other in SealingAlgorithm.allCases where other != suite {
            var renamed = wrap
            renamed[1] = other.rawValue
            #expect(throws: SealingError.wrongKey) { try Wrap.open(renamed, with: holder, binding: .sample) }
        }
        let holders = (0..<3).map { _ in PrivateKey.generate() }
        let pairs = try Escrow.wrapPairs(
            secret: key.bytes, holders: holders.map(\.publicKey), binding: .sample, algorithm: suite)
        for pair in pairs {
            #expect(pair.wrap[1] == suite.rawValue)
            let opened = try Escrow.open(
                pair.wrap, with: holders[pair.first], second: holders[pair.second], binding: .sample)
            #expect(opened == key.bytes)
        }
    }

    @Test(arguments: SealingAlgorithm.allCases)
    func `a password opens what it sealed under either suite and at either cost`(suite: SealingAlgorithm) throws {
        for cost in [PasswordCost.light, PasswordCost(logN: 11, r: 4, p: 2)] {
            let sealed = try PasswordSealed.seal(
                secret: key.bytes, password: "correct horse battery", cost: cost, algorithm: suite)
            #expect(sealed.prefix(5) == [0x31, suite.rawValue, cost.logN, cost.r, cost.p])
            #expect(try PasswordSealed.open(sealed, password: "correct horse battery") == key.bytes)
            for other in SealingAlgorithm.allCases where other != suite {
                var renamed = sealed
                renamed[1] = other.rawValue
                #expect(throws: SealingError.wrongKey) {
                    try PasswordSealed.open(renamed, password: "correct horse battery")
                }
            }
        }
    }

    @Test func `a suite that nobody registered is refused by its number, whatever it seals`() throws {
        let holder = PrivateKey.generate()
        let folder = try Folder()
        for number: UInt8 in [0, 3, 9, 255] {
            var wrap = try Wrap.seal(key.bytes, to: holder.publicKey, binding: .sample)
            wrap[1] = number
            #expect(throws: SealingError.unknownAlgorithm(number)) {
                try Wrap.open(wrap, with: holder, binding: .sample)
            }
            var sealed = try PasswordSealed.seal(secret: key.bytes, password: "correct horse", cost: .light)
            sealed[1] = number
            #expect(throws: SealingError.unknownAlgorithm(number)) {
                try PasswordSealed.open(sealed, password: "correct horse")
            }
            let writer = try SealedFileWriter(path: folder.path("f"), under: key, keyID: id, binding: .sample)
            _ = try writer.finish()
            var file = try folder.read("f")
            file[1] = number
            try folder.write(file, "f")
            #expect(throws: SealingError.unknownAlgorithm(number)) {
                try SealedFileReader(path: folder.path("f"), under: key, binding: .sample)
            }
        }
        var wrap = try Wrap.seal(key.bytes, to: holder.publicKey, binding: .sample)
        wrap[0] = 0x22
        #expect(throws: SealingError.unknownVersion(0x22)) { try Wrap.open(wrap, with: holder, binding: .sample) }
        for suite in SealingAlgorithm.allCases { #expect(SealingAlgorithm(name: suite.name) == suite) }
        #expect(SealingAlgorithm(name: "rot13") == nil)
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
