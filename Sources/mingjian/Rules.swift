import ArgumentParser
import Casefile
import Casework
import Foundation
import Kernel

struct Rules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the rules, and explains how they stand with one report.",
        subcommands: [Check.self, Explain.self, RulesTime.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Checks the shipped rules, the stored changes and the given files; exit code 1 and the first fault.",
            discussion: "Each FILE is an organ's change, or a whole version of the workflow (it has stages).")
        @OptionGroup var place: PlaceOptions
        @Argument(help: "Changes or versions that are not in force yet.") var files: [String] = []

        func run() async throws {
            do {
                let texts = try files.map { path in
                    RulesCheckCommand.File(name: path, text: try String(contentsOfFile: path, encoding: .utf8))
                }
                // Whoever has no installation yet can still check files one by one.
                if FileManager.default.fileExists(atPath: place.place.keys) {
                    try await RulesCheckCommand(files: texts).execute(at: place.place)
                } else {
                    print(try RulesCheckCommand(files: texts).alone())
                }
            } catch let fault as RuleFault {
                print(fault.description)
                throw ExitCode(1)
            }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How the rules stand with one report: from open columns only, without a password.")
        @OptionGroup var place: PlaceOptions
        @Argument(help: "The id of the report, or one of its numbers.") var report: String

        func run() async throws { try await RulesExplainCommand(report: report).execute(at: place.place) }
    }
}

struct RulesCheckCommand: InstallationCommand {
    static let name = "rules-check"

    struct File: Codable, Sendable {
        var name: String
        var text: String

        /// A version of the workflow states its stages; a change does not.
        var isVersion: Bool { text.split(separator: "\n").contains { $0.hasPrefix("stages:") } }
    }

    var files: [File]

    func run(_ installation: Installation) async throws -> CommandAnswer {
        do {
            let casefile = installation.casefile
            try await casefile.checkRules()
            let world = try await casefile.world()
            var book = try await casefile.ruleBook()
            try checkVersions()
            for file in files where !file.isVersion {
                book = try book.adding(try RuleOverride(file: file.name, text: file.text), in: world)
            }
            return CommandAnswer(
                text: "ok: \(book.versions.count) versions, \(book.overrides.count) changes by organs")
        } catch let fault as RuleFault {
            return CommandAnswer(text: fault.description, exitCode: 1)
        }
    }

    /// What can be checked without organs.
    func alone() throws(RuleFault) -> String {
        let versions = try RuleBook.shipped().versions.count
        try checkVersions()
        for file in files where !file.isVersion { _ = try RuleOverride(file: file.name, text: file.text) }
        return "ok: \(versions) versions; changes were read, not laid over the rules: there is no installation here"
    }

    private func checkVersions() throws(RuleFault) {
        var versions = try RuleBook.shipped().versions
        for file in files where file.isVersion {
            versions.append(try Workflow(file: file.name, text: file.text))
            _ = try RuleBook(checking: versions)
        }
    }
}

struct RulesExplainCommand: InstallationCommand {
    static let name = "rules-explain"
    var report: String

    func run(_ installation: Installation) async throws -> CommandAnswer {
        guard let found = try await installation.casefile.ruleExplanation(of: report) else {
            return CommandAnswer(text: "There is no report of this id or number.", exitCode: 1)
        }
        return CommandAnswer(text: RuleTelling(found).text)
    }
}
