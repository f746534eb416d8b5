package import Kernel
import Sealing

/// Phantom tag of drafts.
package enum DraftTag {}
/// Random; stands in no report.
package typealias DraftID = Identifier<DraftTag>

/// What the writer's browser holds: which draft, and the key that opens it. The server keeps only the id.
struct DraftKey: Sendable {
    let id: DraftID
    let secret: SecretKey

    static func fresh() -> DraftKey { DraftKey(id: .random(), secret: .random()) }

    private init(id: DraftID, secret: SecretKey) {
        self.id = id
        self.secret = secret
    }

    /// Reads the cookie: 16 bytes of id and 32 of key in base64url.
    init?(_ cookie: String) {
        guard cookie.utf8.count == 64, let bytes = Base64URL.decode(cookie), bytes.count == 48,
            let id = DraftID(bytes: bytes.prefix(16)), let secret = SecretKey(bytes: Array(bytes.suffix(32)))
        else { return nil }
        self.init(id: id, secret: secret)
    }

    /// The receipt that the report made of this draft will have: found again from the cookie, and stored nowhere.
    func receipt(pepper: SecretKey) -> Receipt {
        Receipt.derived(from: secret.derived(for: "receipt of a draft"), pepper: pepper)
    }

    var cookie: String { Base64URL.encode(id.bytes + secret.bytes) }
}
