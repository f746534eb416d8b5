import Foundation
import Kernel

/// Words in a text that somebody should see before reading all of it. Which words those are is data; they decide nothing,
/// and a text without them may say the same in other words.
package struct TextSigns: Sendable {
    private struct File: Decodable {
        struct Factless: Decodable { var longest: Int }
        var source: String
        var date: String
        var signs: [String: [String]]
        var harmless: [String]
        var factless: Factless
    }

    /// What a word is a sign of.
    package enum Sign: String, Sendable, CaseIterable {
        /// Somebody's life or safety.
        case danger
        /// The name of an offence.
        case label
    }

    /// Where the words come from, and of when they are.
    package let source: String
    package let date: String
    /// A text of no more units may be one of names of offences and nothing else.
    private let longestFactless: Int
    /// By sign and first unit, the longest first.
    private let words: [Sign: [UInt16: [[UInt16]]]]
    /// What holds such a word and says nothing of it (跳楼机, 减轻生活负担), in the same way.
    private let harmless: [UInt16: [[UInt16]]]

    /// No more words are told of one sign.
    package static let mostWords = 8

    /// Reads the JSON of `signs.json`; words are normalised as texts are.
    package init(json: String, normaliser: Normaliser) throws {
        let file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
        source = file.source
        date = file.date
        longestFactless = file.factless.longest
        var words: [Sign: [UInt16: [[UInt16]]]] = [:]
        for sign in Sign.allCases { words[sign] = try Self.byFirstUnit(file.signs[sign.rawValue] ?? [], normaliser) }
        self.words = words
        harmless = try Self.byFirstUnit(file.harmless, normaliser)
    }

    private static func byFirstUnit(_ words: [String], _ normaliser: Normaliser) throws -> [UInt16: [[UInt16]]] {
        let plain = try words.map { try normaliser($0).units }.filter { !$0.isEmpty }
        return Dictionary(grouping: plain.sorted { $0.count > $1.count }, by: { $0[0] })
    }

    private static let loaded = Result {
        try TextSigns(json: ShippedFile.text("signs.json", of: "Similarity"), normaliser: .shipped())
    }

    /// The words that come with the software.
    package static func shipped() throws -> TextSigns { try loaded.get() }

    /// The words of a sign that stand in a text, in their order there, each once; at most ``mostWords``.
    package func words(of sign: Sign, in text: NormalText) -> [String] {
        guard let words = words[sign] else { return [] }
        var found: [String] = []
        var place = 0
        let units = text.units
        while place < units.count, found.count < Self.mostWords {
            let rest = units[place...]
            if let said = harmless[units[place]]?.first(where: { rest.starts(with: $0) }) {
                place += said.count
                continue
            }
            guard let word = words[units[place]]?.first(where: { rest.starts(with: $0) }) else {
                place += 1
                continue
            }
            let said = String(decoding: word, as: UTF16.self)
            if !found.contains(said) { found.append(said) }
            place += word.count
        }
        return found
    }

    /// Whether a text names offences and nothing that could be looked into: no sum, no month, no number, and little else
    /// (贴牌式举报).
    package func isLabelOnly(_ text: NormalText) -> Bool {
        text.units.count <= longestFactless && text.amounts.isEmpty && text.months.isEmpty
            && !text.units.contains { (0x30...0x39).contains($0) } && !words(of: .label, in: text).isEmpty
    }
}
