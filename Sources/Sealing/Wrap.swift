import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A short secret, such as a report key, sealed to one public key with HPKE in base mode
/// (RFC 9180; X25519, HKDF-SHA256, AES-256-GCM; info "mingjian wrap v1").
///
/// Layout: version (1 byte), algorithm (1), encapsulated key (32), ciphertext and tag (16). Version, algorithm and the
/// binding are authenticated; the sender is not. The same secret wrapped twice gives bytes that have nothing in common.
package enum Wrap {
    static let suite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    private static let info = Data("mingjian wrap v1".utf8)
    private static let header = [Format.wrap.rawValue, SealingAlgorithm.aesGCM.rawValue]
    private static let encapsulatedLength = 32

    /// Seals a secret so that only the holder of the private half of `key` can open it.
    package static func seal(_ secret: [UInt8], to key: PublicKey, binding: Binding) throws -> [UInt8] {
        let recipient = try key.agreement
        do {
            var sender = try HPKE.Sender(recipientKey: recipient, ciphersuite: suite, info: info)
            let sealed = try sender.seal(secret, authenticating: binding.authenticated(with: header))
            return header + sender.encapsulatedKey + sealed
        } catch { throw SealingError.malformed }
    }

    /// Opens a wrap made to this key with this binding; everything else is ``SealingError/wrongKey``, or names the
    /// unknown version or algorithm, or is ``SealingError/malformed`` where it is too short to be a wrap.
    package static func open(_ wrap: [UInt8], with key: PrivateKey, binding: Binding) throws -> [UInt8] {
        let algorithm = try Format.wrap.algorithm(of: wrap)
        guard algorithm == .aesGCM else { throw SealingError.unknownAlgorithm(algorithm.rawValue) }
        let body = wrap.dropFirst(header.count)
        guard body.count >= encapsulatedLength + 16 else { throw SealingError.malformed }
        guard let encapsulated = PublicKey(bytes: Array(body.prefix(encapsulatedLength))) else {
            throw SealingError.wrongKey
        }
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key.agreement, ciphersuite: suite, info: info, encapsulatedKey: Data(encapsulated.bytes))
            return Array(
                try recipient.open(
                    body.dropFirst(encapsulatedLength), authenticating: binding.authenticated(with: header)))
        } catch { throw SealingError.wrongKey }
    }
}
