import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// Rules that organs change while reports run. The clock of the small world stands at 2026-03-02.
@Suite struct `Rules change while reports run` {
    static func text(_ organ: String, scope: String, from: String = "2026-03-02", days: Int = 3) -> String {
        """
        organ: \(organ)
        name: \(organ)-\(days)
        effectiveFrom: \(from)
        appliesTo: \(scope)
        source: {zh: 地方办法, en: Local rules}
        limits:
          - {name: distribution, count: \(days), source: {zh: 地方办法第1条, en: "Local rules, article 1"}}
        """
    }

    private func due(_ world: SmallWorld, _ id: ReportID) async throws -> (Day?, Int?) {
        try await world.casefile.database.read { tx in
            let row = try tx.first(
                "SELECT r.due_day, w.due_order FROM report r JOIN waiting w ON w.report_id = r.id WHERE r.id = \(id)")
            return (try row?.maybe("due_day"), try row?.get("due_order"))
        }
    }

    private func file(_ world: SmallWorld) async throws -> ReportID {
        try await world.casefile.file(
            Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]), reporter: nil)
        ).id
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a change for running reports moves their days at once, and taking it back moves them again`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await file(world)
            let before = try await due(world, id)
            #expect(before.0 == Day("2026-03-09"), "five working days")
            world.clock.set(try #require(Instant(rfc3339: "2026-03-03T10:00:00+08:00")))
            let admin = try world["q.admin"]
            let text = Self.text("Q", scope: "running", from: "2026-03-03")
            let preview = try await world.casefile.preview(rules: text, by: admin)
            #expect(preview.open == 1 && preview.touched == ["received": 1] && preview.earlier == 1)
            #expect(preview.differences.map(\.name) == ["distribution"])
            #expect(try await due(world, id) == before, "looking changes nothing")
            let stored = try await world.casefile.upload(rules: text, by: admin)
            let after = try await due(world, id)
            #expect(after.0 == Day("2026-03-05") && after.1 == after.0.map { Int($0.days) })
            _ = try await world.casefile.verify()
            let view = try #require(try await world.view(id, "q.director"))
            #expect(view.workflow.version == "2026.11+Q:Q-3")
            try await world.act("register", id, "q.registrar")
            let rules: String? = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT rules FROM event WHERE report_id = \(id) AND act = 'register'")
            }
            #expect(rules == "2026.11+Q:Q-3", "the act is recorded under the rules that held")

            world.clock.set(try #require(Instant(rfc3339: "2026-03-04T10:00:00+08:00")))
            try await world.casefile.withdraw(rules: stored.id, scope: .running, by: admin)
            #expect(try await due(world, id).0 == Day("2026-03-09"))
            _ = try await world.casefile.verify()
            let kept = try await world.casefile.ruleChanges()
            #expect(kept.count == 1 && kept.first?.withdrawnBy == admin.staff && kept.first?.uploadedBy == admin.staff)
            await #expect(throws: CasefileError.notNow) {
                try await world.casefile.withdraw(rules: stored.id, scope: .new, by: admin)
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a report that runs keeps its rules, one that begins later follows the new ones`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let old = try await file(world)
            let text = Self.text("C", scope: "new", from: "2026-03-03")
            try await world.casefile.upload(rules: text, by: try world["c.admin"])
            world.clock.set(try #require(Instant(rfc3339: "2026-03-03T10:00:00+08:00")))
            #expect(try await world.casefile.refreshRules() == 0)
            let new = try await file(world)
            #expect(try await due(world, old).0 == Day("2026-03-09"))
            #expect(try await due(world, new).0 == Day("2026-03-06"), "the county follows its city")
            _ = try await world.casefile.verify()
            let told = try #require(try await world.casefile.ruleExplanation(of: new.description))
            #expect(told.changes.map(\.name) == ["C-3"] && told.limits.first { $0.met == nil }?.rule.count == 3)
            #expect(told.open.contains { $0.rule.name == "register" && $0.to == "registered" })
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a change that begins on a later day reaches running reports when that day comes`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await file(world)
            _ = try await world.casefile.refreshRules()
            let text = Self.text("Q", scope: "running", from: "2026-03-04")
            try await world.casefile.upload(rules: text, by: try world["q.admin"])
            #expect(try await due(world, id).0 == Day("2026-03-09"))
            world.clock.set(try #require(Instant(rfc3339: "2026-03-04T00:10:00+08:00")))
            #expect(try await world.casefile.refreshRules() == 1)
            #expect(try await due(world, id).0 == Day("2026-03-05"))
            #expect(try await world.casefile.refreshRules() == 0, "once a day")
            _ = try await world.casefile.verify()
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a bad change, and one of somebody who does not look after the organ, change nothing`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await file(world)
            let before = try await due(world, id)
            for (name, organ) in [("r.admin", "Q"), ("q.admin", "C"), ("q.director", "Q"), ("q.admin", "none")] {
                await #expect(throws: CasefileError.notYourAct) {
                    try await world.casefile.upload(
                        rules: Self.text(organ, scope: "running"), by: try world[name])
                }
            }
            let longer = Self.text("Q", scope: "running", days: 6)
            let past = Self.text("Q", scope: "running", from: "2026-03-01")
            for text in [longer, past, "organ: [", String(repeating: "x", count: 70_000), ""] {
                await #expect(throws: RuleFault.self) {
                    try await world.casefile.upload(rules: text, by: try world["q.admin"])
                }
            }
            #expect(try await world.casefile.ruleChanges().isEmpty)
            #expect(try await due(world, id) == before)
            // The superior's administrator looks after those below; a stranger finds nothing to take back.
            let stored = try await world.casefile.upload(
                rules: Self.text("Q", scope: "new"), by: try world["c.admin"])
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.withdraw(rules: stored.id, scope: .new, by: try world["r.admin"])
            }
            try await world.casefile.checkRules()
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `computing again mends what was wrong and tells how far it is`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let ids = [try await file(world), try await file(world)]
            try await world.casefile.database.write { tx in
                try tx.run("UPDATE report SET due_day = 1 WHERE id = \(ids[0])")
                try tx.run("DELETE FROM waiting WHERE report_id = \(ids[0])")
            }
            await #expect(throws: VerifyFault.self) { try await world.casefile.verify() }
            let changed = try await world.casefile.recompute { done, all in #expect(done <= all && all == 2) }
            #expect(changed == 1)
            _ = try await world.casefile.verify()
        }
    }
}
