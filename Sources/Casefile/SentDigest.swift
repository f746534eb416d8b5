import Casework
import Kernel
package import Sealing

/// What binds the entry of a filing to the words that were sent: HMAC-SHA256 over the RFC 8785 JSON of title and content.
/// Its key comes from the letter key, so only who can read the letter can hold words against it.
package enum SentDigest {
    /// The key that opens it: 32 bytes.
    static func salt(_ letterKey: SecretKey) -> SecretKey { letterKey.derived(for: "digest of what was sent") }

    /// 64 hexadecimal digits.
    package static func digest(title: String, content: String, salt: SecretKey) -> String {
        let words = CanonicalJSON.object(["title": .text(title), "content": .text(content)])
        return Hex.encode(KeyedHash.hmac(key: salt, message: words.bytes))
    }

    /// Among the codes of the filing's event.
    static let code = "sent"
}
