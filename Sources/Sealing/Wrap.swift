import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A short secret, such as a report key, sealed to one public key with HPKE in base mode (RFC 9180; X25519, HKDF-SHA256
/// and the cipher of the suite; info "mingjian wrap v1").
///
/// Layout: version (1 byte), suite (1), encapsulated key (32), ciphertext and tag (16). Version, suite and the binding are
/// authenticated; the sender is not. The same secret wrapped twice gives bytes that have nothing in common. All suites
/// take the same keys: another curve would be another version.
package enum Wrap {
    private static let info = Data("mingjian wrap v1".utf8)
    private static let headerLength = 2
    private static let encapsulatedLength = 32

    /// Seals a secret so that only the holder of the private half of `key` can open it.
    package static func seal(
        _ secret: [UInt8], to key: PublicKey, binding: Binding, algorithm: SealingAlgorithm = .present
    ) throws -> [UInt8] {
        let recipient = try key.agreement
        let header = [Format.wrap.rawValue, algorithm.rawValue]
        do {
            var sender = try HPKE.Sender(recipientKey: recipient, ciphersuite: algorithm.hpke, info: info)
            let sealed = try sender.seal(secret, authenticating: binding.authenticated(with: header))
            return header + sender.encapsulatedKey + sealed
        } catch { throw SealingError.malformed }
    }

    /// Opens a wrap made to this key with this binding; everything else is ``SealingError/wrongKey``, or names the
    /// unknown version or algorithm, or is ``SealingError/malformed`` where it is too short to be a wrap.
    package static func open(_ wrap: [UInt8], with key: PrivateKey, binding: Binding) throws -> [UInt8] {
        let algorithm = try Format.wrap.algorithm(of: wrap)
        let header = wrap.prefix(headerLength)
        let body = wrap.dropFirst(headerLength)
        guard body.count >= encapsulatedLength + 16 else { throw SealingError.malformed }
        guard let encapsulated = PublicKey(bytes: Array(body.prefix(encapsulatedLength))) else {
            throw SealingError.wrongKey
        }
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key.agreement, ciphersuite: algorithm.hpke, info: info,
                encapsulatedKey: Data(encapsulated.bytes))
            return Array(
                try recipient.open(
                    body.dropFirst(encapsulatedLength), authenticating: binding.authenticated(with: header)))
        } catch { throw SealingError.wrongKey }
    }
}

extension SealingAlgorithm {
    /// X25519 and HKDF-SHA256 with the cipher, by the numbers of RFC 9180 §7: KEM 0x0020, KDF 0x0001, AEAD 0x0002 or 0x0003.
    var hpke: HPKE.Ciphersuite {
        switch self {
        case .aesGCM: HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
        case .chaChaPoly: HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .chaChaPoly)
        }
    }
}
