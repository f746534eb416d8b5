import Crypto
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The suites of algorithms, by the number that stands in the second byte of everything sealed: envelopes, files, what is
/// sealed under a password, and wraps, which are HPKE with the suite's cipher. A number, once given, is never given again.
///
/// What is sealed opens under the suite that it names, whatever is chosen now; one that is not known here is
/// ``SealingError/unknownAlgorithm(_:)``.
package enum SealingAlgorithm: UInt8, CaseIterable, Sendable {
    /// AES-256 in Galois/counter mode (NIST SP 800-38D), 96-bit random nonce, 128-bit tag.
    case aesGCM = 1
    /// ChaCha20-Poly1305 (RFC 8439), 96-bit random nonce, 128-bit tag.
    case chaChaPoly = 2

    /// As operators call them.
    package var name: String {
        switch self {
        case .aesGCM: "aes-256-gcm"
        case .chaChaPoly: "chacha20-poly1305"
        }
    }

    /// The suite of that name; nil for any other word.
    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    // One for the process, chosen where it is put together: everything opens whatever stands here, so that no caller has
    // to know it, and none can forget to hand it on.
    private static let chosen = Mutex(SealingAlgorithm.aesGCM)

    /// What is sealed with from now on, where nobody names another.
    package static var present: SealingAlgorithm { chosen.withLock { $0 } }

    /// Seals with another suite from now on, in this process.
    package static func choose(_ suite: SealingAlgorithm) { chosen.withLock { $0 = suite } }

    /// What nonce and tag add to the plain text.
    static let overhead = 28

    /// Nonce, ciphertext and tag, under a fresh random nonce or one that the caller never uses again.
    func seal(
        _ plain: some DataProtocol, under key: SymmetricKey, nonce: [UInt8]? = nil, authenticating header: [UInt8]
    ) throws -> [UInt8] {
        do {
            switch self {
            case .aesGCM:
                let nonce = try nonce.map { try AES.GCM.Nonce(data: $0) } ?? AES.GCM.Nonce()
                let box = try AES.GCM.seal(plain, using: key, nonce: nonce, authenticating: header)
                return Array(box.nonce) + box.ciphertext + box.tag
            case .chaChaPoly:
                let nonce = try nonce.map { try ChaChaPoly.Nonce(data: $0) } ?? ChaChaPoly.Nonce()
                return Array(try ChaChaPoly.seal(plain, using: key, nonce: nonce, authenticating: header).combined)
            }
        } catch { throw SealingError.malformed }
    }

    /// The plain text, or ``SealingError/tampered``.
    func open(_ combined: some DataProtocol, under key: SymmetricKey, authenticating header: [UInt8]) throws -> [UInt8]
    {
        guard combined.count >= Self.overhead else { throw SealingError.malformed }
        do {
            switch self {
            case .aesGCM:
                return Array(try AES.GCM.open(.init(combined: combined), using: key, authenticating: header))
            case .chaChaPoly:
                return Array(try ChaChaPoly.open(.init(combined: combined), using: key, authenticating: header))
            }
        } catch { throw SealingError.tampered }
    }
}

/// The first byte of everything sealed: what it is in the upper four bits, the version in the lower four.
enum Format: UInt8 {
    case envelope = 0x11
    case wrap = 0x21
    case password = 0x31
    /// Files without padding, as they were sealed before; read, and no longer written.
    case bareFile = 0x41
    case file = 0x42

    /// Reads version and algorithm, the two bytes that every format begins with.
    func algorithm(of bytes: some Collection<UInt8>) throws -> SealingAlgorithm {
        guard let version = bytes.first, let number = bytes.dropFirst().first else { throw SealingError.malformed }
        guard version == rawValue else { throw SealingError.unknownVersion(version) }
        guard let algorithm = SealingAlgorithm(rawValue: number) else { throw SealingError.unknownAlgorithm(number) }
        return algorithm
    }
}
