import Crypto

/// The secret under which fingerprints are made. It lives apart from them: without it a fingerprint tells neither a text
/// nor a stretch of one, and no guess can be tried.
package struct FingerprintKey: Sendable {
    let hash: SipHash

    /// No shorter secret is taken: 16 bytes.
    package static let minimumBytes = 16

    /// From a secret of at least ``minimumBytes`` that may serve other purposes too (HKDF-SHA256, RFC 5869, by a name of
    /// its own); `nil` for a shorter one.
    package init?(secret: [UInt8]) {
        guard secret.count >= Self.minimumBytes else { return nil }
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Array("mingjian similarity fingerprint 1".utf8),
            outputByteCount: 16)
        let words = derived.withUnsafeBytes { bytes in
            (0..<2).map { word in
                (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[word &* 8 &+ $1]) << (UInt64($1) &* 8) }
            }
        }
        hash = SipHash(words[0], words[1])
    }
}
