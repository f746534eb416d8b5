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
        try ExportRules(YAMLReader(shipped: "exports"))
    }

    /// Parses and checks one file. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        try self.init(YAMLReader(file: file, text: text))
    }

    private init(_ top: YAMLReader) throws(RuleFault) {
        version = try top.string("version")
        effectiveFrom = try top.day("effectiveFrom")
        let (time, length) = (try top.at("hours"), try top.at("rows"))
        (hours, hoursSource) = (try time.integer("value", within: 1...168), try time.source())
        rows = try length.integer("value", within: 1...10_000)
        _ = try length.source()
        let list = try top.at("grounds")
        grounds = try list.choices()
        guard !grounds.isEmpty, Set(grounds.map(\.value)).count == grounds.count else {
            throw list.fault("grounds are expected here, each once")
        }
    }
}
