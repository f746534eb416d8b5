import Foundation

/// Texts as sparse vectors: stretches of one to three characters, hashed into places.
struct Features: Sendable {
    /// 2¹⁸ places.
    static let bits = 18
    static let places = 1 << bits

    /// The places that are not zero, ascending, and their values.
    var entries: [(place: Int32, value: Float)]

    /// How often each place occurs in a text, as 1 + ln.
    init(counting text: NormalText) {
        let units = text.units.prefix(Features.longest)
        var all: [Int32] = []
        all.reserveCapacity(units.count &* 3)
        Features.scan(units) { place, _ in all.append(place) }
        all.sort()
        entries = []
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end] == all[start] { end &+= 1 }
            entries.append((all[start], 1 + logf(Float(end &- start))))
            start = end
        }
    }

    /// Weighs each place by its rarity and brings the whole to length 1.
    func weighed(by rarity: [Float]) -> Features {
        var weighed = self
        var square: Float = 0
        for index in weighed.entries.indices {
            let value = entries[index].value * rarity[Int(entries[index].place)]
            weighed.entries[index].value = value
            square += value * value
        }
        guard square > 0 else { return weighed }
        let scale = 1 / square.squareRoot()
        for index in weighed.entries.indices { weighed.entries[index].value *= scale }
        return weighed
    }

    /// More of a text says nothing new of what it is about: 20,000 characters.
    static let longest = 20_000

    /// Every stretch with its place and its end.
    static func scan(_ units: ArraySlice<UInt16>, _ found: (Int32, Range<Int>) -> Void) {
        for start in units.indices {
            var gram: UInt64 = 0
            for length in 1...3 where start &+ length <= units.endIndex {
                gram = gram << 16 | UInt64(units[start &+ length &- 1])
                let tagged = gram | UInt64(length) << 48
                let hash = (tagged ^ tagged >> 29) &* 0x9E37_79B9_7F4A_7C15
                found(Int32(truncatingIfNeeded: hash >> (64 - UInt64(bits))), start..<start &+ length)
            }
        }
    }
}
