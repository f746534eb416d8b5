import Foundation
package import Kernel

/// What holds for prints and exports: data with sources, not code.
package struct ExportRules: Sendable, Hashable {
    package let version: String
    package let effectiveFrom: Day
    /// For how many hours an export may be fetched by whoever made it.
    package let hours: Int
    package let hoursSource: Bilingual
    /// The most reports in one list.
    package let rows: Int
    /// Why a report may be printed or exported.
    package let grounds: [Choice]

    /// The rules that ship with the product: read once, the same for all.
    package static func shipped() throws(RuleFault) -> ExportRules { try loaded.get() }

    private static let loaded: Result<ExportRules, RuleFault> = Result { () throws(RuleFault) in
        let name = "exports.yaml"
        guard let url = Bundle.module.url(forResource: "rules/exports", withExtension: "yaml"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { throw RuleFault(file: name, line: 0, reason: "the file is missing") }
        return try ExportRules(file: name, text: text)
    }

    /// Parses and checks one file. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        let top = try YAMLReader(file: file, text: text)
        version = try top.string("version")
        guard let day = Day(try top.string("effectiveFrom")) else {
            throw try top.at("effectiveFrom").fault("a date is expected here")
        }
        effectiveFrom = day
        (hours, hoursSource) = try Self.number("hours", of: top, within: 1...168)
        rows = try Self.number("rows", of: top, within: 1...10_000).value
        let list = try top.at("grounds")
        var grounds: [Choice] = []
        for item in list.items {
            grounds.append(Choice(value: try item.string("value"), label: try item.bilingual()))
        }
        guard !grounds.isEmpty, Set(grounds.map(\.value)).count == grounds.count else {
            throw list.fault("grounds are expected here, each once")
        }
        self.grounds = grounds
    }

    private static func number(
        _ name: String, of top: YAMLReader, within bounds: ClosedRange<Int>
    ) throws(RuleFault) -> (value: Int, source: Bilingual) {
        let line = try top.at(name)
        let value = try line.integer("value")
        guard bounds ~= value else { throw line.fault("the value must lie within \(bounds)") }
        let source = try line.at("source").bilingual()
        guard !source.zh.isEmpty, !source.en.isEmpty else { throw line.fault("a rule without a source") }
        return (value, source)
    }
}
