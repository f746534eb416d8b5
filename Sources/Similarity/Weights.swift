import Foundation
import Kernel

/// What each outcome counts for, after Fellegi and Sunter (1969): data, in bits, with its source and date.
package struct Weights: Sendable {
    /// Why the file is refused.
    package enum Failure: Error, Hashable {
        /// A curve must begin at 0, rise along its axis, and have two points at least.
        case curve(String)
        /// 0 < possible < likely < certain < 1.
        case levels
    }

    /// A line through points: what lies between them is in proportion.
    struct Curve: Sendable, Decodable {
        let points: [[Double]]

        init(from decoder: any Decoder) throws { points = try decoder.singleValueContainer().decode([[Double]].self) }

        var isSound: Bool {
            points.count >= 2 && points.allSatisfy { $0.count == 2 } && points.first?.first == 0
                && zip(points, points.dropFirst()).allSatisfy { $0[0] < $1[0] && $0[1] <= $1[1] }
        }

        func weight(at value: Double) -> Double {
            for (low, high) in zip(points, points.dropFirst()) where value <= high[0] {
                return low[1] + (high[1] - low[1]) * max(value - low[0], 0) / (high[0] - low[0])
            }
            return points.last?.last ?? 0
        }
    }

    private struct File: Decodable {
        var source: String
        var date: String
        var prior: Double
        var outcomes: [String: [String: Double]]
        var wording: Curve
        var rareWording: Curve
        var marks: Curve
        var levels: [String: Double]
    }

    /// Where the weights come from, and of when they are.
    package let source: String
    package let date: String
    let prior: Double
    private let outcomes: [EvidenceKind: [Outcome: Double]]
    let wording: Curve
    let rareWording: Curve
    let marks: Curve
    private let certain: Double
    private let likely: Double
    private let possible: Double

    /// Reads the JSON of `weights.json`.
    package init(json: String) throws {
        let file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
        for (name, curve) in [
            ("wording", file.wording), ("rareWording", file.rareWording), ("marks", file.marks),
        ] where !curve.isSound { throw Failure.curve(name) }
        guard let certain = file.levels["certain"], let likely = file.levels["likely"],
            let possible = file.levels["possible"], 0 < possible, possible < likely, likely < certain, certain < 1
        else { throw Failure.levels }
        self.certain = certain
        self.likely = likely
        self.possible = possible
        source = file.source
        date = file.date
        prior = file.prior
        var outcomes: [EvidenceKind: [Outcome: Double]] = [:]
        for (kind, weights) in file.outcomes {
            guard let kind = EvidenceKind(rawValue: kind) else { continue }
            for (outcome, weight) in weights {
                if let outcome = Outcome(rawValue: outcome) { outcomes[kind, default: [:]][outcome] = weight }
            }
        }
        self.outcomes = outcomes
        wording = file.wording
        rareWording = file.rareWording
        marks = file.marks
    }

    /// The weights that come with the software.
    package static func shipped() throws -> Weights {
        try Weights(json: ShippedFile.text("weights.json", of: "Similarity"))
    }

    func weight(_ kind: EvidenceKind, _ outcome: Outcome) -> Double { outcomes[kind]?[outcome] ?? 0 }

    func level(_ value: Double) -> Level? {
        if value >= certain { return .certain }
        if value >= likely { return .likely }
        return value >= possible ? .possible : nil
    }
}

/// How sure the machine is that two reports are one person's of one matter. It suggests; people decide.
package enum Level: String, Sendable, Codable {
    case certain
    case likely
    case possible
}
