import Foundation
import Kernel

/// Random numbers that are the same for the same seed (SplitMix64; Steele, Lea and Flood, 2014).
struct SampleRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64, _ number: UInt64) {
        state = seed ^ (number &* 0xD1B5_4A32_D192_ED03)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Evenly in 0..<1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Evenly in 0..<count.
    mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(max(count, 1))) }

    /// In 0..<count, the first ones more often: of 10,000 the first 100 are a tenth of all.
    mutating func squared(_ count: Int) -> Int {
        let share = share()
        return min(Int(share * share * Double(count)), max(count - 1, 0))
    }

    /// In 0..<count, the first ones far more often (about as one over their rank).
    mutating func ranked(_ count: Int) -> Int {
        min(Int(exp(share() * log(Double(max(count, 1)) + 1)) - 1), max(count - 1, 0))
    }
}

/// Chinese as far as single characters and pairs of them go: drawn as often as the table of the language has them.
struct SampleLanguage: Sendable {
    private struct Names: Decodable {
        var titles: [String]
        var surnames: String
    }

    /// What is drawn from, and the sums of the weights up to each.
    private struct Draw: Sendable {
        var units: [UInt16] = []
        var sums: [Double] = []

        mutating func add(_ unit: UInt16, _ weight: Double) {
            units.append(unit)
            sums.append((sums.last ?? 0) + weight)
        }

        func callAsFunction(_ random: inout SampleRandom) -> UInt16 {
            let wanted = random.share() * (sums.last ?? 0)
            var (low, high) = (0, units.count &- 1)
            while low < high {
                let middle = (low &+ high) / 2
                if sums[middle] <= wanted { low = middle &+ 1 } else { high = middle }
            }
            return units[low]
        }
    }

    private let all: Draw
    /// What follows a character within words, by the character.
    private let following: [UInt16: Draw]
    /// How often anything does.
    private let follows: [UInt16: Double]
    let surnames: [UInt16]
    let titles: [[UInt16]]

    /// From the tables that come with the software.
    init() throws {
        let file = HeaderedText(try ShippedFile.text("common-characters.tsv", of: "Similarity"))
        var all = Draw()
        var following: [UInt16: Draw] = [:]
        var weights: [UInt16: Double] = [:]
        for line in file.lines {
            let cells = line.text.split(separator: "\t")
            guard cells.count == 2, let tenths = Double(cells[1]) else { throw Rarity.Failure.line(line.number) }
            let (units, weight) = (Array(cells[0].utf16), exp2(-tenths / 10))
            if units.count == 1 {
                all.add(units[0], weight)
                weights[units[0]] = weight
            } else if units.count == 2 {
                following[units[0], default: Draw()].add(units[1], weight)
            }
        }
        guard !all.units.isEmpty else { throw Rarity.Failure.line(0) }
        self.all = all
        self.following = following
        follows = following.reduce(into: [:]) { result, entry in
            result[entry.key] = min((entry.value.sums.last ?? 0) / (weights[entry.key] ?? 1), 0.9)
        }
        let json = try ShippedFile.text("names.json", of: "Similarity")
        let names = try JSONDecoder().decode(Names.self, from: Data(json.utf8))
        surnames = Array(names.surnames.utf16)
        titles = names.titles.map { Array($0.utf16) }
    }

    /// A stretch of so many characters.
    func clause(_ length: Int, _ random: inout SampleRandom) -> [UInt16] {
        var units: [UInt16] = []
        units.reserveCapacity(length &+ 1)
        while units.count < length {
            if let last = units.last, let next = following[last], random.share() < follows[last] ?? 0 {
                units.append(next(&random))
            } else {
                units.append(all(&random))
            }
        }
        return units
    }
}
