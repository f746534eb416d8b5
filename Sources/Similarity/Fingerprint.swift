import Foundation

/// What is stored of a text to find others like it: a few keyed marks. Two texts share about as many marks as they share
/// of what is rare in them.
package struct Fingerprint: Sendable, Hashable {
    /// Of 32 bits each (four bytes in SQLite and PostgreSQL), ascending, each once; at most ``Fingerprinter/marks``.
    package let marks: [Int32]

    /// Takes up marks that were stored.
    package init(marks: [Int32]) {
        self.marks = Array(Set(marks)).sorted()
    }
}

/// Makes fingerprints by weighted sampling of rare stretches of two and of three characters.
///
/// Each stretch draws a number between 0 and 1 from its keyed hash, the same in every text, and divides its −ln by its
/// weight, which grows with its rarity; the smallest are kept (Efraimidis and Spirakis 2006, coordinated by the hash as in
/// Cohen and Kaplan's bottom-k sketches). So two texts agree on which to keep as far as they agree on what is rare. Pairs
/// of characters find who tells a matter again in other words; threes find copies, and are borne by few.
package struct Fingerprinter: Sendable {
    /// How many marks a fingerprint has at most.
    package static let marks = pairs + threes
    private static let pairs = 18
    private static let threes = 8

    private let key: FingerprintKey
    private let rarity: Rarity
    /// By quarter bits of surprise: twice as much for each bit of a pair, and for every two bits of a three.
    private let pairWeights: [Float]
    private let threeWeights: [Float]

    private static let quarters = 161

    package init(key: FingerprintKey, rarity: Rarity) {
        self.key = key
        self.rarity = rarity
        pairWeights = (0..<Self.quarters).map { exp2f(Float($0) / 4) }
        threeWeights = (0..<Self.quarters).map { exp2f(Float($0) / 8) }
    }

    /// Of a text; empty for an empty one. A text of one character has one mark.
    package func callAsFunction(_ text: NormalText) -> Fingerprint {
        let units = text.units
        guard units.count > 1 else {
            return Fingerprint(marks: units.isEmpty ? [] : [mark(key.hash(Grams.packed(units[...])))])
        }
        var pairs = Smallest(Self.pairs)
        var threes = Smallest(Self.threes)
        var gram = UInt64(units[0])
        for (place, unit) in units.enumerated().dropFirst() {
            gram = (gram << 16 | UInt64(unit)) & 0xFFFF_FFFF_FFFF
            offer(gram & 0xFFFF_FFFF | 2 << 48, pairWeights, &pairs)
            if place > 1 { offer(gram | 3 << 48, threeWeights, &threes) }
        }
        return Fingerprint(marks: pairs.marks + threes.marks)
    }

    @inline(__always)
    private func offer(_ gram: UInt64, _ weights: [Float], _ kept: inout Smallest) {
        let hash = key.hash(gram)
        // The high half decides what is kept, the low half is the mark: neither tells the other.
        let uniform = (Float(hash >> 40) + 0.5) * 0x1p-24
        let quarters = Int(max(rarity.bits(gram), 0) * 4)
        kept.offer(mark(hash), at: -logf(uniform) / weights[min(quarters, Self.quarters &- 1)])
    }

    @inline(__always)
    private func mark(_ hash: UInt64) -> Int32 { Int32(truncatingIfNeeded: hash) }
}

/// The marks with the smallest numbers, each once, in the order of their numbers.
private struct Smallest {
    private(set) var marks: [Int32] = []
    private var numbers: [Float] = []
    private let most: Int

    init(_ most: Int) {
        self.most = most
        marks.reserveCapacity(most &+ 1)
        numbers.reserveCapacity(most &+ 1)
    }

    @inline(__always)
    mutating func offer(_ mark: Int32, at number: Float) {
        if numbers.count == most, let last = numbers.last, number >= last { return }
        insert(mark, at: number)
    }

    private mutating func insert(_ mark: Int32, at number: Float) {
        var place = numbers.count
        while place > 0, numbers[place &- 1] > number { place &-= 1 }
        // The same stretch again has the same number.
        var same = place
        while same > 0, numbers[same &- 1] == number {
            same &-= 1
            if marks[same] == mark { return }
        }
        numbers.insert(number, at: place)
        marks.insert(mark, at: place)
        if numbers.count > most {
            numbers.removeLast()
            marks.removeLast()
        }
    }
}
