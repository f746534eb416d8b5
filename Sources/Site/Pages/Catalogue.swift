import Mustache
import Yams

/// One sentence of the catalogue.
enum CatalogueEntry: Sendable, Equatable {
    case text(String)
    case plural(one: String, other: String)

    /// The `{placeholders}` that the sentence holds.
    var placeholders: Set<String> {
        switch self {
        case .text(let text): Catalogue.placeholders(in: text)
        case .plural(let one, let other): Catalogue.placeholders(in: one).union(Catalogue.placeholders(in: other))
        }
    }
}

/// The texts of one language; templates reach them as `{{t.desk.inbox.title}}`.
package struct Catalogue: Sendable {
    package let language: Language
    let entries: [String: CatalogueEntry]
    /// What templates see as `t`.
    let tree: CatalogueGroup

    init(language: Language, entries: [String: CatalogueEntry]) {
        self.language = language
        self.entries = entries
        tree = CatalogueGroup(entries.map { ($0.key.split(separator: ".").map(String.init)[...], $0.value) })
    }

    /// The sentence under a key such as `desk.inbox.title`; the key itself where there is none, so that it is seen.
    package func text(_ key: String) -> String { format(key, [:]) }

    /// The sentence with its `{placeholders}` filled in. Of a plural, `n` decides: English `1` takes `one`.
    package func format(_ key: String, _ arguments: [String: String]) -> String {
        switch entries[key] {
        case .text(let text): Self.filled(text, arguments)
        case .plural(let one, let other):
            Self.filled(language == .en && arguments["n"] == "1" ? one : other, arguments)
        case nil: key
        }
    }

    /// Whether there is a sentence under the key.
    package func has(_ key: String) -> Bool { entries[key] != nil }

    /// A public holiday as people here call it; the calendar's own name where it has no other.
    package func holiday(_ name: String) -> String {
        let key = "holidays.\(name)"
        return has(key) ? text(key) : name
    }

    /// Each placeholder is filled once; what was filled in is not looked at again.
    private static func filled(_ text: String, _ arguments: [String: String]) -> String {
        guard !arguments.isEmpty, text.contains("{") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            result += rest[..<open]
            result += arguments[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    static func placeholders(in text: String) -> Set<String> {
        var names: Set<String> = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names
    }
}

/// A branch of the catalogue, as Mustache walks it.
final class CatalogueGroup: MustacheParent, Sendable {
    private let texts: [String: String]
    private let groups: [String: CatalogueGroup]

    init(_ entries: [(path: ArraySlice<String>, entry: CatalogueEntry)]) {
        var texts: [String: String] = [:]
        var below: [String: [(path: ArraySlice<String>, entry: CatalogueEntry)]] = [:]
        for (path, entry) in entries {
            guard let name = path.first else { continue }
            if path.count > 1 {
                below[name, default: []].append((path.dropFirst(), entry))
            } else if case .text(let text) = entry {
                texts[name] = text
            } else if case .plural(_, let other) = entry {
                texts[name] = other
            }
        }
        self.texts = texts
        groups = below.mapValues(CatalogueGroup.init)
    }

    func child(named name: String) -> Any? { texts[name] ?? groups[name] }
}

/// Why the texts could not be loaded; found at start, never while serving.
package enum TextsError: Error, Equatable {
    /// The file is not YAML, or holds something else than nested keys and sentences.
    case unreadable(file: String, why: String)
    /// Two files give the same key.
    case duplicate(key: String, file: String)
}

/// The catalogues of all languages, gathered from every room.
package struct Texts: Sendable {
    private let catalogues: [Language: Catalogue]

    /// Loads `texts/zh-Hans/*.yaml` and `texts/en/*.yaml` below each folder of resources.
    package init(folders: [String]) throws {
        var catalogues: [Language: Catalogue] = [:]
        for language in Language.allCases {
            var entries: [String: CatalogueEntry] = [:]
            for folder in folders {
                for file in try Files.list(folder + "/texts/" + language.rawValue, ending: ".yaml") {
                    try Self.read(file.path, into: &entries)
                }
            }
            catalogues[language] = Catalogue(language: language, entries: entries)
        }
        self.catalogues = catalogues
    }

    /// The catalogue of a language.
    package subscript(_ language: Language) -> Catalogue {
        catalogues[language] ?? Catalogue(language: language, entries: [:])
    }

    /// Where the languages disagree: a key or a placeholder that one of them lacks. Empty when all is well.
    package func differences() -> [String] {
        let chinese = self[.zhHans].entries
        let english = self[.en].entries
        var found: [String] = []
        for key in Set(chinese.keys).union(english.keys).sorted() {
            switch (chinese[key], english[key]) {
            case (nil, _): found.append("zh-Hans lacks \(key)")
            case (_, nil): found.append("en lacks \(key)")
            case (let left?, let right?):
                if left.placeholders != right.placeholders { found.append("placeholders differ in \(key)") }
            }
        }
        return found
    }

    private static func read(_ path: String, into entries: inout [String: CatalogueEntry]) throws {
        let root: Node?
        do { root = try Yams.compose(yaml: Files.text(path)) } catch {
            throw TextsError.unreadable(file: path, why: "\(error)")
        }
        guard let root else { return }
        try add(root, at: [], from: path, into: &entries)
    }

    private static func add(
        _ node: Node, at path: [String], from file: String, into entries: inout [String: CatalogueEntry]
    ) throws {
        let key = path.joined(separator: ".")
        switch node {
        case .scalar(let scalar):
            guard !path.isEmpty else { throw TextsError.unreadable(file: file, why: "not a mapping") }
            guard entries.updateValue(.text(scalar.string), forKey: key) == nil else {
                throw TextsError.duplicate(key: key, file: file)
            }
        case .mapping(let mapping):
            if let other = mapping["other"]?.scalar?.string, mapping.count == 1 || mapping["one"] != nil,
                mapping.count <= 2
            {
                let one = mapping["one"]?.scalar?.string ?? other
                guard entries.updateValue(.plural(one: one, other: other), forKey: key) == nil else {
                    throw TextsError.duplicate(key: key, file: file)
                }
                return
            }
            for (name, child) in mapping {
                guard let name = name.scalar?.string, !name.isEmpty, !name.contains(".") else {
                    throw TextsError.unreadable(file: file, why: "a key below “\(key)” is empty or has a dot")
                }
                try add(child, at: path + [name], from: file, into: &entries)
            }
        default: throw TextsError.unreadable(file: file, why: "“\(key)” is neither a sentence nor a mapping")
        }
    }
}
