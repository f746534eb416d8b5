import Foundation
package import Kernel

/// Under which plain names a reported person or unit is found: folded, and without the posts and forms of address that
/// stand around a name (`titles.yaml`).
package struct SearchNames: Sendable {
    package let fold: SearchFold
    private let titles: Set<String>
    private let longest: Int

    /// A field names no more people than this; what comes after is not found by name.
    private static let most = 20
    /// Fewer characters say too little to be a name.
    package static let shortest = 2

    /// The names as they ship with the product: read once, the same for all.
    package static func shipped() throws -> SearchNames { try loaded.get() }

    private static let loaded = Result {
        try SearchNames(
            file: "titles.yaml", text: YAMLReader.text(ofShipped: "titles"), fold: try SearchFold.shipped())
    }

    /// Parses one file of titles: each group with its source. Throws the first fault with its line.
    package init(file: String, text: String, fold: SearchFold) throws {
        let top = try YAMLReader(file: file, text: text)
        var titles: Set<String> = []
        for group in try top.at("groups").items {
            let source = try group.at("source").bilingual()
            let found = try group.strings("titles")
            guard !source.zh.isEmpty, !source.en.isEmpty, !found.isEmpty else {
                throw group.fault("a group has titles and a source")
            }
            titles.formUnion(found.map(fold.folded))
        }
        self.fold = fold
        self.titles = titles
        longest = titles.map(\.count).max() ?? 0
    }

    /// The names that a field for a name holds (「张三书记、李四」): each as written and without titles.
    package func people(in field: String) -> Set<String> {
        var found: Set<String> = []
        for part in field.split(maxSplits: Self.most, whereSeparator: Self.separates).prefix(Self.most) {
            let plain = fold.folded(String(part))
            guard plain.count >= Self.shortest else { continue }
            found.insert(plain)
            found.insert(withoutTitles(plain))
        }
        return found
    }

    /// The names that a field for a unit holds.
    package func units(in field: String) -> Set<String> {
        Set(
            field.split(maxSplits: Self.most, whereSeparator: Self.separates).prefix(Self.most)
                .map { fold.folded(String($0)) }.filter { $0.count >= Self.shortest })
    }

    private static func separates(_ character: Character) -> Bool {
        character.isNewline || "、，,；;/／|｜".contains(character)
    }

    /// Takes titles from the end and from the beginning as long as a name is left.
    private func withoutTitles(_ plain: String) -> String {
        var letters = Array(plain)
        while let length = title(letters, atEnd: true) { letters.removeLast(length) }
        while let length = title(letters, atEnd: false) { letters.removeFirst(length) }
        return String(letters)
    }

    /// How long the longest title is that stands there and may go.
    private func title(_ letters: [Character], atEnd: Bool) -> Int? {
        let most = min(longest, letters.count - Self.shortest)
        guard most > 0 else { return nil }
        return (1...most).reversed().first { length in
            titles.contains(String(atEnd ? letters.suffix(length) : letters.prefix(length)))
        }
    }
}
