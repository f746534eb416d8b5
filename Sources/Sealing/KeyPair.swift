import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The public half of an X25519 key pair (RFC 7748), 32 bytes as on the wire.
package struct PublicKey: Hashable, Sendable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Takes 32 bytes, and none of the points of low order, with which every secret would come out the same
    /// (RFC 9180 §7.1.4; Swift Crypto leaves this check to its caller).
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32, !Self.isOfLowOrder(bytes) else { return nil }
        self.bytes = bytes
    }

    init(_ key: Curve25519.KeyAgreement.PublicKey) { bytes = Array(key.rawRepresentation) }

    var agreement: Curve25519.KeyAgreement.PublicKey {
        get throws {
            do { return try .init(rawRepresentation: bytes) } catch { throw SealingError.malformed }
        }
    }

    /// Zero, one, the two points of order eight, and p-1, p, p+1; the highest bit does not count.
    private static func isOfLowOrder(_ bytes: [UInt8]) -> Bool {
        let upper = (bytes.last ?? 0) & 0x7F
        guard let lowest = bytes.first else { return true }
        let inner = bytes.dropFirst().dropLast()
        if inner.allSatisfy({ $0 == 0 }), upper == 0, lowest <= 1 { return true }
        if inner.allSatisfy({ $0 == 0xFF }), upper == 0x7F, 0xEC...0xEE ~= lowest { return true }
        return ordersOfEight.contains(Array(bytes.dropLast()) + [upper])
    }

    private static let ordersOfEight: [[UInt8]] = [
        [
            0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4, 0x6A,
            0xDA, 0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49, 0xB8, 0x00,
        ],
        [
            0x5F, 0x9C, 0x95, 0xBC, 0xA3, 0x50, 0x8C, 0x24, 0xB1, 0xD0, 0xB1, 0x55, 0x9C, 0x83, 0xEF, 0x5B,
            0x04, 0x44, 0x5C, 0xC4, 0x58, 0x1C, 0x8E, 0x86, 0xD8, 0x22, 0x4E, 0xDD, 0xD0, 0x9F, 0x11, 0x57,
        ],
    ]
}

/// The private half of an X25519 key pair. Printing it, or anything that holds it, shows nothing.
package struct PrivateKey: Sendable {
    let agreement: Curve25519.KeyAgreement.PrivateKey
    /// The half that others seal to.
    package let publicKey: PublicKey

    private init(_ agreement: Curve25519.KeyAgreement.PrivateKey) {
        self.agreement = agreement
        publicKey = PublicKey(agreement.publicKey)
    }

    /// A fresh key pair.
    package static func generate() -> PrivateKey { PrivateKey(Curve25519.KeyAgreement.PrivateKey()) }

    /// Takes exactly 32 bytes; anything else is ``SealingError/malformed``.
    package init(bytes: [UInt8]) throws {
        do { self.init(try .init(rawRepresentation: bytes)) } catch { throw SealingError.malformed }
    }

    /// The key pair that 32 secret bytes stand for: every such string is a key (RFC 7748 §5), so the other branch,
    /// a key that nobody could ever derive again, is there for the type alone.
    init(seed: SecretKey) {
        self.init((try? .init(rawRepresentation: seed.symmetric)) ?? Curve25519.KeyAgreement.PrivateKey())
    }

    /// The 32 bytes, to be sealed and nothing else.
    package var bytes: [UInt8] { Array(agreement.rawRepresentation) }
}

extension PrivateKey: CustomStringConvertible, CustomReflectable {
    /// Always the same words.
    package var description: String { "PrivateKey(…)" }
    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
