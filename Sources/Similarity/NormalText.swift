/// A text as texts are compared: one width, one case, simplified characters, numbers in digits, and of what parts words
/// nothing. Made by ``Normaliser``; for comparing, never for showing.
package struct NormalText: Sendable, Hashable {
    /// UTF-16: a character outside the basic plane counts as two.
    package let units: [UInt16]
    /// Amounts of money named in the text, in fen, each once, ascending; at most ``maximumFacts``.
    package let amounts: [Int64]
    /// Months named in the text as year × 100 + month, each once, ascending; at most ``maximumFacts``.
    package let months: [Int]
    /// Whether the end of the text was left out, because it is longer than ``Normaliser/maximumUnits``.
    package let isCut: Bool

    /// No more amounts and months are kept of one text.
    package static let maximumFacts = 64

    init(units: [UInt16], amounts: Set<Int64> = [], months: Set<Int> = [], isCut: Bool = false) {
        self.units = units
        self.amounts = amounts.sorted()
        self.months = months.sorted()
        self.isCut = isCut
    }

    /// As a text, for explanations.
    package var text: String { String(decoding: units, as: UTF16.self) }
}
