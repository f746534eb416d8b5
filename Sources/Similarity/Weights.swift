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
        /// A share of 0 to 1, one mark and two letters at least.
        case copies
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
        var copies: Copies
        var levels: [String: Double]
    }

    /// From when on letters count as copies of one text, and many of them as a group.
    package struct Copies: Sendable, Decodable {
        /// Of the marks of a letter, the share that another bears too; 0 to 1.
        package let share: Double
        /// A text with fewer marks is too short to tell.
        package let marks: Int
        /// So many letters of one text, or of one reporter, are shown as a group.
        package let letters: Int

        var isSound: Bool { share > 0 && share <= 1 && marks > 0 && letters > 1 }

        /// Whether a letter with so many marks and one that bears so many of them are copies.
        package func areCopies(marks: Int, shared: Int) -> Bool {
            marks >= self.marks && Double(shared) >= share * Double(marks)
        }
    }

    /// Where the weights come from, and of when they are.
    package let source: String
    package let date: String
    let prior: Double
    private let outcomes: [EvidenceKind: [Outcome: Double]]
    let wording: Curve
    let rareWording: Curve
    let marks: Curve
    /// What makes a group of letters.
    package let copies: Copies
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
        guard file.copies.isSound else { throw Failure.copies }
        copies = file.copies
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
