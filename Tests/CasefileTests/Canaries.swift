import Casework
import Database
import Foundation
import Kernel

@testable import Casefile

/// Words with a mark, one for each place that takes words, planted into acts as the rules have them.
struct Canaries {
    /// Stands in every one of them, and nowhere else in the world.
    static let mark = "丹顶鹤"
    /// The word of each place, such as `propose.opinion`.
    private(set) var words: [String: String] = [:]

    /// The places of words that the rules know: act and field, and field of a list's rows.
    static func places(in workflow: Workflow) -> Set<String> {
        Set(
            workflow.actOrder.compactMap { workflow.acts[$0] }.flatMap { rule in
                rule.fields.flatMap { field -> [String] in
                    let rows = field.item.filter { $0.kind == .text }.map { "\(field.name).\($0.name)" }
                    return ((field.kind == .text ? [field.name] : []) + rows).map { "\(rule.name).\($0)" }
                }
            })
    }

    /// The places of words in one form, as far as it was filled in.
    static func places(in rule: ActRule, _ input: ActInput) -> Set<String> {
        guard !["amend", "amend-identity"].contains(rule.effect) else { return [] }
        return Set(
            rule.fields.filter { isAsked($0, input) }.flatMap { field -> [String] in
                if field.kind == .text { return ["\(rule.name).\(field.name)"] }
                guard case .items = input[field.name] else { return [] }
                return field.item.filter { $0.kind == .text }.map { "\(rule.name).\(field.name).\($0.name)" }
            })
    }

    private static func isAsked(_ field: FieldRule, _ input: ActInput) -> Bool {
        field.when.allSatisfy { key, values in
            if case .text(let text) = input[key] { values.contains(text) } else { false }
        }
    }

    mutating func word(_ place: String) -> String {
        let word = words[place] ?? "\(Self.mark)\(words.count)号飞过\(place)"
        words[place] = word
        return word
    }

    /// The form with a word in every field that takes one, also in those that may be left empty.
    mutating func planted(_ rule: ActRule, _ input: ActInput) -> ActInput {
        // Who is reported decides where a report goes: corrections are planted by hand.
        guard !["amend", "amend-identity"].contains(rule.effect) else { return input }
        var input = input
        for field in rule.fields {
            guard Self.isAsked(field, input) else { continue }
            if field.kind == .text { input[field.name] = .text(word("\(rule.name).\(field.name)")) }
            guard case .items(let rows) = input[field.name] else { continue }
            let texts = field.item.filter { $0.kind == .text }
            var planted = rows
            for index in planted.indices {
                for item in texts {
                    planted[index][item.name] = .text(word("\(rule.name).\(field.name).\(item.name)"))
                }
            }
            input[field.name] = .items(planted)
        }
        return input
    }
}

/// What a thief of the database and of the disk finds, by where it lies.
struct Loot {
    private(set) var found: [(place: String, bytes: [UInt8])] = []

    /// Every value of every row; with SQLite the raw files beside it, and on both engines what lies in `folder`.
    init(_ database: any Database, folder: String) async throws {
        found = try await database.read { tx in
            var found: [(String, [UInt8])] = []
            for table in try tx.tables() {
                for row in try tx.rows(SQL(raw: "SELECT * FROM \"\(table.name)\"")) {
                    for (column, value) in zip(table.columns, row.values) {
                        switch value {
                        case .text(let text): found.append(("\(table.name).\(column)", Array(text.utf8)))
                        case .bytes(let bytes): found.append(("\(table.name).\(column)", bytes))
                        default: break
                        }
                    }
                }
            }
            guard tx.engine == .sqlite else { return found }
            let path = try tx.rows("PRAGMA database_list").first?.get("file", as: String.self) ?? ""
            for path in [path, path + "-wal"] {
                found.append((path, Array(FileManager.default.contents(atPath: path) ?? Data())))
            }
            return found
        }
        for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            found.append(("name of \(name)", Array(name.utf8)))
            if let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") {
                found.append((name, Array(bytes)))
            }
        }
    }

    /// Where a text can be read as it is, or as JSON and URLs escape it.
    func places(of text: String) -> Set<String> {
        let escaped = text.unicodeScalars.map { $0.isASCII ? String($0) : "\\u" + String($0.value, radix: 16) }.joined()
        let percent = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
        let needles =
            [text, escaped, percent, Data(text.utf8).map { String($0, radix: 16) }.joined()]
            .map { Data($0.utf8) }
            + [text.data(using: .utf16BigEndian), text.data(using: .utf16LittleEndian)]
            .compactMap { $0 }
        return Set(
            found.filter { place in needles.contains { Data(place.bytes).range(of: $0) != nil } }.map(\.place))
    }
}
