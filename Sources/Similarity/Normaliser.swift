import CICU
import Kernel

/// Makes texts comparable: NFKC with case folding (Unicode TR 44, NFKC_Casefold), traditional characters to simplified
/// ones (ICU's `Traditional-Simplified`), numbers in words to digits, no spaces and no punctuation. Symbols such as emoji
/// stay. Time and memory grow with the length alone, and the length is bounded.
package struct Normaliser: Sendable {
    /// Why no normaliser could be made: ICU lacks its data.
    package enum Failure: Error, Hashable { case noData(String) }

    /// What is longer is cut: 2 Mi UTF-16 code units, before and after normalisation.
    package static let maximumUnits = 2 << 20

    /// What becomes of U+0000 to U+FFFF: another, or nothing (0).
    private let plane: [UInt16]
    /// Whether a character can begin a number.
    private let begins: [Bool]
    private let numbers: NumeralReader

    /// With numerals as the table has them.
    package init(numerals: NumeralTable) throws {
        var plane = [UInt16](repeating: 0, count: 0x10000)
        for value in 1..<0x10000 where cicu_kind(Int32(truncatingIfNeeded: value)) != 2 {
            plane[value] = UInt16(truncatingIfNeeded: value)
        }
        for (from, to) in try Self.simplified() { plane[Int(from)] = to }
        self.plane = plane
        var begins = [Bool](repeating: false, count: 0x10000)
        for unit in numerals.parts.keys { begins[Int(unit)] = true }
        self.begins = begins
        numbers = NumeralReader(table: numerals)
    }

    /// The one that comes with the software, made at the first use.
    package static func shipped() throws -> Normaliser { try loaded.get() }

    private static let loaded = Result { try Normaliser(numerals: .shipped()) }

    /// A text as it is compared.
    package func callAsFunction(_ text: String) throws -> NormalText {
        let given = Array(text.utf16.prefix(Self.maximumUnits &+ 1))
        let folded = try Self.folded(Array(given.prefix(Self.maximumUnits)))
        var result: [UInt16] = []
        result.reserveCapacity(folded.count)
        var (amounts, months): (Set<Int64>, Set<Int>) = ([], [])
        var year: (value: Int, end: Int)?
        var place = 0
        while place < folded.count {
            let unit = folded[place]
            guard begins[Int(unit)], let number = numbers.read(folded, at: place) else {
                let plain = plane[Int(unit)]
                if plain != 0 { result.append(plain) }
                place &+= 1
                continue
            }
            result.append(contentsOf: number.text)
            place &+= number.length
            if amounts.count < NormalText.maximumFacts, let fen = fen(number.value, folded, at: place) {
                amounts.insert(fen)
            }
            if let month = month(number.value, folded, at: place, &year), months.count < NormalText.maximumFacts {
                months.insert(month)
            }
        }
        let isCut = given.count > Self.maximumUnits || result.count > Self.maximumUnits
        return NormalText(
            units: Array(result.prefix(Self.maximumUnits)), amounts: amounts, months: months, isCut: isCut)
    }

    /// An amount in fen, where the word for money follows.
    private func fen(_ value: Double, _ units: [UInt16], at place: Int) -> Int64? {
        guard value > 0, value < 1e13, numbers.table.money.contains(where: { units[place...].starts(with: $0) })
        else { return nil }
        return Int64((value * 100).rounded())
    }

    /// Remembers a year, and completes it by the month that follows at once.
    private func month(
        _ value: Double, _ units: [UInt16], at place: Int, _ year: inout (value: Int, end: Int)?
    ) -> Int? {
        guard place < units.count else { return nil }
        if units[place] == numbers.table.year, (1900...2199).contains(value) {
            year = (Int(value), place)
        } else if units[place] == numbers.table.month, (1...12).contains(value), let known = year,
            place &- known.end <= 4
        {
            return known.value &* 100 &+ Int(value)
        }
        return nil
    }

    /// NFKC_Casefold.
    private static func folded(_ units: [UInt16]) throws -> [UInt16] {
        guard !units.isEmpty else { return [] }
        var room = units.count &+ units.count / 4 &+ 64
        while true {
            var whole = 0
            let written = [UInt16](unsafeUninitializedCapacity: room) { buffer, count in
                whole = Int(
                    cicu_nfkc_casefold(
                        units, Int32(truncatingIfNeeded: units.count), buffer.baseAddress,
                        Int32(truncatingIfNeeded: room)))
                count = min(max(whole, 0), room)
            }
            guard whole >= 0 else { throw Failure.noData("NFKC_Casefold") }
            if whole <= room { return written }
            room = whole
        }
    }

    /// The characters that ICU's transliterator replaces by one other, each asked for by itself.
    private static func simplified() throws -> [(UInt16, UInt16)] {
        let all = Array(UInt16(0x3400)...0x4DBF) + Array(UInt16(0x4E00)...0x9FFF)
        var lines: [UInt16] = []
        for unit in all { lines += [unit, 10] }
        let count = lines.count
        lines += [UInt16](repeating: 0, count: 3 &* count)
        let room = Int32(truncatingIfNeeded: lines.count)
        let length = cicu_transliterate("Traditional-Simplified", &lines, Int32(truncatingIfNeeded: count), room)
        let results: [ArraySlice<UInt16>] = lines.prefix(max(Int(length), 0))
            .split(separator: 10, omittingEmptySubsequences: false)
        guard results.count > all.count else { throw Failure.noData("Traditional-Simplified") }
        var changed: [(UInt16, UInt16)] = []
        for (from, to) in zip(all, results) {
            if to.count == 1, let only = to.first, only != from { changed.append((from, only)) }
        }
        return changed
    }
}
