import ArgumentParser
import Foundation
import Kernel
import Similarity

/// Compares the rows of a file with each other; needs no installation and no keys.
struct Similar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "For each row of a CSV file the rows most like it, with the reasons.")

    @Argument(help: "A CSV file in UTF-8 or GB 18030, the first line its header.") var file: String
    @Option(help: "The column that names a row; row numbers from 1 otherwise.") var id: String?
    @Option(help: "A column to compare; may be given several times. Title and content otherwise.")
    var text: [String] = []
    @Option(help: "How many candidates a row gets.") var top = 10
    @Flag(help: "Find candidates by stored fingerprints alone, as among sealed reports.") var fingerprints = false
    @Flag(help: "Print the outcome as JSON.") var json = false

    func run() async throws {
        guard (1...1000).contains(top) else { throw ValidationError("--top is 1 to 1000.") }
        let columns = try TextColumns(path: file, id: id, text: text)
        let rows = try RowComparison(columns.rows.map(\.text), byFingerprints: fingerprints)
        var answer = Answer(rows: [])
        for (place, row) in columns.rows.enumerated() {
            let candidates = try rows.candidates(of: place, limit: top).map { candidate in
                Answer.Candidate(
                    id: columns.rows[candidate.place].id, score: candidate.score.value,
                    level: candidate.score.level?.rawValue,
                    reasons: candidate.score.reasons.map { .init(what: $0.words, weight: $0.weight) })
            }
            answer.rows.append(.init(id: row.id, candidates: candidates))
        }
        print(json ? try answer.json() : answer.table())
    }

    /// What is printed.
    struct Answer: Encodable {
        struct Reason: Encodable {
            var what: String
            var weight: Double
        }
        struct Candidate: Encodable {
            var id: String
            var score: Double
            var level: String?
            var reasons: [Reason]
        }
        struct Row: Encodable {
            var id: String
            var candidates: [Candidate]
        }
        var rows: [Row]

        func json() throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }

        func table() -> String {
            rows.flatMap { row in
                row.candidates.map { candidate in
                    let score = String(format: "%.4f", candidate.score)
                    let reasons = candidate.reasons.map { String(format: "%+.1f ", $0.weight) + $0.what }
                    return ([row.id, candidate.id, score, candidate.level ?? "-"] + reasons).joined(separator: "\t")
                }
            }.joined(separator: "\n")
        }
    }
}

/// The rows of one file, side by side.
struct RowComparison {
    struct Candidate {
        var place: Int
        var score: Score
    }

    private let index: TextIndex
    private let persons: [Set<String>]
    private let weights: Weights
    private let stored: (marks: MemoryMarks<Int>, fingerprints: [Fingerprint])?

    init(_ texts: [String], byFingerprints: Bool) throws {
        let normaliser = try Normaliser.shipped()
        let normal = try texts.map { try normaliser($0) }
        index = TextIndex(normal)
        let names = try PartyNames.shipped()
        persons = normal.map { names.persons(in: $0) }
        weights = try Weights.shipped()
        guard byFingerprints else {
            stored = nil
            return
        }
        var random = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        guard let key = FingerprintKey(secret: secret) else { throw ValidationError("No key could be made.") }
        let fingerprinter = Fingerprinter(key: key, rarity: try .shipped())
        let fingerprints = normal.map { fingerprinter($0) }
        var marks = MemoryMarks<Int>()
        for (place, fingerprint) in fingerprints.enumerated() { marks.add(place, fingerprint) }
        stored = (marks, fingerprints)
    }

    /// The best rows for one, itself left out: more are scored than are shown.
    func candidates(of place: Int, limit: Int) throws -> [Candidate] {
        let wide = max(limit * 3, 30)
        let places =
            try stored.map { stored in
                try CandidateSearch().candidates(
                    of: stored.fingerprints[place], in: stored.marks, limit: wide, where: { $0 != place }
                ).candidates.map(\.id)
            } ?? index.candidates(of: place, limit: wide)
        let scored = places.map { Candidate(place: $0, score: score(place, $0)) }
        return Array(scored.sorted { ($1.score.bits, $0.place) < ($0.score.bits, $1.place) }.prefix(limit))
    }

    private func score(_ one: Int, _ two: Int) -> Score {
        let (left, right) = (index.texts[one], index.texts[two])
        var evidence = Evidence(text: .read(index.comparison(left, right)))
        let named = persons[one].intersection(persons[two])
        if let longest = named.max(by: { ($0.count, $0) < ($1.count, $1) }) {
            evidence.outcomes[.reported] = .close
            evidence.details[.reported] = longest
        }
        let amounts = Set(left.text.amounts).intersection(right.text.amounts)
        if let largest = amounts.max() {
            evidence.outcomes[.amount] = .same
            evidence.details[.amount] = "\(largest / 100)"
        }
        if let months = Evidence.months(left.text.months, right.text.months), months != .different {
            evidence.outcomes[.time] = months
        }
        return Score(evidence, weights: weights)
    }
}

extension Reason {
    /// In the words of the command line.
    var words: String {
        switch what {
        case .wording(let jaccard, let rare, let words):
            let shares = String(format: "wording: %.0f%% of all, %.0f%% of the rare", jaccard * 100, rare * 100)
            return words.isEmpty ? shares : shares + ", such as " + words.joined(separator: " · ")
        case .marks(let shared): return "fingerprints: \(shared) marks"
        case .kind(let kind, let outcome, let detail):
            return "\(kind.rawValue): \(outcome.rawValue)" + (detail.map { ", \($0)" } ?? "")
        }
    }
}
