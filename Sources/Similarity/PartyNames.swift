import Foundation
import Kernel

/// Tells whether two names mean the same person or unit, and finds persons that a text names beside a title. What titles,
/// surnames and short forms there are is data.
package struct PartyNames: Sendable {
    private struct File: Decodable {
        var source: String
        var date: String
        var titles: [String]
        var surnames: String
        var unitForms: [[String]]
    }

    /// Where the lists come from, and of when they are.
    package let source: String
    package let date: String
    private let normaliser: Normaliser
    /// The longest first; and so by their first character.
    private let allTitles: [[UInt16]]
    private let titles: [UInt16: [[UInt16]]]
    private let surnames: Set<UInt16>
    private let unitForms: [(long: String, short: String)]

    /// No more persons are kept of one text.
    package static let maximumPersons = 200

    /// Reads the JSON of `names.json`; lists are normalised as texts are.
    package init(json: String, normaliser: Normaliser) throws {
        let file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
        source = file.source
        date = file.date
        self.normaliser = normaliser
        let plain = try file.titles.map { try normaliser($0).units }.sorted { $0.count > $1.count }
        allTitles = plain.filter { !$0.isEmpty }
        titles = Dictionary(grouping: allTitles, by: { $0[0] })
        surnames = Set(try normaliser(file.surnames).units)
        unitForms = try file.unitForms.compactMap { pair throws -> (long: String, short: String)? in
            guard pair.count == 2 else { return nil }
            return (long: try normaliser(pair[0]).text, short: try normaliser(pair[1]).text)
        }
    }

    /// The lists that come with the software.
    package static func shipped() throws -> PartyNames {
        try PartyNames(json: ShippedFile.text("names.json", of: "Similarity"), normaliser: .shipped())
    }

    /// A person's name without titles before or behind it; a title alone stays as it is.
    package func person(_ name: String) throws -> String {
        var units = try normaliser(name).units[...]
        while let title = allTitles.first(where: { title in
            title.count < units.count
                && (units.starts(with: title) || units.suffix(title.count).elementsEqual(title))
        }) {
            units = units.starts(with: title) ? units.dropFirst(title.count) : units.dropLast(title.count)
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Whether two persons may be one, each given by a name and its aliases. A surname alone is close to a name that begins
    /// with it. `nil` where either has no name.
    package func persons(_ one: [String], _ two: [String]) throws -> Outcome? {
        let (left, right) = (try cores(one), try cores(two))
        guard !left.isEmpty, !right.isEmpty else { return nil }
        if left.contains(where: { $0.count > 1 && right.contains($0) }) { return .same }
        let close = left.contains { name in
            right.contains { other in
                (name.count == 1 || other.count == 1) && name.first == other.first
            }
        }
        return close ? .close : .different
    }

    private func cores(_ names: [String]) throws -> Set<String> {
        Set(try names.prefix(50).map(person).filter { !$0.isEmpty })
    }

    /// Whether two units may be one: the same after short forms are put for long ones, or one a shortening of the other, whose
    /// characters come in the same order and begin alike. `nil` where either has no name.
    package func units(_ one: [String], _ two: [String]) throws -> Outcome? {
        let (left, right) = (try one.prefix(50).map(shortened), try two.prefix(50).map(shortened))
        let pairs = left.flatMap { name in right.map { (name, $0) } }.filter { !$0.0.isEmpty && !$0.1.isEmpty }
        guard !pairs.isEmpty else { return nil }
        if pairs.contains(where: { $0.0 == $0.1 }) { return .same }
        return pairs.contains { Self.isShortening($0.0, $0.1) || Self.isShortening($0.1, $0.0) } ? .close : .different
    }

    private func shortened(_ name: String) throws -> String {
        var text = String(try normaliser(name).text.prefix(200))
        for (long, short) in unitForms { text = text.replacingOccurrences(of: long, with: short) }
        return text
    }

    private static func isShortening(_ short: String, _ long: String) -> Bool {
        guard short.count >= 3, short.count < long.count, short.prefix(1) == long.prefix(1) else { return false }
        var rest = Substring(long)
        for character in short {
            guard let place = rest.firstIndex(of: character) else { return false }
            rest = rest[rest.index(after: place)...]
        }
        return true
    }

    /// Whoever a text names beside a title, with the surname first: names of two and three characters as they may be read.
    /// More than are meant, and so good for comparing alone.
    package func persons(in text: NormalText) -> Set<String> {
        let units = text.units
        var found: Set<String> = []
        for place in units.indices where found.count < Self.maximumPersons {
            guard let title = titles[units[place]]?.first(where: { units[place...].starts(with: $0) }) else { continue }
            for length in 2...3 where place >= length && surnames.contains(units[place &- length]) {
                found.insert(String(decoding: units[place &- length..<place], as: UTF16.self))
            }
            let behind = place &+ title.count
            guard behind < units.count, surnames.contains(units[behind]) else { continue }
            for length in 2...3 where behind &+ length <= units.count {
                found.insert(String(decoding: units[behind..<behind &+ length], as: UTF16.self))
            }
        }
        return found
    }
}
