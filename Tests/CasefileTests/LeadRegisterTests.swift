import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// 规则 14条: case supervision is told of what its organ hands on.
@Suite struct `The register of leads` {
    private func lines(_ world: SmallWorld, _ username: String, _ view: LeadView = .running) async throws -> [LeadLine]
    {
        try await world.casefile.leads(view, for: try world[username]).lines
    }

    private func filed(_ world: SmallWorld, _ party: ReportedParty = SmallWorld.clerkOfTheTown, at organ: String = "Q")
        async throws -> ReportID
    {
        try await world.casefile.file(Filing(organ: organ, letter: SmallWorld.letter([party]))).id
    }

    private func referred(_ world: SmallWorld, _ id: ReportID) async throws {
        try await world.judge(id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
        try await world.act("refer", id, "q.registrar")
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `tells the organ's case supervision number, office, days and limits as soon as a report is referred`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await filed(world)
            #expect(try await lines(world, "q.supervisor").isEmpty)
            try await referred(world, id)
            let line = try #require(try await lines(world, "q.supervisor").first)
            let number = try #require(try await world.view(id, "q.registrar")?.number)
            #expect(line.number == number && line.via == "refer" && line.signed == nil)
            #expect(try line.office == world.id("Q.inspection"))
            #expect(line.limits.map(\.rule.name) == ["refer-sign"])
            // A member of the office reads it too, and neither opens the report.
            #expect(try await lines(world, "q.supervising").count == 1)
            for reader in ["q.supervisor", "q.supervising"] {
                #expect(try await `Nobody sees what they must not`.doors(world, id, reader) == [], "\(reader)")
            }
            try await world.act("sign", id, "q.inspector")
            let signed = try #require(try await lines(world, "q.supervisor").first)
            #expect(signed.signed != nil && signed.limits.map(\.rule.name) == ["disposal-opinion"])
            #expect(try await lines(world, "q.supervisor", .late).isEmpty)
            world.clock.advance(days: 60)
            let late = try #require(try await lines(world, "q.supervisor", .late).first)
            #expect(late.limits.first?.isOverdue(on: world.clock.clock.now().day) == true)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `follows what was returned and referred again, and what was concluded`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await filed(world)
            try await referred(world, id)
            try await world.act("sign", id, "q.inspector")
            try await world.act(
                "return", id, "q.inspector", ["reason": .text("other-organ"), "opinion": .text("应由他处办理")])
            try await world.act("approve", id, "q.deputy")
            try await world.act(
                "propose", id, "q.triage",
                ["way": .text("refer"), "office": try world.office("Q.inspection"), "opinion": .text("仍由其办理")])
            try await world.act("approve", id, "q.deputy")
            try await world.handle(id, at: "q")
            #expect(try await lines(world, "q.supervisor").isEmpty, "nothing goes on")
            let all = try await lines(world, "q.supervisor", .all)
            #expect(all.map(\.isLast) == [true, false])
            #expect(all.first?.concluded != nil && all.last?.limits.isEmpty == true)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `names the lower organ for what was assigned, and is each organ's own`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.assigned()
            let above = try #require(try await lines(world, "c.supervisor").first)
            #expect(above.via == "assign" && above.office == nil)
            #expect(above.organ == world.organs["Q"]?.id)
            #expect(above.limits.contains { $0.rule.name == "assigned-report" })
            #expect(try await lines(world, "q.supervisor").isEmpty, "the county has handed nothing on")
            #expect(try await world.view(id, "c.supervisor") == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is silent on own cadres, on what went past the organ, and on what names whoever looks`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let own = try await filed(
                world,
                ReportedParty(kind: .person, name: "旁观者Q", unit: "清棠县纪委监委", position: "干部", management: .other))
            try await world.act("register", own, "q.internal")
            try await world.act(
                "classify", own, "q.internal", ["category": .text("discipline-breach"), "problem": .text("mass")])
            try await world.act(
                "propose", own, "q.internal",
                ["way": .text("refer"), "office": try world.office("Q.internal"), "opinion": .text("自办")])
            try await world.act("approve", own, "q.deputy")
            try await world.act("refer", own, "q.internal")
            #expect(try await lines(world, "q.supervisor", .all).isEmpty)

            let cousin = ReportedParty(kind: .person, name: "孙表亲", unit: "县供销社", management: .township)
            let barred = try await filed(world, cousin)
            try await referred(world, barred)
            #expect(try await lines(world, "q.supervisor", .all).isEmpty, "her kin")
            #expect(try await lines(world, "q.supervising", .all).count == 1)

            let higher = try await filed(world)
            try await referred(world, higher)
            #expect(try await lines(world, "q.supervisor", .all).count == 1)
            try await world.act(
                "amend", higher, "q.director",
                [
                    "reason": .text("职级写错"),
                    "reported": .items([
                        ["kind": .text("person"), "name": .text("汪启恒"), "management": .text("municipal")]
                    ]),
                ])
            try await world.act("send-up", higher, "q.director")
            #expect(try await lines(world, "q.supervisor", .all).isEmpty, "the city's, and nothing of it is left here")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is there for nobody else`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            try await referred(world, try await filed(world))
            for (username, _, organ, places, _) in SmallWorld.staffRows where organ == "Q" {
                if places.contains(where: { $0.0 == .caseSupervision }) { continue }
                await #expect(throws: CasefileError.notFound, "\(username)") { _ = try await lines(world, username) }
            }
            #expect(try await lines(world, "c.supervisor", .all).isEmpty)
        }
    }
}
