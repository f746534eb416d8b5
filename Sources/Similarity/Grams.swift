/// The distinct stretches of so many characters that a text holds. A text shorter than that is one stretch by itself.
package struct Grams: Sendable, Hashable {
    /// Packed, ascending: 16 bits a character, and above them how many characters they are.
    package let values: [UInt64]

    /// Of a text; 1 to 3 characters a stretch.
    package init(_ text: NormalText, size: Int = 3) {
        let units = text.units
        let size = min(max(size, 1), 3)
        guard units.count > size else {
            values = units.isEmpty ? [] : [Self.packed(units[...])]
            return
        }
        var all: [UInt64] = []
        all.reserveCapacity(units.count)
        for start in 0...(units.count &- size) { all.append(Self.packed(units[start..<start &+ size])) }
        all.sort()
        var kept: [UInt64] = []
        kept.reserveCapacity(all.count)
        for value in all where kept.last != value { kept.append(value) }
        values = kept
    }

    @inline(__always)
    static func packed(_ units: ArraySlice<UInt16>) -> UInt64 {
        units.reduce(UInt64(units.count) << 48) {
            ($0 & 0xFFFF_0000_0000_0000) | ($0 << 16 & 0xFFFF_FFFF_FFFF) | UInt64($1)
        }
    }

    /// The characters of a packed stretch.
    package static func text(_ value: UInt64) -> String {
        let count = min(Int(value >> 48), 3)
        let units = (0..<count).reversed().map { UInt16(truncatingIfNeeded: value >> (UInt64($0) &* 16)) }
        return String(decoding: units, as: UTF16.self)
    }

    /// The share that two texts have in common of all that either has (Jaccard), 0…1; two empty ones have nothing.
    package func jaccard(_ other: Grams) -> Double {
        let shared = shared(with: other).count
        let all = values.count &+ other.values.count &- shared
        return all == 0 ? 0 : Double(shared) / Double(all)
    }

    /// What both have, ascending.
    package func shared(with other: Grams) -> [UInt64] {
        var (shared, left, right): ([UInt64], Int, Int) = ([], 0, 0)
        while left < values.count, right < other.values.count {
            let (one, two) = (values[left], other.values[right])
            if one == two { shared.append(one) }
            if one <= two { left &+= 1 }
            if two <= one { right &+= 1 }
        }
        return shared
    }
}
