import Foundation

/// A reproducible source of randomness (SplitMix64).
package struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    fileprivate init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Mutates valid inputs for as long as `MINGJIAN_FUZZ_SECONDS` says (2 by default), at least a thousand times. Answers how
/// often.
package func fuzz(
    _ seeds: [[UInt8]], with inserts: [[UInt8]], _ check: ([UInt8], inout Seeded) throws -> Void
) rethrows -> Int {
    let seconds = Double(ProcessInfo.processInfo.environment["MINGJIAN_FUZZ_SECONDS"] ?? "") ?? 2
    let end = Date().addingTimeInterval(seconds)
    var random = Seeded(state: 20_261_121)
    var rounds = 0
    while rounds < 1000 || Date() < end {
        rounds += 1
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 0...6, using: &random) { mutate(&bytes, inserts, &random) }
        try check(bytes, &random)
    }
    return rounds
}

private func mutate(_ bytes: inout [UInt8], _ inserts: [[UInt8]], _ random: inout Seeded) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let length = min(Int.random(in: 1...12, using: &random), bytes.count - place)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
    case 1: bytes.removeSubrange(place..<place + length)
    case 2: bytes.insert(contentsOf: inserts.randomElement(using: &random) ?? [], at: place)
    case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
    default: bytes.removeSubrange(place..<bytes.count)
    }
}
