import Crypto

/// A hash that only the holder of the key can compute: equal inputs can be found, guesses cannot be tried.
package enum KeyedHash {
    /// HMAC-SHA256 (RFC 2104), 32 bytes, over the parts, each after its length: ["ab", "c"] is not ["a", "bc"].
    package static func hmac(key: SecretKey, parts: [String]) -> [UInt8] {
        var message: [UInt8] = []
        for part in parts { message.append(lengthPrefixed: part.utf8) }
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key.symmetric))
    }

    /// HMAC-SHA256 (RFC 2104), 32 bytes, over the bytes as they are.
    package static func hmac(key: SecretKey, message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: key.symmetric))
    }
}
