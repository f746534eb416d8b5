import Foundation

/// Trains one linear support vector machine for each label against the rest: L2 regularised, squared hinge loss, dual
/// coordinate descent (Hsieh and others 2008, as in LIBLINEAR). The same texts in the same order give the same model.
struct LinearTraining {
    /// What a mistake costs; a label with fewer texts has its mistakes cost more, up to this many times.
    private static let cost: Float = 1
    private static let mostBalance: Float = 4
    private static let rounds = 20
    private static let tolerance: Float = 0.05

    let texts: [Features]
    /// By text: the number of its label.
    let labels: [Int]
    let labelCount: Int

    /// The weights of each label, and its bias in the last place.
    func weights() -> [[Float]] {
        let squares = texts.map { text in text.entries.reduce(Float(1)) { $0 + $1.value * $1.value } }
        return (0..<labelCount).map { weights(of: $0, squares) }
    }

    private func weights(of label: Int, _ squares: [Float]) -> [Float] {
        var weights = [Float](repeating: 0, count: Features.places + 1)
        var multipliers = [Float](repeating: 0, count: texts.count)
        var order = Array(texts.indices)
        let own = labels.count(where: { $0 == label })
        let balance = own == 0 ? 1 : Float(labels.count) / Float(own &* max(labelCount, 1))
        let ownCost = Self.cost * min(max(balance, 1), Self.mostBalance)
        var random = UInt64(truncatingIfNeeded: label) &+ 1
        for _ in 0..<Self.rounds {
            Self.shuffle(&order, &random)
            var widest: Float = 0
            for index in order {
                let sign: Float = labels[index] == label ? 1 : -1
                let diagonal = 1 / (2 * (sign > 0 ? ownCost : Self.cost))
                let entries = texts[index].entries
                var product = weights[Features.places]
                for entry in entries { product += weights[Int(entry.place)] * entry.value }
                let old = multipliers[index]
                let gradient = sign * product - 1 + diagonal * old
                let projected = old == 0 ? min(gradient, 0) : gradient
                widest = max(widest, abs(projected))
                guard abs(projected) > 1e-6 else { continue }
                multipliers[index] = max(old - gradient / (squares[index] + diagonal), 0)
                let step = (multipliers[index] - old) * sign
                for entry in entries { weights[Int(entry.place)] += step * entry.value }
                weights[Features.places] += step
            }
            if widest < Self.tolerance { break }
        }
        return weights
    }

    private static func shuffle(_ order: inout [Int], _ random: inout UInt64) {
        guard order.count > 1 else { return }
        for index in (1..<order.count).reversed() {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let other = Int((random >> 33) % UInt64(index &+ 1))
            order.swapAt(index, other)
        }
    }
}
