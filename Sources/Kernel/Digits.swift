/// Digits and letters as people type them, among them the full-width forms of Chinese keyboards.
package enum Digits {
    /// Full-width digits, letters and plus signs, every kind of space and every kind of hyphen become the ASCII ones;
    /// invisible format characters, which address books add when a number is copied, go. All else stays.
    package static func folded(_ text: String) -> String {
        var folded = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0xFF0B:
                folded.append(Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value &- 0xFEE0)))
            case 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D:
                folded.append("-")
            default:
                switch scalar.properties.generalCategory {
                case .spaceSeparator: folded.append(" ")
                case .format: break
                default: folded.append(scalar)
                }
            }
        }
        return String(folded)
    }

    /// Folded, and without spaces and hyphens: a number of a document as it is stored.
    static func compact(_ text: String) -> String {
        folded(text).filter { $0 != "-" && !$0.isWhitespace }
    }

    /// The value of an ASCII digit, or nil.
    static func value(_ character: UInt8) -> Int? {
        let value = Int(character) &- 48
        return 0...9 ~= value ? value : nil
    }

    /// A number written in ASCII digits alone, in so many of them (at most 18), or nil.
    static func number(_ text: some StringProtocol, length: ClosedRange<Int>) -> Int? {
        guard length ~= text.utf8.count, text.utf8.count <= 18 else { return nil }
        var number = 0
        for character in text.utf8 {
            guard let digit = value(character) else { return nil }
            number = number &* 10 &+ digit
        }
        return number
    }

    /// Two digits of a number 0 to 99.
    static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
