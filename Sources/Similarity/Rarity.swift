import Kernel

/// How surprising a stretch of characters is, in bits: −log₂ of how often it is to be expected. Names and numbers are
/// rare, turns of phrase are not.
package struct Rarity: Sendable {
    /// Why the table could not be read; the line counts from 1.
    package enum Failure: Error, Hashable { case line(Int) }

    /// Where the table comes from, its licence, and of when it is.
    package let source: String
    package let licence: String
    package let date: String
    /// By character; what the table does not have is as rare as the rarest that it has.
    private let characters: [Float]
    /// By a hash of two characters: how much less surprising they are together than apart. Two pairs that meet in one
    /// place take the larger.
    private let pairs: [Float]

    private static let places = 1 << 18

    /// Reads lines of one or two characters, a tab, and tenths of a bit, after header lines that begin with `#`.
    package init(text: String) throws {
        let file = HeaderedText(text)
        source = file.header["source"] ?? ""
        licence = file.header["licence"] ?? ""
        date = file.header["date"] ?? ""
        var known: [UInt16: Float] = [:]
        var together: [(UInt16, UInt16, Float)] = []
        for line in file.lines {
            let cells = line.text.split(separator: "\t")
            guard cells.count == 2, let tenths = Float(cells[1]), tenths.isFinite else {
                throw Failure.line(line.number)
            }
            let units = Array(cells[0].utf16)
            switch units.count {
            case 1: known[units[0]] = tenths / 10
            case 2: together.append((units[0], units[1], tenths / 10))
            default: throw Failure.line(line.number)
            }
        }
        let rarest = known.values.max() ?? 16
        var characters = [Float](repeating: rarest, count: 0x10000)
        for (unit, bits) in known { characters[Int(unit)] = bits }
        // Digits and Latin letters are common, and the table is of Han characters.
        for ascii in 0x30..<0x7F { characters[ascii] = 7 }
        var pairs = [Float](repeating: 0, count: Self.places)
        for (first, second, bits) in together {
            let gain = characters[Int(first)] + characters[Int(second)] - bits
            let place = Self.place(first, second)
            pairs[place] = max(pairs[place], gain)
        }
        self.characters = characters
        self.pairs = pairs
    }

    /// The one that comes with the software, read at the first use.
    package static func shipped() throws -> Rarity { try loaded.get() }

    private static let loaded = Result {
        try Rarity(text: ShippedFile.text("common-characters.tsv", of: "Similarity"))
    }

    /// The surprise of a packed stretch of up to three characters (``Grams``).
    @inline(__always)
    package func bits(_ gram: UInt64) -> Float {
        let third = UInt16(truncatingIfNeeded: gram)
        let second = UInt16(truncatingIfNeeded: gram >> 16)
        let first = UInt16(truncatingIfNeeded: gram >> 32)
        switch gram >> 48 {
        case 1: return characters[Int(third)]
        case 2: return characters[Int(second)] + characters[Int(third)] - pairs[Self.place(second, third)]
        default:
            let apart = characters[Int(first)] + characters[Int(second)] + characters[Int(third)]
            return apart - pairs[Self.place(first, second)] - pairs[Self.place(second, third)]
        }
    }

    @inline(__always)
    private static func place(_ first: UInt16, _ second: UInt16) -> Int {
        Int(truncatingIfNeeded: ((UInt32(first) << 16 | UInt32(second)) &* 0x9E37_79B1) >> 14)
    }
}
