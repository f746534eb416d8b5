import Crypto
import Kernel

/// What a signed-in browser or client holds: 32 random bytes. The server keeps the hash to find the session and seals
/// the session's secrets under a key derived from the token, so a stolen row opens nothing.
package struct SessionToken: Sendable {
    private let secret: SecretKey

    /// A fresh token.
    package static func random() -> SessionToken { SessionToken(secret: .random()) }

    private init(secret: SecretKey) { self.secret = secret }

    /// Reads the 43 characters of ``text``; anything else is nil.
    package init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), let secret = SecretKey(bytes: bytes) else {
            return nil
        }
        self.init(secret: secret)
    }

    /// For the cookie or the `Authorization` header: base64url, 43 characters.
    package var text: String { Base64URL.encode(secret.bytes) }

    /// What is stored: the SHA-256 of the token, 32 bytes.
    package var hash: [UInt8] { Array(SHA256.hash(data: secret.bytes)) }

    /// What the session's secrets are sealed under; the hash does not lead to it.
    package var sealingKey: SecretKey { secret.derived(for: "session") }
}

extension SessionToken: CustomStringConvertible {
    /// Always the same words.
    package var description: String { "SessionToken(…)" }
}
