import Foundation
import Kernel
import Yams

/// A fault in a rule file, with its place.
package struct RuleFault: Error, Sendable, Equatable, CustomStringConvertible {
    package var file: String
    /// 1-based; 0 when the fault has no one line.
    package var line: Int
    package var words: FaultWords
    /// Why, in English.
    package var reason: String { words.english }

    package init(file: String, line: Int, reason: FaultWords) {
        (self.file, self.line, words) = (file, line, reason)
    }

    package var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}

/// Reads a YAML tree and names file and line when something is not as it should be.
struct YAMLReader {
    let file: String
    let node: Node

    init(file: String, text: String) throws(RuleFault) {
        self.file = file
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw RuleFault(file: file, line: 0, reason: "the file is empty")
            }
            self.node = node
        } catch let fault as RuleFault {
            throw fault
        } catch let error as YamlError {
            throw RuleFault(file: file, line: Self.line(of: error), reason: "not YAML: \(error)")
        } catch {
            throw RuleFault(file: file, line: 0, reason: "not YAML: \(error)")
        }
    }

    init(file: String, node: Node) {
        self.file = file
        self.node = node
    }

    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: 0
        }
    }

    func fault(_ reason: FaultWords) -> RuleFault {
        RuleFault(file: file, line: node.mark?.line ?? 0, reason: reason)
    }

    func maybe(_ key: String) -> YAMLReader? {
        node.mapping?[key].map { YAMLReader(file: file, node: $0) }
    }

    func at(_ key: String) throws(RuleFault) -> YAMLReader {
        guard let found = maybe(key) else { throw fault("\"\(key)\" is missing") }
        return found
    }

    var pairs: [(key: String, value: YAMLReader)] {
        (node.mapping ?? [:]).compactMap { pair in
            pair.key.scalar.map { ($0.string, YAMLReader(file: file, node: pair.value)) }
        }
    }

    var items: [YAMLReader] { (node.sequence ?? []).map { YAMLReader(file: file, node: $0) } }
    var isList: Bool { node.sequence != nil }
    var isMap: Bool { node.mapping != nil }

    func string() throws(RuleFault) -> String {
        guard let scalar = node.scalar else { throw fault("a text is expected here") }
        return scalar.string
    }

    func string(_ key: String) throws(RuleFault) -> String { try at(key).string() }

    func strings(_ key: String) throws(RuleFault) -> [String] {
        guard let value = maybe(key) else { return [] }
        guard value.isList else { throw value.fault("a list is expected here") }
        var result: [String] = []
        for item in value.items { result.append(try item.string()) }
        return result
    }

    func integer(_ key: String) throws(RuleFault) -> Int {
        let value = try at(key)
        guard let number = Int(try value.string()) else { throw value.fault("a whole number is expected here") }
        return number
    }

    func flag(_ key: String) throws(RuleFault) -> Bool {
        guard let value = maybe(key) else { return false }
        switch try value.string() {
        case "true": return true
        case "false": return false
        default: throw value.fault("true or false is expected here")
        }
    }

    func choice<T: RawRepresentable<String>>(_ key: String, _ type: T.Type) throws(RuleFault) -> T {
        let value = try at(key)
        let text = try value.string()
        guard let found = T(rawValue: text) else { throw value.fault("\"\(text)\" is not a known \(key)") }
        return found
    }

    func bilingual() throws(RuleFault) -> Bilingual {
        Bilingual(zh: try string("zh"), en: try string("en"))
    }

    /// A source: in both languages, or, as an organ may write it, in one for all.
    func cited(_ key: String) throws(RuleFault) -> Bilingual {
        let value = try at(key)
        if value.isMap { return try value.bilingual() }
        let words = try value.string()
        return Bilingual(zh: words, en: words)
    }
}

// MARK: what rule files have in common

extension YAMLReader {
    /// Opens `rules/NAME.yaml` of those that ship with the product.
    init(shipped name: String) throws(RuleFault) {
        let file = name + ".yaml"
        try self.init(file: file, text: try Self.text(ofShipped: name))
    }

    /// The text of `rules/NAME.yaml` of those that ship with the product.
    static func text(ofShipped name: String) throws(RuleFault) -> String {
        guard let url = Bundle.module.url(forResource: "rules/" + name, withExtension: "yaml"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { throw RuleFault(file: name + ".yaml", line: 0, reason: "the file is missing") }
        return text
    }

    func integer(_ key: String, within bounds: ClosedRange<Int>) throws(RuleFault) -> Int {
        let number = try integer(key)
        guard bounds ~= number else {
            throw try at(key).fault("a number from \(bounds.lowerBound) to \(bounds.upperBound) is expected here")
        }
        return number
    }

    func day(_ key: String) throws(RuleFault) -> Day {
        guard let day = Day(try string(key)) else { throw try at(key).fault("not a date") }
        return day
    }

    /// What a rule rests on, in both languages; there is no rule without it.
    func source() throws(RuleFault) -> Bilingual {
        let source = try at("source").bilingual()
        guard !source.zh.isEmpty, !source.en.isEmpty else { throw fault("a rule without a source") }
        return source
    }

    func roles(_ key: String) throws(RuleFault) -> Set<Role> {
        var roles: Set<Role> = []
        for name in try strings(key) {
            guard let role = Role(rawValue: name) else { throw fault("\"\(name)\" is not a known role") }
            roles.insert(role)
        }
        return roles
    }

    /// A list of values with their words.
    func choices() throws(RuleFault) -> [Choice] {
        guard isList else { throw fault("a list of values is expected here") }
        var result: [Choice] = []
        for item in items { result.append(Choice(value: try item.string("value"), label: try item.bilingual())) }
        return result
    }
}
