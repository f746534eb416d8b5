import Kernel
import Sealing

/// What commits to the bytes of an original without telling anything about them: HMAC-SHA256, under a random salt of its
/// own, of size and SHA-256. It stands in the open beside the file; the salt lies sealed with the file's key. Who is
/// shown salt and original can check that it is the one that was received, and nobody can exchange it.
enum Commitment {
    static func freshSalt() -> String { Hex.encode(SecretKey.random().bytes) }

    /// Hexadecimal; `nil` for a salt that is none.
    static func of(size: Int64, sha256: String, salt: String) -> String? {
        guard let bytes = Hex.decode(salt), let key = SecretKey(bytes: bytes) else { return nil }
        return Hex.encode(KeyedHash.hmac(key: key, parts: ["mingjian original v1", String(size), sha256]))
    }
}

extension StagedFile {
    /// `nil` for files that were received before there were commitments.
    var commitment: String? { salt.flatMap { Commitment.of(size: size, sha256: sha256, salt: $0) } }
}
