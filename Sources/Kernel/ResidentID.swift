/// A citizen's identity number (GB 11643): six digits of region, eight of birth date, three of sequence and a
/// check character.
/// It says who somebody is, so its description hides it; ask for ``text`` where it must be shown.
package struct ResidentID: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with a number as typed.
    package enum Fault: Error, Hashable {
        /// It has so many characters instead of 18.
        case length(Int)
        /// The character at this position (from 1) may not stand there.
        case character(position: Int)
        /// No province begins with these two digits.
        case region
        /// There is no such day, or it lies outside 1800 to 2200.
        case birthDate
        /// The last character does not fit the others: something was mistyped.
        case checkDigit
    }

    /// The 18 characters, X in upper case.
    package let text: String
    /// The six digits of the place of first registration, of codes in force at that time.
    package let region: RegionCode
    /// The day of birth, or nil before 1900.
    package let birthday: Day?
    /// Whether the sequence number is odd, as men's are.
    package let isMale: Bool

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checks = Array("10X98765432".utf8)
    private static let provinces: Set<Int> = Set(
        [11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71...71, 81...83, 91...91].joined())

    /// Checks a number as typed: full-width forms, spaces, hyphens and a small x are accepted.
    package init(validating typed: String) throws(Fault) {
        let text = Digits.compact(typed).uppercased()
        guard text.unicodeScalars.count == 18 else { throw .length(text.unicodeScalars.count) }
        var digits: [Int] = []
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == 17, scalar == "X" { break }
            guard let digit = UInt8(exactly: scalar.value).flatMap(Digits.value) else {
                throw .character(position: index &+ 1)
            }
            digits.append(digit)
        }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 &* 10 &+ $1 } }
        guard Self.provinces.contains(number(0..<2)), let region = RegionCode(String(text.prefix(6))) else {
            throw .region
        }
        let (year, month, day) = (number(6..<10), number(10..<12), number(12..<14))
        guard 1800...2200 ~= year, Day.exists(year: year, month: month, day: day) else { throw .birthDate }
        let sum = zip(Self.weights, digits).reduce(0) { $0 &+ $1.0 &* $1.1 }
        guard text.utf8.last == Self.checks[sum % 11] else { throw .checkDigit }
        self.text = text
        self.region = region
        birthday = Day(year: year, month: month, day: day)
        isMale = digits[16] % 2 == 1
    }

    /// A constant, so that no log or error shows the number.
    package var description: String { "ResidentID(…)" }
}
