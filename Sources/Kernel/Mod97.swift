/// Check digits by ISO 7064 MOD 97-10: two digits that catch every single wrong digit and every swap of two.
package enum Mod97 {
    /// The two check digits (02 to 98) to append to a string of ASCII digits, or nil if it is empty or holds
    /// anything else.
    package static func checkDigits(for digits: String) -> String? {
        guard let remainder = remainder(digits) else { return nil }
        return Digits.two(98 &- remainder &* 100 % 97)
    }

    /// Whether a string of at least three ASCII digits ends in its own check digits.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.count >= 3, let check = checkDigits(for: String(text.dropLast(2))) else { return false }
        return text.hasSuffix(check)
    }

    private static func remainder(_ digits: String) -> Int? {
        guard !digits.isEmpty else { return nil }
        var remainder = 0
        for character in digits.utf8 {
            guard let digit = Digits.value(character) else { return nil }
            remainder = (remainder &* 10 &+ digit) % 97
        }
        return remainder
    }
}
