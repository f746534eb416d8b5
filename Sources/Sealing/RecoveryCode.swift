import Kernel

/// A code on paper that stands in for the authenticator app once: three groups of four, about 59 bits.
package struct RecoveryCode: Sendable {
    /// How many a person gets at a time.
    package static let count = 10
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
    private static let length = 12

    private let compact: String

    /// A fresh one, from the system's generator.
    package static func random() -> RecoveryCode {
        RecoveryCode(compact: String((0..<length).compactMap { _ in letters.randomElement() }))
    }

    private init(compact: String) { self.compact = compact }

    /// Reads what was typed, whatever the case, the spaces and the hyphens; `nil` where it can be none.
    package init?(typed: String) {
        guard typed.utf8.count <= 200 else { return nil }
        let compact = Digits.folded(typed).lowercased().filter { $0 != "-" && !$0.isWhitespace }
        guard compact.count == Self.length, compact.allSatisfy(Self.letters.contains) else { return nil }
        self.compact = compact
    }

    /// As it is shown: `abcd-efgh-jkmn`.
    package var text: String {
        stride(from: 0, to: Self.length, by: 4).map { String(compact.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }

    /// What is kept of it, to be sealed: a keyed hash that belongs to this owner alone.
    package func mark(of owner: String, key: SecretKey) -> [UInt8] {
        KeyedHash.hmac(key: key.derived(for: "recovery code"), parts: [owner, compact])
    }

    /// Whether a kept mark is this code's; takes the same time wherever they differ.
    package func fits(_ mark: [UInt8], of owner: String, key: SecretKey) -> Bool {
        ConstantTime.isEqual(mark, self.mark(of: owner, key: key))
    }
}

extension RecoveryCode: CustomStringConvertible, CustomReflectable {
    /// Always the same words.
    package var description: String { "RecoveryCode(…)" }
    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
