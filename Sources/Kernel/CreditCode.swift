/// An organisation's unified social credit code (GB 32100): registering department, kind, six digits of region, nine of
/// organisation, a check character; 18 in all, of digits and letters without I, O, S, V and Z.
package struct CreditCode: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with a code as typed.
    package enum Fault: Error, Hashable {
        /// It has so many characters instead of 18.
        case length(Int)
        /// The character at this position (from 1) may not stand there.
        case character(position: Int)
        /// The last character does not fit the others: something was mistyped.
        case checkDigit
    }

    /// The 18 characters, letters in upper case.
    package let text: String

    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    private static let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

    /// Checks a code as typed: full-width forms, spaces, hyphens and small letters are accepted.
    package init(validating typed: String) throws(Fault) {
        let text = Digits.compact(typed).uppercased()
        guard text.unicodeScalars.count == 18 else { throw .length(text.unicodeScalars.count) }
        var values: [Int] = []
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard let byte = UInt8(exactly: scalar.value), let value = Self.alphabet.firstIndex(of: byte),
                !(2...7 ~= index) || value < 10
            else { throw .character(position: index &+ 1) }
            values.append(value)
        }
        let sum = zip(Self.weights, values).reduce(0) { $0 &+ $1.0 &* $1.1 }
        guard values.last == (31 &- sum % 31) % 31 else { throw .checkDigit }
        self.text = text
    }

    /// The place of registration, or nil where the digits name none.
    package var region: RegionCode? { RegionCode(String(text.dropFirst(2).prefix(6))) }

    /// The same as ``text``: organisations are no secret.
    package var description: String { text }
}
