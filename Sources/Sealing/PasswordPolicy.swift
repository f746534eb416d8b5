import Foundation

/// What a password must be: long, and none that others would try first (NIST SP 800-63B §3.1.1.2). Kinds of characters
/// are not asked for; they make people write passwords down.
package enum PasswordPolicy {
    /// The fewest characters anywhere; an installation may ask for more.
    package static let minimumLength = 12
    /// The most bytes of UTF-8, so that a password is no lever to keep the server busy.
    package static let maximumBytes = 1024

    /// Why a password is refused.
    package enum Weakness: String, Equatable, Sendable {
        /// Fewer characters than asked for.
        case short
        /// More than ``maximumBytes``.
        case long
        /// Among the first that anyone would try.
        case common
        /// Fewer than five different characters, or one run such as 123456789012.
        case monotonous
        /// Made of words that anyone would try who knows this person or this house.
        case context
        /// In the operator's list of passwords known from breaches.
        case breached
    }

    /// Throws ``SealingError/weakPassword(_:)`` for a password that may not be chosen. `least` counts code points;
    /// `context`: the person's names, their organ's and the like. The list of breached passwords is
    /// ``PasswordGate/check(_:least:context:)``'s to ask.
    package static func check(_ password: String, least: Int = minimumLength, context: [String] = []) throws {
        guard password.utf8.count <= maximumBytes else { throw SealingError.weakPassword(.long) }
        let folded = normalised(password).lowercased()
        let characters = Array(folded)
        guard folded.unicodeScalars.count >= max(least, minimumLength) else { throw SealingError.weakPassword(.short) }
        guard Set(characters).count >= 5, !isRun(characters) else { throw SealingError.weakPassword(.monotonous) }
        guard !common.contains(where: { String(characters) == $0 || isRepetition(of: $0, characters) }) else {
            throw SealingError.weakPassword(.common)
        }
        guard try !CommonPasswords.contain(characters) else { throw SealingError.weakPassword(.common) }
        guard !isMade(of: context + house, characters) else { throw SealingError.weakPassword(.context) }
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

    /// Whether all letters are words of the context one after the other, with at most eight digits and signs around
    /// them: `admin@qingtang2026`.
    private static func isMade(of context: [String], _ characters: [Character]) -> Bool {
        let letters = characters.filter(\.isLetter)
        guard !letters.isEmpty, characters.count &- letters.count <= 8 else { return false }
        let words = Set(
            context.flatMap { text in
                text.prefix(200).lowercased().split { !$0.isLetter }.map { Array($0) }.filter { $0.count >= 2 }
            })
        var reached: Set<Int> = [0]
        for place in letters.indices where reached.contains(place) {
            for word in words where letters[place...].starts(with: word) { reached.insert(place &+ word.count) }
        }
        return reached.contains(letters.count)
    }

    /// What this product is called, and what people begin with.
    private static let house = [
        "mingjian", "明鉴", "admin", "administrator", "password", "passwd", "welcome", "hello", "demo", "test", "user",
        "管理员", "密码", "纪委", "监委", "纪检", "监察", "举报",
    ]

    /// What is tried here besides: on Chinese keyboards, and of this house.
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
        "qwer1234asdf", "huawei123456", "mima12345678", "passwordpassword", "qwertyuiopasdfgh", "qwertyuiopasdfghjkl",
        "asdfghjklqwertyuiop",
        "1qaz2wsx3edc4rfv", "1q2w3e4r5t6y7u8i", "zaq12wsxcde34rfv", "qazwsxedcrfvtgb", "qazwsxedcrfvtgbyhn",
        "123456789qwertyuiop", "qwertyuiop123456789", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz",
        "1234567890qwertyuiop", "iloveyouiloveyou", "woaini1314woaini1314", "zhongguozhongguo", "1234567890abcdef",
        "zhongguo1234", "beijing12345", "mingjian1234", "mingjian2026",
    ]
}
