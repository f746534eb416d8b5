import Crypto
package import Kernel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Names a symmetric key in the envelopes that it seals; tells nothing about the key.
package enum KeyTag {}

/// The name of a symmetric key: 16 random bytes.
package typealias KeyID = Identifier<KeyTag>

/// A symmetric key of 256 bits. Printing it, or anything that holds it, shows nothing.
package struct SecretKey: Hashable, Sendable {
    let symmetric: SymmetricKey

    init(_ symmetric: SymmetricKey) { self.symmetric = symmetric }

    /// A fresh key from the system's generator.
    package static func random() -> SecretKey { SecretKey(SymmetricKey(size: .bits256)) }

    /// Takes exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.init(SymmetricKey(data: bytes))
    }

    /// The 32 bytes, to be sealed or stored in the keys folder and nowhere else.
    package var bytes: [UInt8] { symmetric.withUnsafeBytes { Array($0) } }

    /// An independent key for one purpose (HKDF-SHA256, RFC 5869, no salt): who holds it cannot find this one.
    package func derived(for purpose: String) -> SecretKey {
        SecretKey(
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: symmetric, info: Array("mingjian \(purpose) v1".utf8), outputByteCount: 32))
    }

    /// Hashes the bytes into the seeded hasher of a set or dictionary.
    package func hash(into hasher: inout Hasher) { symmetric.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

extension SecretKey: CustomStringConvertible, CustomReflectable {
    /// Always the same words.
    package var description: String { "SecretKey(…)" }
    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
