import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How much work one guess of a password costs (scrypt, RFC 7914): memory is 128 × N × r bytes.
package struct PasswordCost: Equatable, Sendable {
    /// The binary logarithm of N.
    package let logN: UInt8
    /// The block size r.
    package let r: UInt8
    /// The parallelism p.
    package let p: UInt8

    /// N = 2¹⁶, r = 8, p = 1: 64 MiB and about a fifth of a second.
    package static let standard = PasswordCost(logN: 16, r: 8, p: 1)
    /// N = 2¹², r = 8, p = 1: for tests and demonstrations only.
    package static let light = PasswordCost(logN: 12, r: 8, p: 1)

    /// Whether this program will spend it: N from 2¹⁰ to 2¹⁸ (256 MiB), r to 8, p to 4. Stored bytes choose the cost
    /// of opening them, so an altered row must not choose a ruinous one.
    var isAcceptable: Bool { 10...18 ~= logN && 1...8 ~= r && 1...4 ~= p }
}

/// A secret sealed under a password.
///
/// Layout: version (1 byte), suite (1), log₂ N (1), r (1), p (1), salt (16), nonce (12), ciphertext, tag (16).
/// All before the nonce is authenticated. This work takes long and much memory: go through ``PasswordGate``.
enum PasswordSealed {
    private static let headerLength = 21

    static func seal(
        secret: [UInt8], password: String, cost: PasswordCost, algorithm: SealingAlgorithm = .present
    ) throws -> [UInt8] {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        let header = [Format.password.rawValue, algorithm.rawValue, cost.logN, cost.r, cost.p] + salt
        let key = try key(password: password, salt: salt, cost: cost)
        return header + (try algorithm.seal(secret, under: key, authenticating: header))
    }

    static func open(_ sealed: [UInt8], password: String) throws -> [UInt8] {
        let algorithm = try Format.password.algorithm(of: sealed)
        let header = Array(sealed.prefix(headerLength))
        let numbers = header.dropFirst(2)
        guard let logN = numbers.first, let r = numbers.dropFirst().first, let p = numbers.dropFirst(2).first,
            sealed.count >= headerLength + SealingAlgorithm.overhead
        else { throw SealingError.malformed }
        let cost = PasswordCost(logN: logN, r: r, p: p)
        let key = try key(password: password, salt: Array(header.suffix(16)), cost: cost)
        do {
            return try algorithm.open(sealed.dropFirst(headerLength), under: key, authenticating: header)
        } catch SealingError.tampered { throw SealingError.wrongKey }
    }

    static func key(password: String, salt: [UInt8], cost: PasswordCost) throws -> SymmetricKey {
        guard cost.isAcceptable else { throw SealingError.unacceptableCost }
        guard password.utf8.count <= PasswordPolicy.maximumBytes else { throw SealingError.weakPassword(.long) }
        let bytes = Array(PasswordPolicy.normalised(password).utf8)
        guard !bytes.isEmpty else { throw SealingError.weakPassword(.short) }
        do {
            return try KDF.Scrypt.deriveKey(
                from: bytes, salt: salt, outputByteCount: 32, rounds: 1 << Int(cost.logN), blockSize: Int(cost.r),
                parallelism: Int(cost.p))
        } catch { throw SealingError.unacceptableCost }
    }
}
