import Foundation

/// What a password must be: long. Kinds of characters are not asked for; they make people write passwords down.
package enum PasswordPolicy {
    /// The fewest characters.
    package static let minimumLength = 12
    /// The most bytes of UTF-8, so that a password is no lever to keep the server busy.
    package static let maximumBytes = 1024

    /// Why a password is refused.
    package enum Weakness: Equatable, Sendable {
        /// Fewer than ``minimumLength`` characters.
        case short
        /// More than ``maximumBytes``.
        case long
        /// Among the first that anyone would try.
        case common
        /// Fewer than five different characters, or one run such as 123456789012.
        case monotonous
    }

    /// Throws ``SealingError/weakPassword(_:)`` for a password that may not be chosen.
    package static func check(_ password: String) throws {
        guard password.utf8.count <= maximumBytes else { throw SealingError.weakPassword(.long) }
        let characters = Array(normalised(password).lowercased())
        guard characters.count >= minimumLength else { throw SealingError.weakPassword(.short) }
        guard Set(characters).count >= 5, !isRun(characters) else { throw SealingError.weakPassword(.monotonous) }
        guard !common.contains(where: { String(characters) == $0 || isRepetition(of: $0, characters) }) else {
            throw SealingError.weakPassword(.common)
        }
    }

    /// The form that is hashed: Unicode NFC, so that the same password typed on another keyboard is the same bytes.
    static func normalised(_ password: String) -> String { password.precomposedStringWithCanonicalMapping }

    /// Whether each character follows the last by one and the same step, 9 going on to 0.
    private static func isRun(_ characters: [Character]) -> Bool {
        let steps = zip(characters, characters.dropFirst()).map { before, after in
            Int(after.asciiValue ?? 0) &- Int(before.asciiValue ?? 0)
        }
        return steps.allSatisfy { $0 == 1 || $0 == -9 } || steps.allSatisfy { $0 == -1 || $0 == 9 }
    }

    private static func isRepetition(of word: String, _ characters: [Character]) -> Bool {
        let whole = String(characters)
        return String(repeating: word, count: characters.count / max(word.count, 1) &+ 1).hasPrefix(whole)
    }

    private static let common = [
        "password", "password1234", "password12345", "password123456", "passw0rd1234", "p@ssw0rd1234", "p@ssword1234",
        "administrator", "admin", "admin123", "admin1234567", "admin12345678", "admin@123456", "administrator1",
        "qwertyuiop12", "qwertyuiop123", "qwertyuiop[]", "qwerty123456", "qwerty1234567", "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "1qaz@wsx3edc", "1qaz2wsx", "q1w2e3r4t5y6", "qazwsxedcrfv", "asdfghjkl123", "zxcvbnm12345", "abcdefgh1234",
        "abc123456789", "abcd12345678", "a12345678901", "a123456789012", "aa1234567890", "woaini123456",
        "woaini1314520",
        "woaini5201314", "5201314woaini", "iloveyou1234", "letmein12345", "welcome12345", "changeme1234",
        "test12345678",
        "123456789abc", "1234567890ab", "123456abcdef", "123456", "12345678", "123123", "112233445566", "1234qwerasdf",
        "qwer1234asdf", "huawei123456", "mima12345678", "zhongguo1234", "beijing12345", "mingjian1234", "mingjian2026",
    ]
}
