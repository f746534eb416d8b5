import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Similarity
import Testing

@testable import Casefile

/// What a model proposes to a clerk who judges a letter.
@Suite struct `A proposal for the problem of a letter` {
    /// Letters about two kinds of wrongs, as another office had labelled them.
    private static let examples: [(String, String)] = (0..<12).flatMap { n in
        [
            ("第\(n)组的修路补偿款被村里截留，三年没有发下来，请查补偿款去向。", "mass"),
            ("某局长第\(n)次用公款宴请，大吃大喝，公车私用，违规接受礼品。", "integrity"),
        ]
    }

    private func folder(_ files: [String: [UInt8]]) throws -> String {
        let path = NSTemporaryDirectory() + "models-" + Identifier<OrganTag>.random().description
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: path + "/" + name)) }
        return path
    }

    private func trained(_ labels: [String: String] = [:]) throws -> [UInt8] {
        let normaliser = try Normaliser.shipped()
        let texts = try Self.examples.map {
            LabelledText(text: try normaliser($0.0), label: labels[$0.1] ?? $0.1)
        }
        var model = try LinearModel(training: texts)
        model.measured = try Measure(of: texts)
        return try model.fileBytes()
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `stands beside the letter with its words, decides nothing, and is kept beside what the clerk chose`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let place = try folder(["problem.model": try trained()])
            defer { try? FileManager.default.removeItem(atPath: place) }
            let casefile = world.casefile.with(suggesters: try Suggesters(folder: place))
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            let triage = try world["q.triage"]
            let view = try await casefile.report(filed.id, for: triage)
            let proposed = try #require(view.suggestions.first)
            #expect(view.suggestions.count == 1 && proposed.field == "problem" && proposed.value == "mass")
            #expect(proposed.because.contains { "三组的修路补偿款三年没有发下来".contains($0) }, "\(proposed.because)")
            #expect(proposed.precision == 1 && proposed.texts == 24)
            #expect(view.problem == nil, "nothing is filled in")
            try await casefile.perform(
                "classify", on: filed.id, by: triage,
                input: ["category": .text("discipline-breach"), "problem": .text("integrity")])
            let after = try await casefile.report(filed.id, for: triage)
            #expect(after.problem == "integrity", "the clerk decides")
            let event = try #require(after.story.last)
            #expect(event.codes[DoneAct.suggested("problem")] == "mass" && event.codes["problem"] == "integrity")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test func `is made under the names that people use for the choices, and never of a label that is none`() throws {
        let named = try folder(["problem.model": try trained(["mass": "违反群众纪律", "integrity": "别的"])])
        let foreign = try folder(["problem.model": try trained(["mass": "城乡建设", "integrity": "教育"])])
        defer { for path in [named, foreign] { try? FileManager.default.removeItem(atPath: path) } }
        let act = try #require(try Workflow.shipped().acts["classify"])
        let letter = SmallWorld.letter([SmallWorld.clerkOfTheTown])
        #expect(try Suggesters(folder: named).suggestions(for: letter, acts: [act]).map(\.value) == ["mass"])
        #expect(try Suggesters(folder: foreign).suggestions(for: letter, acts: [act]) == [])
        #expect(Suggesters.none.suggestions(for: letter, acts: [act]) == [])
        #expect(try Suggesters(folder: named + "-nowhere").fields.isEmpty)
    }

    @Test func `is not made by a file that is no model, and whoever starts the server reads which`() throws {
        var cut = try trained()
        cut.removeLast(7)
        for (bytes, isModel) in [(Array("mingjian".utf8), false), ([], false), (cut, true)] {
            let place = try folder(["category.model": bytes, "notes.txt": [1]])
            defer { try? FileManager.default.removeItem(atPath: place) }
            let file = place + "/category.model"
            #expect(throws: isModel ? SuggesterFault.damaged(file) : .notAModel(file)) {
                _ = try Suggesters(folder: place)
            }
        }
    }
}
