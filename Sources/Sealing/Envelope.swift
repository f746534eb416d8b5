import Kernel

/// A text sealed under a symmetric key.
///
/// Layout: version (1 byte), algorithm (1), key id (16), nonce (12), ciphertext, tag (16). Version, algorithm, key id
/// and the binding are authenticated. Nonces are random: a key may seal 2³² texts (NIST SP 800-38D §8.3), and keys
/// here belong to one report.
package enum Envelope {
    private static let headerLength = 18

    /// Seals a text of less than 4 GiB. `keyID` is written in the clear, so that the opener knows which key to fetch.
    package static func seal(
        _ plain: [UInt8], under key: SecretKey, keyID: KeyID, binding: Binding, padding: Padding = .classes,
        algorithm: SealingAlgorithm = .present
    ) throws -> [UInt8] {
        let header = [Format.envelope.rawValue, algorithm.rawValue] + keyID.bytes
        return header
            + (try algorithm.seal(
                padding.applied(to: plain), under: key.symmetric, authenticating: binding.authenticated(with: header)))
    }

    /// Opens what ``seal(_:under:keyID:binding:padding:algorithm:)`` made, under the same key and binding;
    /// everything else is ``SealingError/tampered``, or names the unknown version or algorithm.
    package static func open(_ envelope: [UInt8], under key: SecretKey, binding: Binding) throws -> [UInt8] {
        let algorithm = try Format.envelope.algorithm(of: envelope)
        let header = envelope.prefix(headerLength)
        return try Padding.removed(
            from: algorithm.open(
                envelope.dropFirst(headerLength), under: key.symmetric,
                authenticating: binding.authenticated(with: header)))
    }

    /// The key that an envelope says it was sealed under; true only once it has been opened.
    package static func keyID(of envelope: [UInt8]) throws -> KeyID {
        _ = try Format.envelope.algorithm(of: envelope)
        guard let id = KeyID(bytes: envelope.prefix(headerLength).dropFirst(2)) else { throw SealingError.malformed }
        return id
    }
}
