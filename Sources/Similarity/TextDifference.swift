/// What changed from one text to another, character by character (Myers 1986), for marking two texts side by side.
///
/// Memory grows with the length alone. Where two texts are long and have little in common the work is bounded: what could
/// not be told apart in time is marked as replaced.
package struct TextDifference: Sendable, Hashable {
    /// A stretch of one or both texts.
    package enum Part: Sendable, Hashable {
        case same(String)
        case removed(String)
        case added(String)
    }

    /// In order; what was removed stands before what was added in its place. Neighbours are of different kinds.
    package let parts: [Part]

    /// Steps that are taken at most: under a second.
    package static let work = 40_000_000

    package init(from old: String, to new: String, work: Int = TextDifference.work) {
        let (old, new) = (Array(old), Array(new))
        // Characters become numbers, so that comparing them is one step.
        var numbers: [Character: Int32] = [:]
        func number(_ character: Character) -> Int32 {
            if let known = numbers[character] { return known }
            let next = Int32(truncatingIfNeeded: numbers.count)
            numbers[character] = next
            return next
        }
        var walk = DifferenceWalk(old.map(number), new.map(number), work: work)
        walk.compare(0..<old.count, 0..<new.count)
        parts = Self.parts(old, new, walk.keptOld, walk.keptNew)
    }

    private static func parts(_ old: [Character], _ new: [Character], _ keptOld: [Bool], _ keptNew: [Bool]) -> [Part] {
        var parts: [Part] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            let from = (left, right)
            while left < old.count, right < new.count, keptOld[left], keptNew[right] {
                left &+= 1
                right &+= 1
            }
            if left > from.0 { parts.append(.same(String(old[from.0..<left]))) }
            let (cut, put) = (left, right)
            while left < old.count, !keptOld[left] { left &+= 1 }
            while right < new.count, !keptNew[right] { right &+= 1 }
            if left > cut { parts.append(.removed(String(old[cut..<left]))) }
            if right > put { parts.append(.added(String(new[put..<right]))) }
        }
        return parts
    }
}

/// Divides at the middle of the shortest way, over and over, in linear space.
struct DifferenceWalk {
    private let old: [Int32]
    private let new: [Int32]
    private var work: Int
    private(set) var keptOld: [Bool]
    private(set) var keptNew: [Bool]
    private var forward: [Int32]
    private var backward: [Int32]
    private let middle: Int

    init(_ old: [Int32], _ new: [Int32], work: Int) {
        self.old = old
        self.new = new
        self.work = work
        keptOld = Array(repeating: false, count: old.count)
        keptNew = Array(repeating: false, count: new.count)
        middle = (old.count &+ new.count) / 2 &+ 2
        forward = Array(repeating: 0, count: 2 &* middle &+ 2)
        backward = forward
    }

    /// Marks what both stretches keep. The stretches that wait are a list, not calls within calls.
    mutating func compare(_ first: Range<Int>, _ second: Range<Int>) {
        var waiting = [(first, second)]
        while var (left, right) = waiting.popLast() {
            while let one = left.first, let two = right.first, old[one] == new[two] {
                keep(one, two)
                left = left.dropFirst()
                right = right.dropFirst()
            }
            while let one = left.last, let two = right.last, old[one] == new[two] {
                keep(one, two)
                left = left.dropLast()
                right = right.dropLast()
            }
            guard !left.isEmpty, !right.isEmpty, let (one, two) = split(left, right) else { continue }
            let firstHalf = (left.lowerBound..<one, right.lowerBound..<two)
            let secondHalf = (one..<left.upperBound, two..<right.upperBound)
            // No half may be the whole again.
            guard firstHalf != (left, right), secondHalf != (left, right) else { continue }
            waiting.append(firstHalf)
            waiting.append(secondHalf)
        }
    }

    private mutating func keep(_ one: Int, _ two: Int) {
        keptOld[one] = true
        keptNew[two] = true
    }

    /// A point of the shortest way, about its middle; `nil` when the work is used up.
    private mutating func split(_ left: Range<Int>, _ right: Range<Int>) -> (Int, Int)? {
        let (n, m) = (left.count, right.count)
        let delta = n &- m
        let isOdd = delta & 1 != 0
        let most = (n &+ m &+ 1) / 2
        forward[middle &+ 1] = 0
        backward[middle &+ 1] = 0
        for steps in 0...most {
            work &-= 2 &* steps &+ 2
            guard work > 0 else { return nil }
            for k in stride(from: -steps, through: steps, by: 2) {
                var x = further(forward, k, steps)
                var y = x &- k
                let from = x
                while x < n, y >= 0, y < m, old[left.lowerBound &+ x] == new[right.lowerBound &+ y] {
                    x &+= 1
                    y &+= 1
                }
                work &-= x &- from
                forward[middle &+ k] = Int32(truncatingIfNeeded: x)
                let other = delta &- k
                if isOdd, abs(other) <= steps &- 1, meets(backward, other, x, n, m),
                    let point = point(x, y, left, right)
                {
                    return point
                }
            }
            for k in stride(from: -steps, through: steps, by: 2) {
                var x = further(backward, k, steps)
                var y = x &- k
                let from = x
                while x < n, y >= 0, y < m, old[left.upperBound &- 1 &- x] == new[right.upperBound &- 1 &- y] {
                    x &+= 1
                    y &+= 1
                }
                work &-= x &- from
                backward[middle &+ k] = Int32(truncatingIfNeeded: x)
                let other = delta &- k
                if !isOdd, abs(other) <= steps, meets(forward, other, x, n, m),
                    let point = point(n &- x, m &- y, left, right)
                {
                    return point
                }
            }
        }
        return nil
    }

    private func further(_ line: [Int32], _ k: Int, _ steps: Int) -> Int {
        let (down, along) = (Int(line[middle &+ k &+ 1]), Int(line[middle &+ k &- 1]))
        return k == -steps || (k != steps && along < down) ? down : along &+ 1
    }

    /// Whether the way from the other end, on its diagonal, has come as far as `x` and lies within both texts.
    private func meets(_ line: [Int32], _ diagonal: Int, _ x: Int, _ n: Int, _ m: Int) -> Bool {
        let far = Int(line[middle &+ diagonal])
        return x &+ far >= n && far <= n && (0...m).contains(far &- diagonal)
    }

    private func point(_ x: Int, _ y: Int, _ left: Range<Int>, _ right: Range<Int>) -> (Int, Int)? {
        guard (0...left.count).contains(x), (0...right.count).contains(y) else { return nil }
        return (left.lowerBound &+ x, right.lowerBound &+ y)
    }
}
