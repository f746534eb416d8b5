import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// Who was asked to decide leaves, or goes on leave, before they did.
@Suite struct `A decision whose leader has gone` {
    typealias Away = `When somebody is away`

    private func deactivate(_ world: SmallWorld, _ usernames: String...) async throws {
        for username in usernames {
            var staff = try #require(try await world.casefile.world().staff[try world[username].staff])
            staff.active = false
            world.clock.advance(seconds: 1)
            try await world.casefile.change(staff: staff)
        }
    }

    /// Goes on leave from the second day on: nobody's session is there when it begins.
    private func leaveLater(_ world: SmallWorld, _ usernames: String...) async throws {
        for username in usernames {
            let viewer = try world[username]
            try await world.casefile.declareAway(viewer.staff, term: Away.days(world, 1, 6), by: viewer)
        }
        world.clock.advance(days: 1)
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the last leader of the county goes on leave, and the city's deputy reads and approves what waited`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await Away.proposed(world)
            try await Away.away(world, "q.deputy")
            #expect(try await Away.waits(world, filed.id, for: "q.principal"), "one leader is left")
            #expect(try await world.keys(filed.id, "c.deputy", papers: true) == 0)
            try await Away.away(world, "q.principal")
            #expect(try await Away.waits(world, filed.id, for: "c.deputy"))
            let view = try #require(try await world.view(filed.id, "c.deputy"))
            #expect(view.letter?.title == "镇里截留补偿款" && !view.waitsForNobody)
            let read = try await world.words(filed.id, "c.deputy")
            #expect(read.contains("建议移送"), "whoever decides reads what was proposed")
            let event = try #require(view.story.last)
            let above = try world.id("C.leaders").description
            #expect(event.act == Workflow.newDeciders && event.codes["decider"] == above)
            try await world.act("approve", filed.id, "c.deputy")
            #expect(try await world.view(filed.id, "c.deputy") == nil, "decided, and nothing is kept above")
            #expect(try await world.keys(filed.id, "c.deputy", papers: true) == 0)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `leaders who are deactivated leave their decision to the city's, once the proposer looks`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await Away.proposed(world)
            try await deactivate(world, "q.deputy", "q.principal")
            #expect(try await world.view(filed.id, "c.principal") == nil, "nobody with a key has been there yet")
            let proposer = try #require(try await world.view(filed.id, "q.triage"))
            #expect(proposer.story.last?.act == Workflow.newDeciders && !proposer.waitsForNobody)
            #expect(try await world.offered("approve", on: filed.id) == ["c.deputy", "c.principal"])
            #expect(try await world.words(filed.id, "c.principal").contains("建议移送"))
            try await world.act("reject", filed.id, "c.principal", ["opinion": .text("再核")])
            #expect(try await world.view(filed.id, "q.triage")?.standing.stage == "judged")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a clerk who signs in hands on what waits, and takes no part in it by that`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let clerk = try await Account.make(world, places: [(.letters, .registrar)], letInBy: ["q.director"])
            let filed = try await Away.proposed(world)
            try await leaveLater(world, "q.deputy", "q.principal")
            let viewer = try await clerk.signIn().viewer
            #expect(try await Away.waits(world, filed.id, for: "c.principal"))
            try await world.act("approve", filed.id, "c.principal")
            try await world.act("refer", filed.id, "q.registrar")
            await #expect(throws: CasefileError.notFound) {
                _ = try await world.casefile.report(filed.id, for: viewer)
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a stand-in needs no asking, and is not passed over for the city`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let principal = try world["q.principal"]
            for role in [Role.deputy, .principal] {
                try await world.casefile.arrange(
                    [try world["q.internal"].staff], for: try Away.post(world, "Q.leaders", role), by: principal)
            }
            let filed = try await Away.proposed(world)
            try await Away.away(world, "q.principal", "q.deputy")
            #expect(try await world.offered("approve", on: filed.id).contains("q.internal"))
            #expect(try await world.view(filed.id, "q.triage")?.story.last?.act == "propose")
            #expect(try await world.view(filed.id, "c.deputy") == nil)
            // The order is taken back while it is the stand-in's turn: now nobody of the county is left.
            for role in [Role.deputy, .principal] {
                try await world.casefile.arrange([], for: try Away.post(world, "Q.leaders", role), by: principal)
            }
            #expect(try await Away.waits(world, filed.id, for: "c.deputy"))
            #expect(try await Doors.doors(world, filed.id, "q.internal") == [])
        }
    }

    typealias Doors = `Nobody sees what they must not`

    @Test(arguments: TestDatabase.availableEngines)
    func `an extension that was asked of leaders who have gone is agreed to by others, who read why`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.dispose(id, "verify", ["plan": .text("核账")])
            try await world.act("pause", id, "q.handler", ["ground": .text("hospital"), "reason": .text("住院")])
            try await leaveLater(world, "q.deputy", "q.principal")
            #expect(try await world.view(id, "c.deputy") == nil)
            let asker = try #require(try await world.view(id, "q.handler"))
            #expect(asker.story.last?.act == Workflow.newDeciders)
            let above = try world.id("C.leaders")
            #expect(asker.requests.first?.asked == [above])
            #expect(try await world.offered("decide", on: id) == ["c.deputy", "c.principal"])
            #expect(try await world.words(id, "c.deputy").contains("住院"))
            try await world.decide(id, "c.deputy")
            #expect(try await world.limit("verification", of: id, for: "q.handler")?.isPaused == true)
            #expect(try await world.view(id, "c.deputy") == nil)
            #expect(try await world.keys(id, "c.deputy", papers: true) == 0)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the other custodian goes on leave, and the first leader is the second person, without sight of the letter`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
            try await world.act(
                "open-identity", id, "q.custodian",
                ["ground": .text("contact"), "window": .text("4"), "reason": .text("电话核实")])
            #expect(try await world.offered("decide", on: id) == ["q.registrar"])
            try await Away.away(world, "q.registrar")
            #expect(try await world.offered("decide", on: id) == ["q.principal"])
            let leader = try #require(try await world.view(id, "q.principal"))
            #expect(leader.letter == nil && !leader.reach.papers)
            #expect(leader.requests.map(\.why) == ["电话核实"], "the words are handed on with the question")
            #expect(try await world.keys(id, "q.principal", papers: true) == 1, "theirs, and no other")
            try await world.decide(id, "q.principal")
            #expect(try await world.keys(id, "q.principal", papers: true) == 0)
            let told = try await world.casefile.lookAtIdentity(of: id, by: try world["q.custodian"])
            #expect(told.name == "钱有粮")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `where nobody is left as far as the province, the proposer is told so, and can withdraw`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await Away.proposed(world)
            #expect(try await world.view(filed.id, "q.triage")?.waitsForNobody == false)
            try await Away.away(
                world, "p.deputy", "p.principal", "c.deputy", "c.principal", "q.deputy", "q.principal")
            let proposer = try #require(try await world.view(filed.id, "q.triage"))
            #expect(proposer.waitsForNobody && proposer.story.last?.act == "propose")
            #expect(proposer.acts.contains { $0.rule.name == "withdraw-proposal" })
            // Somebody comes back: whoever looks next finds them.
            let deputy = try world["p.deputy"]
            let absence = try #require(
                try await world.casefile.absences(of: [deputy.staff], for: deputy).first?.absence.id)
            try await world.casefile.endAbsence(absence, by: deputy)
            #expect(try await world.view(filed.id, "q.triage")?.waitsForNobody == false)
            #expect(try await Away.waits(world, filed.id, for: "p.deputy"))
        }
    }
}
