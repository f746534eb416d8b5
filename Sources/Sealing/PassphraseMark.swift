import Crypto
import CryptoExtras
import Kernel

extension PasswordGate {
    /// Tells whether two passphrases are the same and nothing else: hexadecimal. A guess costs whoever has the mark and
    /// the key as much as it costs whoever has a file that was sealed under the passphrase.
    package func mark(of passphrase: String, under key: SecretKey, cost: PasswordCost = .standard) async throws
        -> String
    {
        let salt = Array(KeyedHash.hmac(key: key, parts: ["passphrase salt"]).prefix(16))
        let stretched = try await pass { try PasswordSealed.key(password: passphrase, salt: salt, cost: cost) }
        return Hex.encode(Array(HMAC<SHA256>.authenticationCode(for: SecretKey(stretched).bytes, using: key.symmetric)))
    }
}
