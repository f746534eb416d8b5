import Foundation
import Yams

/// What a recipe may use; beyond any of it the child is killed.
package struct CleaningLimits: Sendable, Codable, Equatable {
    /// By the clock on the wall.
    package var seconds: Int
    /// Of computing, for each process.
    package var cpuSeconds: Int
    /// Address space of each process.
    package var memoryBytes: Int
    /// Everything in the folder in memory, and so the largest file too.
    package var folderBytes: Int
    /// Everything that it hands out.
    package var outputBytes: Int
    /// How many files it may hand out.
    package var parts: Int
    package var processes: Int
    package var descriptors: Int
}

/// How clean copies are made, as `Resources/cleaning.yaml` says it.
package struct CleaningRules: Sendable, Decodable {
    /// What is done with a clean copy: drawn as pictures on a page, written on it as text, or handed out as a file.
    package enum Shown: String, Sendable, Codable { case pictures, text, file }

    package struct Recipe: Sendable, Decodable {
        package var script: String
        package var arguments: [String]?
        package var limits: CleaningLimits
    }

    package struct Kind: Sendable, Decodable {
        package var type: String
        /// The ending of the name, in lower case, where the type alone does not tell.
        package var `extension`: String?
        /// None where the bytes need no recipe: text.
        package var recipe: String?
        package var arguments: [String]?
        package var shown: Shown
    }

    /// Copies of another version are made anew.
    package var version: String
    package var atOnce: Int
    package var patienceSeconds: Int
    package var textBytes: Int
    package var markedSeconds: Int
    package var recipes: [String: Recipe]
    package var kinds: [Kind]
    /// The folder of the recipes' scripts.
    package private(set) var scripts = CleaningRules.shippedScripts

    private enum CodingKeys: String, CodingKey {
        case version, atOnce, patienceSeconds, textBytes, markedSeconds, recipes, kinds
    }

    /// Why rules cannot be used.
    package enum Fault: Error, Equatable { case missing(String), unknownRecipe(String), badLimit(String) }

    /// The rules that come with the software, checked.
    package static func shipped() throws -> CleaningRules {
        try CleaningRules(yaml: String(contentsOfFile: resources + "/cleaning.yaml", encoding: .utf8))
    }

    /// Reads and checks: every kind has a recipe that exists, every recipe its script, every limit is above nothing.
    package init(yaml: String, scripts: String? = nil) throws {
        self = try YAMLDecoder().decode(CleaningRules.self, from: yaml)
        if let scripts { self.scripts = scripts }
        for kind in kinds {
            if let name = kind.recipe {
                if recipes[name] == nil { throw Fault.unknownRecipe(name) }
            } else if kind.shown != .text {
                throw Fault.unknownRecipe(kind.type)
            }
        }
        for name in [Self.mark, Self.stamp] where recipes[name] == nil { throw Fault.unknownRecipe(name) }
        for (name, recipe) in recipes {
            guard FileManager.default.fileExists(atPath: self.scripts + "/" + recipe.script) else {
                throw Fault.missing(recipe.script)
            }
            let limits = recipe.limits
            let numbers = [
                limits.seconds, limits.cpuSeconds, limits.memoryBytes, limits.folderBytes, limits.outputBytes,
                limits.parts, limits.processes, limits.descriptors,
            ]
            guard numbers.allSatisfy({ $0 > 0 }) else { throw Fault.badLimit(name) }
        }
        guard atOnce > 0, patienceSeconds > 0, textBytes > 0, markedSeconds > 0 else { throw Fault.badLimit("version") }
    }

    /// The recipe that draws a viewer's mark across a picture.
    package static let mark = "mark"
    /// The recipe that writes a viewer's mark into a document or recording.
    package static let stamp = "stamp"

    private static let resources = Bundle.module.bundlePath + "/Resources"
    private static let shippedScripts = resources + "/recipes"

    /// What is done with a file of this type and name; `nil` for what is never shown.
    package func kind(type: String, name: String) -> Kind? {
        let ending = name.split(separator: ".").last.map { $0.lowercased() }
        return kinds.first { $0.type == type && ($0.extension == nil || $0.extension == ending) }
    }
}
