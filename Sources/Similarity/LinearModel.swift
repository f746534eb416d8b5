import Foundation

/// One text and the label that people gave it.
package struct LabelledText: Sendable {
    package let text: NormalText
    package let label: String

    package init(text: NormalText, label: String) {
        self.text = text
        self.label = label
    }
}

/// What a model proposes for a text. It decides nothing.
package struct Suggestion: Sendable, Hashable {
    package let label: String
    /// By how much the label's side of the line is preferred; above 0 is its side.
    package let margin: Double
    /// The stretches of the text that spoke most for it, the strongest first, as they are compared; at most five.
    package let because: [String]
    /// How good the model proved with this label on texts that it was not trained on.
    package let measured: LabelMeasure?
}

/// Why no model could be trained.
package enum TrainingError: Error, Hashable {
    /// Fewer than two labels, or more than ``LinearModel/maximumLabels``.
    case labels(Int)
    /// Fewer than ten texts.
    case texts(Int)
}

/// A linear model over hashed stretches of one to three characters, one against the rest.
package struct LinearModel: Sendable {
    /// No more labels are told apart.
    package static let maximumLabels = 200

    /// The labels, in the order of their Unicode scalars.
    package let labels: [String]
    /// How many texts it was trained on.
    package let texts: Int
    /// How good it proved, when some texts were held back.
    package var measured: Measure?
    /// By place: how rare it is.
    let rarity: [Float]
    /// By label: by place, and the bias in the last.
    let weights: [[Float]]

    init(labels: [String], texts: Int, measured: Measure?, rarity: [Float], weights: [[Float]]) {
        self.labels = labels
        self.texts = texts
        self.measured = measured
        self.rarity = rarity
        self.weights = weights
    }

    /// Trains on texts that people labelled.
    package init(training examples: [LabelledText]) throws(TrainingError) {
        try self.init(examples.map { (features: Features(counting: $0.text), label: $0.label) })
    }

    init(_ examples: [(features: Features, label: String)]) throws(TrainingError) {
        let labels = Set(examples.map(\.label)).sorted {
            $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
        }
        guard (2...Self.maximumLabels).contains(labels.count) else { throw .labels(labels.count) }
        guard examples.count >= 10 else { throw .texts(examples.count) }
        var bearers = [Int32](repeating: 0, count: Features.places)
        for example in examples {
            for entry in example.features.entries { bearers[Int(entry.place)] &+= 1 }
        }
        let all = Float(examples.count &+ 1)
        let rarity = bearers.map { logf(all / Float($0 &+ 1)) + 1 }
        let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        let training = LinearTraining(
            texts: examples.map { $0.features.weighed(by: rarity) }, labels: examples.map { numbers[$0.label] ?? 0 },
            labelCount: labels.count)
        self.init(labels: labels, texts: examples.count, measured: nil, rarity: rarity, weights: training.weights())
    }

    /// The labels for a text, the most likely first; none for an empty text.
    package func suggestions(for text: NormalText, limit: Int = 1) -> [Suggestion] {
        guard !text.units.isEmpty else { return [] }
        let features = Features(counting: text).weighed(by: rarity)
        return ranked(features).prefix(max(limit, 0)).map { number, margin in
            Suggestion(
                label: labels[number], margin: Double(margin), because: because(text, features, number),
                measured: measured?.labels[labels[number]])
        }
    }

    func ranked(_ features: Features) -> [(number: Int, margin: Float)] {
        weights.enumerated().map { number, weights -> (number: Int, margin: Float) in
            var margin = weights[Features.places]
            for entry in features.entries { margin += weights[Int(entry.place)] * entry.value }
            return (number, margin)
        }.sorted { ($1.margin, $0.number) < ($0.margin, $1.number) }
    }

    /// The stretches of the text whose places weigh most for a label; none that lies within another.
    private func because(_ text: NormalText, _ features: Features, _ number: Int) -> [String] {
        let own = weights[number]
        let best = features.entries.map { (place: $0.place, weight: own[Int($0.place)] * $0.value) }
            .filter { $0.weight > 0 }.sorted { ($1.weight, $0.place) < ($0.weight, $1.place) }.prefix(40)
        var words: [Int32: String] = [:]
        let wanted = Set(best.map(\.place))
        let units = text.units.prefix(Features.longest)
        Features.scan(units) { place, range in
            guard wanted.contains(place), range.count > 1, words[place] == nil else { return }
            words[place] = String(decoding: units[range], as: UTF16.self)
        }
        var chosen: [String] = []
        for (place, _) in best where chosen.count < 5 {
            guard let word = words[place], !chosen.contains(where: { $0.contains(word) || word.contains($0) })
            else { continue }
            chosen.append(word)
        }
        return chosen
    }
}
