import Casework
import Database
import DatabaseTesting
import Foundation
import Testing

@testable import Casefile

/// Every stage, act, role and relation, explored by code: the acts are those that people do, the keys are real.
@Suite struct `Every story that the rules allow` {
    @Test func `no reachable moment gives a forbidden person a copy or a key, and nobody is stuck`() async throws {
        let province = try await YearProvince.make(.sqlite, seed: 2026)
        let picture = try await province.casefile.picture()
        let only = ProcessInfo.processInfo.environment["MINGJIAN_MODEL_SCENE"]
        let scenes = Scene.all.filter { only == nil || $0.name == only }
        var all: [(Scene, Findings, [String])] = []
        var thief = ThiefOfStories()
        let thread = OwnThread("model check")
        for scene in scenes {
            let models = try Self.models(scene, province, picture)
            let model = try #require(models[[]])
            var exploration = try Exploration(scene, models)
            let found = try await withTaskExecutorPreference(thread) { try await exploration.run(most: 12_000) }
            print("model check, \(scene.name): \(found.states) states")
            all.append((scene, found, try await Self.replay(exploration, model, province)))
            try await thief.comes(to: exploration, model, province)
        }
        await province.close()
        var (stages, acts): (Set<String>, Set<[String]>) = ([], [])
        var looks: [String: Int] = [:]
        for (scene, found, differing) in all.sorted(by: { $0.0.name < $1.0.name }) {
            stages.formUnion(found.stages)
            acts.formUnion(found.acts)
            looks.merge(found.looks, uniquingKeysWith: +)
            for difference in differing { Issue.record("\(scene.name): \(difference)") }
            for fault in found.faults { Issue.record("\(scene.name) (\(found.faultCount)): \(fault)") }
        }
        let states = all.map(\.1.states).reduce(0, +)
        let seen = looks.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print(
            "model check: \(states) states, \(acts.count) of stage × act × role × relation; people looked at: \(seen)")
        for fault in thief.faults { Issue.record("\(fault)") }
        guard only == nil else { return }
        let workflow = try Workflow.shipped()
        #expect(stages == Set(workflow.stageOrder))
        #expect(acts.contains { $0[1] == Workflow.newDeciders && $0[0] == "proposed" }, "nobody asked others")
        #expect(acts.contains { $0[1] == Workflow.newDeciders && $0[0] == "verifying" }, "nor about a request")
        let left = Set(workflow.actOrder).subtracting(acts.map { $0[1] }).subtracting([
            "message", "object", "link", "unlink", "tell-repeat",
        ])
        #expect(left.isEmpty, "no scene does \(left.sorted())")
        #expect(looks.keys.contains("attached unit") && !acts.contains { $0[3] == "attached unit" })
        #expect(acts.contains { $0[3] == "delegated" }, "nobody acted for others")
        // A field of words that a rule brings and nobody plants anything in fails here.
        let missing = Canaries.places(in: workflow).subtracting(thief.planted).subtracting(ThiefOfStories.byHand)
        #expect(missing.isEmpty, "no marked word in \(missing.sorted())")
    }

    /// The scene's world, and what it is after any of those who may leave, or go on leave, have.
    private static func models(
        _ scene: Scene, _ province: YearProvince, _ picture: Picture
    ) throws -> [Set<String>: Model] {
        let all = scene.leavers.union(scene.leaves.map(Moment.leave))
        let subsets = all.sorted().reduce(into: [Set<String>()]) { all, name in
            all += all.map { $0.union([name]) }
        }
        var models: [Set<String>: Model] = [:]
        for gone in subsets { models[gone] = try Model(province, picture, scene, gone: gone) }
        return models
    }

    /// Some of the stories once more on real databases: the rows end as the walk had it, and so do the keys.
    private static func replay(
        _ exploration: Exploration, _ model: Model, _ province: YearProvince
    ) async throws -> [String] {
        var differing: [String] = []
        for engine in TestDatabase.availableEngines {
            var replay = try await ModelReplay(exploration.scene, model, province, engine)
            for moment in exploration.samples {
                // Whose account was closed in the story before, or who went on leave, is not there for the next.
                if !(exploration.scene.leavers.isEmpty && exploration.scene.leaves.isEmpty) {
                    await replay.close()
                    replay = try await ModelReplay(exploration.scene, model, province, engine)
                }
                do {
                    let played = try await replay.play(moment)
                    let then = exploration.models[moment.gone] ?? model
                    let walked = Shape(moment, then, counted: exploration.counted)
                    if walked != Shape(played, then, counted: exploration.counted) {
                        differing.append("\(engine) has it otherwise: \(moment.told(model))")
                    }
                } catch { differing.append("\(engine) refuses: \(error) — \(moment.told(model))") }
            }
            await replay.close()
        }
        return differing
    }
}

/// The shortest story through each act once more on real databases, with a marked word in every field that takes words;
/// then somebody steals the database and the files.
struct ThiefOfStories {
    /// Fields in which words are planted in `A thief of the disk`: what only a receipt writes, corrections, and links to
    /// a report by its number.
    static let byHand: Set = [
        "message.text", "object.text", "request-recusal.whom", "request-recusal.reason", "link.original",
        "link.opinion", "unlink.opinion", "amend.title", "amend.reported.name",
        "amend.reported.unit", "amend.reported.position", "amend.content", "amend.happened", "amend.place",
        "amend.location", "amend.demand", "amend.reason", "amend-identity.name", "amend-identity.phone",
        "amend-identity.email", "amend-identity.address", "amend-identity.id", "amend-identity.others",
        "amend-identity.safe", "amend-identity.reason",
    ]
    private(set) var planted: Set<String> = []
    private(set) var faults: [String] = []

    mutating func comes(to exploration: Exploration, _ model: Model, _ province: YearProvince) async throws {
        let stories = exploration.firsts.filter { !planted.contains($0.key) }.sorted { $0.key < $1.key }
        guard !stories.isEmpty else { return }
        var words: Set<String> = []
        for engine in TestDatabase.availableEngines {
            let replay = try await ModelReplay(exploration.scene, model, province, engine)
            var canaries = Canaries()
            for (place, moment) in stories where canaries.words[place] == nil {
                do { try await replay.play(moment, planting: &canaries) } catch {
                    faults.append("\(engine) refuses marked words in \(place): \(error) — \(moment.told(model))")
                }
            }
            let loot = try await replay.loot()
            if loot.places(of: "清棠县纪委监委").isEmpty { faults.append("\(engine): the search finds nothing") }
            for place in loot.places(of: Canaries.mark).sorted() {
                faults.append("\(engine): marked words lie open in \(place) — \(exploration.scene.name)")
            }
            words.formUnion(canaries.words.keys)
            await replay.close()
        }
        planted.formUnion(words)
    }
}
