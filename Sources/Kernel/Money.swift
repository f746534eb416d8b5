/// An amount of money in fen, a hundredth of a yuan.
package struct Money: Hashable, Sendable {
    package var fen: Int64

    package init(fen: Int64) { self.fen = fen }

    /// In yuan, with two places and a comma before every three digits: `1,234,567.80`.
    package var yuan: String {
        let (whole, part) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        var digits = Array(String(whole))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (fen < 0 ? "-" : "") + String(digits) + (part < 10 ? ".0\(part)" : ".\(part)")
    }
}
