import Kernel
import Testing

@testable import Sealing

struct EnvelopeTests {
    let key = SecretKey.random()
    let id = KeyID.random()

    @Test(arguments: SealingAlgorithm.allCases, [0, 1, 252, 253, 4092, 16380, 16381, 100_000])
    func `a text comes back as it was, under either cipher`(algorithm: SealingAlgorithm, count: Int) throws {
        let plain = bytes(from: 7, count)
        let sealed = try Envelope.seal(plain, under: key, keyID: id, binding: .sample, algorithm: algorithm)
        #expect(try Envelope.open(sealed, under: key, binding: .sample) == plain)
        #expect(try Envelope.keyID(of: sealed) == id)
    }

    @Test(arguments: SealingAlgorithm.allCases)
    func `no bit of an envelope can be flipped and no byte cut or added`(algorithm: SealingAlgorithm) throws {
        let sealed = try Envelope.seal(
            Array("举报".utf8), under: key, keyID: id, binding: .sample, padding: .none, algorithm: algorithm)
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealingError.self) { try Envelope.open(altered, under: key, binding: .sample) }
        }
        for count in 0..<sealed.count {
            #expect(throws: SealingError.self) {
                try Envelope.open(Array(sealed.prefix(count)), under: key, binding: .sample)
            }
        }
        #expect(throws: SealingError.tampered) { try Envelope.open(sealed + [0], under: key, binding: .sample) }
    }

    @Test func `an envelope opens only for what it was bound to, and under its own key`() throws {
        let sealed = try Envelope.seal([1, 2, 3], under: key, keyID: id, binding: .sample)
        for other in Binding.others {
            #expect(throws: SealingError.tampered) { try Envelope.open(sealed, under: key, binding: other) }
        }
        #expect(throws: SealingError.tampered) { try Envelope.open(sealed, under: .random(), binding: .sample) }
    }

    @Test func `an unknown version or algorithm is named`() throws {
        var sealed = try Envelope.seal([1], under: key, keyID: id, binding: .sample)
        sealed[1] = 9
        #expect(throws: SealingError.unknownAlgorithm(9)) { try Envelope.open(sealed, under: key, binding: .sample) }
        sealed[0] = 0x12
        #expect(throws: SealingError.unknownVersion(0x12)) { try Envelope.keyID(of: sealed) }
    }

    @Test func `the size tells the size class alone`() throws {
        func size(_ count: Int) throws -> Int {
            try Envelope.seal(bytes(from: 0, count), under: key, keyID: id, binding: .sample).count - 46
        }
        #expect(try [0, 252].map(size) == [256, 256])
        #expect(try [253, 1020, 1021, 4092].map(size) == [1024, 1024, 4096, 4096])
        #expect(try [4093, 16380, 16381, 32764, 32765].map(size) == [16384, 16384, 32768, 32768, 49152])
    }

    @Test func `keys, receipts and tokens do not show themselves in logs`() {
        let receipt = Receipt.generate()
        let token = SessionToken.random()
        let pair = PrivateKey.generate()
        var dumped = ""
        dump((key, pair, receipt, token, receipt.derive(pepper: key)), to: &dumped)
        dumped += "\(key) \(pair) \(receipt) \(token) \(receipt.derive(pepper: key)) \(String(reflecting: receipt))"
        for secret in [Hex.encode(key.bytes), Hex.encode(pair.bytes), receipt.digits, receipt.grouped, token.text] {
            #expect(!dumped.contains(secret))
        }
        #expect(!dumped.contains("\(key.bytes[0]), \(key.bytes[1]), \(key.bytes[2])"))
    }
}
