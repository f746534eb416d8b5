import Testing

@testable import Sealing

struct WrapTests {
    let secret = SecretKey.random().bytes
    let holder = PrivateKey.generate()

    @Test func `a wrap opens with its own key and binding, and with no other`() throws {
        let wrap = try Wrap.seal(secret, to: holder.publicKey, binding: .sample)
        #expect(try Wrap.open(wrap, with: holder, binding: .sample) == secret)
        #expect(throws: SealingError.wrongKey) { try Wrap.open(wrap, with: .generate(), binding: .sample) }
        for other in Binding.others {
            #expect(throws: SealingError.wrongKey) { try Wrap.open(wrap, with: holder, binding: other) }
        }
    }

    @Test func `no bit of a wrap's header or text can be flipped and no byte cut or added`() throws {
        let wrap = try Wrap.seal(secret, to: holder.publicKey, binding: .sample)
        for bit in 0..<wrap.count * 8 {
            // X25519 ignores the highest bit of a point, but HPKE hashes the point as it came.
            var altered = wrap
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealingError.self) { try Wrap.open(altered, with: holder, binding: .sample) }
        }
        for count in 0..<wrap.count {
            #expect(throws: SealingError.self) {
                try Wrap.open(Array(wrap.prefix(count)), with: holder, binding: .sample)
            }
        }
        #expect(throws: SealingError.wrongKey) { try Wrap.open(wrap + [0], with: holder, binding: .sample) }
    }

    @Test func `points of low order are no public keys`() throws {
        func point(_ first: UInt8, _ middle: UInt8, _ last: UInt8) -> [UInt8] {
            [first] + [UInt8](repeating: middle, count: 30) + [last]
        }
        for last: UInt8 in [0, 0x80] {
            #expect(PublicKey(bytes: point(0, 0, last)) == nil)
            #expect(PublicKey(bytes: point(1, 0, last)) == nil)
            #expect(PublicKey(bytes: point(0xED, 0xFF, 0x7F | last)) == nil)
        }
        #expect(PublicKey(bytes: point(9, 0, 0)) != nil)
        #expect(PublicKey(bytes: Array(repeating: 9, count: 31)) == nil)
        #expect(throws: SealingError.malformed) { try PrivateKey(bytes: [1, 2, 3]) }
    }

    @Test func `any two of three escrow holders open together, and one never alone`() throws {
        let holders = (0..<3).map { _ in PrivateKey.generate() }
        let pairs = try Escrow.wrapPairs(secret: secret, holders: holders.map(\.publicKey), binding: .sample)
        #expect(pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
        for pair in pairs {
            for (first, one) in holders.enumerated() {
                for (second, other) in holders.enumerated() {
                    let opened = try? Escrow.open(pair.wrap, with: one, second: other, binding: .sample)
                    #expect(opened == (first == pair.first && second == pair.second ? secret : nil))
                }
            }
            let alone = try? Wrap.open(pair.wrap, with: holders[pair.first], binding: .sample)
            #expect(alone == nil)
        }
        let twice = [holders[0], holders[1], holders[1]].map(\.publicKey)
        #expect(throws: SealingError.malformed) {
            try Escrow.wrapPairs(secret: secret, holders: twice, binding: .sample)
        }
    }
}
