/// How well one label was found among texts that the model had not seen.
package struct LabelMeasure: Sendable, Hashable, Codable {
    /// How many texts people gave the label.
    package let texts: Int
    /// Of the texts that the model gave the label, the share that people gave it too.
    package let precision: Double
    /// Of the texts that people gave the label, the share that the model found.
    package let recall: Double
    /// Their harmonic mean.
    package let f1: Double

    init(hits: Int, given: Int, proposed: Int) {
        texts = given
        precision = proposed == 0 ? 0 : Double(hits) / Double(proposed)
        recall = given == 0 ? 0 : Double(hits) / Double(given)
        f1 = given &+ proposed == 0 ? 0 : 2 * Double(hits) / Double(given &+ proposed)
    }
}

/// How well a model did on texts that were held back from it.
package struct Measure: Sendable, Hashable, Codable {
    /// Into how many parts the texts were divided, and how many of them were held back in turn.
    package let folds: Int
    package let heldBack: Int
    /// The share of texts with the right label.
    package let accuracy: Double
    /// The mean of the labels' F1.
    package let macroF1: Double
    package let labels: [String: LabelMeasure]

    /// Divides the texts so that each part has its share of every label, in the order in which they come, and holds back
    /// one part after the other; `heldBack` of them at most.
    package init(
        of examples: [LabelledText], folds: Int = 5, heldBack: Int = .max
    ) throws(TrainingError) {
        let folds = min(max(folds, 2), 20)
        let features = examples.map { (features: Features(counting: $0.text), label: $0.label) }
        var counts: [String: Int] = [:]
        let parts = examples.map { example in
            counts[example.label, default: 0] &+= 1
            return (counts[example.label] ?? 0) % folds
        }
        let turns = min(max(heldBack, 1), folds)
        var (hits, given, proposed): ([String: Int], [String: Int], [String: Int]) = ([:], [:], [:])
        for part in 0..<turns {
            let model = try LinearModel(features.indices.filter { parts[$0] != part }.map { features[$0] })
            for index in features.indices where parts[index] == part {
                let best = model.ranked(features[index].features.weighed(by: model.rarity)).first
                let answer = best.map { model.labels[$0.number] } ?? ""
                given[features[index].label, default: 0] &+= 1
                proposed[answer, default: 0] &+= 1
                if answer == features[index].label { hits[answer, default: 0] &+= 1 }
            }
        }
        var labels: [String: LabelMeasure] = [:]
        for (label, count) in given {
            labels[label] = LabelMeasure(hits: hits[label] ?? 0, given: count, proposed: proposed[label] ?? 0)
        }
        let all = given.values.reduce(0, +)
        self.folds = folds
        self.heldBack = turns
        self.labels = labels
        accuracy = all == 0 ? 0 : Double(hits.values.reduce(0, +)) / Double(all)
        macroF1 = labels.isEmpty ? 0 : labels.values.reduce(0) { $0 + $1.f1 } / Double(labels.count)
    }
}
