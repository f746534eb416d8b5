import Crypto
import Kernel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a text is no receipt.
package enum ReceiptError: Error, Equatable, Sendable {
    /// Not 28 digits, or the two check digits do not fit: it was mistyped, and cannot exist.
    case mistyped
}

/// What the reporter keeps, and nobody else: 26 random decimal digits (86 bits) and two check digits
/// (ISO 7064 MOD 97-10). It is shown once and never stored; printing the value shows nothing.
package struct Receipt: Hashable, Sendable {
    /// The 28 digits without spaces, for the reporter's eyes and the derivation alone.
    package let digits: String

    private static let randomDigits = 26

    /// A fresh receipt: every string of 26 digits is as likely as any other.
    package static func generate() -> Receipt {
        // Thirteen digits a draw: one draw for each digit would ask the system's generator 26 times.
        Receipt(halves: (0..<2).map { _ in UInt64.random(in: 0..<10_000_000_000_000) })
    }

    /// The receipt of what is sent under a secret that only the sender's browser holds: the same each time, so that a
    /// form that was sent twice can be answered twice, and nothing of it is stored in between. Whoever lacks the pepper
    /// or the secret can tell it from no other 28 digits; 26 decimal digits out of 256 bits (HKDF-SHA256, RFC 5869),
    /// none more likely than another by more than one in a million.
    package static func derived(from secret: SecretKey, pepper: SecretKey) -> Receipt {
        let root = HKDF<SHA256>.extract(inputKeyMaterial: secret.symmetric, salt: pepper.bytes)
        let bytes = HKDF<SHA256>.expand(
            pseudoRandomKey: root, info: Array("mingjian receipt digits v1".utf8), outputByteCount: 16
        ).withUnsafeBytes { Array($0) }
        return Receipt(halves: [bytes.prefix(8), bytes.suffix(8)].map { $0.reduce(0) { $0 << 8 | UInt64($1) } })
    }

    /// Each half gives thirteen digits.
    private init(halves: [UInt64]) {
        let body = halves.map { number in
            let half = String(number % 10_000_000_000_000)
            return String(repeating: "0", count: max(0, Self.randomDigits / 2 - half.utf8.count)) + half
        }.joined()
        self.init(digits: body + (Mod97.checkDigits(for: body) ?? ""))
    }

    private init(digits: String) { self.digits = digits }

    /// Reads what a person typed: spaces, line breaks, hyphens and full-width digits are accepted, nothing else.
    /// ``ReceiptError/mistyped`` tells a slip from a receipt that is merely unknown.
    package init(parsing text: String) throws {
        guard text.utf8.count <= 512 else { throw ReceiptError.mistyped }
        let digits = Digits.folded(text).filter { !$0.isWhitespace && $0 != "-" }
        guard digits.utf8.count == Self.randomDigits + 2, Mod97.isValid(digits) else { throw ReceiptError.mistyped }
        self.init(digits: digits)
    }

    /// Seven groups of four with spaces between, as it is printed.
    package var grouped: String {
        stride(from: 0, to: digits.count, by: 4).map { String(digits.dropFirst($0).prefix(4)) }.joined(separator: " ")
    }

    /// What the server keeps of a receipt. HKDF-SHA256 (RFC 5869) with the pepper as salt: without the pepper, a stolen
    /// database does not even allow guesses to be tried; with it, 86 bits remain.
    package func derive(pepper: SecretKey) -> ReceiptKeys {
        let root = HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: Array(digits.utf8)), salt: pepper.bytes)
        func expanded(_ purpose: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.expand(
                pseudoRandomKey: root, info: Array("mingjian receipt \(purpose) v1".utf8), outputByteCount: count)
        }
        return ReceiptKeys(
            lookup: expanded("lookup", 16).withUnsafeBytes { Array($0) },
            keyPair: PrivateKey(seed: SecretKey(expanded("key pair", 32))))
    }
}

/// What a receipt stands for on the server.
package struct ReceiptKeys: Sendable {
    /// Finds the report: 16 bytes, stored.
    package let lookup: [UInt8]
    /// Opens the reporter's wraps; only its public half is stored.
    package let keyPair: PrivateKey
}

extension Receipt: CustomStringConvertible, CustomReflectable {
    /// Always the same words.
    package var description: String { "Receipt(…)" }
    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
