import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// How a verification ends (监督执纪工作规则; domain §5, row 9b): the signed report lies before the principal leader, and
/// each outcome leads somewhere of its own.
@Suite struct `A verification ends as its signed report says, once it is agreed to` {
    /// Signed by the whole team.
    private func reported(_ world: SmallWorld, end: String) async throws -> ReportID {
        let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
        try await world.allocated(id)
        try await world.dispose(id, "verify", ["plan": .text("核账")])
        try await world.conclude(id, end: end)
        try await world.act("countersign", id, "q.inspector")
        return id
    }

    private func stage(_ world: SmallWorld, _ id: ReportID) async throws -> String? {
        try await world.view(id, "q.inspector")?.standing.stage
    }

    @Test(
        arguments: TestDatabase.availableEngines,
        [
            ("close", "concluded", "result-feedback", "feedback"), ("reminder", "reminding", "reminder", "remind"),
            ("shelve", "shelved", "shelf-review", "wake"), ("pass-on", "passing-on", "passing-on", "pass-on"),
            ("case-filing", "case-filing", "case-filing", "file-case"),
        ])
    func `only the principal leader agrees, and what is due then is named with its limit`(
        _ engine: Engine, _ way: (end: String, stage: String, limit: String, act: String)
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await reported(world, end: way.end)
            #expect(try await stage(world, id) == "outcome-proposed")
            #expect(try await world.offered("approve", on: id) == ["q.principal"])
            #expect(try await world.waits(id, for: "q.principal"))
            #expect(try await !world.waits(id, for: "q.deputy"))
            #expect(try await world.words(id, "q.principal").contains("没有查到"), "whoever decides reads the report")
            try await world.act("approve", id, "q.principal")
            #expect(try await stage(world, id) == way.stage)
            #expect(try await world.limit(way.limit, of: id, for: "q.handler")?.met == nil)
            #expect(try await world.offered(way.act, on: id).contains("q.handler"))
            #expect(try await world.waits(id, for: "q.handler"))
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a reminder talk and a passing on are recorded, and the reporter is told`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let talked = try await reported(world, end: "reminder")
            try await world.act("approve", talked, "q.principal")
            try await world.act(
                "remind", talked, "q.handler", ["day": .text("2026-03-03"), "text": .text("已当面提醒")])
            let passed = try await reported(world, end: "pass-on")
            try await world.act("approve", passed, "q.principal")
            try await world.act(
                "pass-on", passed, "q.handler", ["agency": .text("县住建局党组"), "text": .text("移送处理")])
            for (id, limit) in [(talked, "reminder"), (passed, "passing-on")] {
                #expect(try await stage(world, id) == "concluded")
                #expect(try await world.limit(limit, of: id, for: "q.handler")?.met != nil)
                #expect(try await world.limit("result-feedback", of: id, for: "q.handler")?.met == nil)
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what goes on the shelf is out of the team's hands, and wakes to another disposal`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            let team = try ["q.handler", "q.bystander"].map { try world[$0].staff.description }
            try await world.dispose(id, "verify", ["plan": .text("核账"), "team": .list(team)])
            try await world.conclude(id, end: "shelve")
            try await world.sign(id, "q.bystander")
            #expect(try await world.view(id, "q.bystander") == nil)
            try await world.act("wake", id, "q.handler", ["reason": .text("出现新情况")])
            try await world.dispose(id, "close")
            #expect(try await stage(world, id) == "handling")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a filed case is investigated and concluded, and kept for good as one`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await reported(world, end: "case-filing")
            try await world.act("approve", id, "q.principal")
            await #expect(throws: CasefileError.notNow) { try await world.conclude(id) }
            try await world.act(
                "file-case", id, "q.inspector", ["day": .text("2026-03-03"), "text": .text("立〔2026〕1号")])
            #expect(try await stage(world, id) == "handling")
            let form = try await world.view(id, "q.handler")?.acts.first { $0.rule.name == "conclude" }
            #expect(form?.rule.fields.contains { $0.name == "end" } == false, "a verification's question alone")
            try await world.conclude(id, finding: "true")
            try await world.act("feedback", id, "q.handler", ["way": .text("platform"), "text": .text("已办结")])
            try await world.act("archive", id, "q.handler")
            #expect(try await world.view(id, "q.inspector")?.standing.outcome == "case-filed")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a report that is refused goes back to the team, who complete it and all sign anew`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await reported(world, end: "close")
            try await world.act("reject", id, "q.principal", ["opinion": .text("补充核对账目")])
            #expect(try await stage(world, id) == "verifying")
            #expect(try await world.limit("verification-again", of: id, for: "q.handler")?.met == nil)
            try await world.conclude(id, end: "reminder")
            #expect(try await stage(world, id) == "report-signing", "whoever signed then has signed for then")
            try await world.sign(id, "q.inspector")
            #expect(try await stage(world, id) == "reminding")
            #expect(try await world.limit("verification-again", of: id, for: "q.handler")?.met != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `without a principal leader the superior's decides, and keeps nothing of it`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await reported(world, end: "close")
            try await `When somebody is away`.away(world, "q.principal")
            #expect(try await world.waits(id, for: "q.handler") == false)
            _ = try await world.view(id, "q.handler")
            #expect(try await world.offered("approve", on: id) == ["c.principal"])
            try await world.act("approve", id, "c.principal")
            #expect(try await world.keys(id, "c.principal", papers: true) == 0)
            #expect(try await stage(world, id) == "concluded")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `where no principal leader is left in the whole line the deputy may decide, and no longer once one is back`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await reported(world, end: "close")
            try await `When somebody is away`.away(world, "p.principal", "c.principal")
            try await `When somebody is away`.away(world, "q.principal")
            _ = try await world.view(id, "q.handler")
            #expect(try await world.waits(id, for: "q.deputy"))
            for act in ["approve", "reject"] {
                #expect(try await world.offered(act, on: id) == ["q.deputy", "q.principal"], "if need be from leave")
            }
            world.clock.advance(days: 30)
            try await world.act("reject", id, "q.deputy", ["opinion": .text("补充核对账目")])
            try await world.conclude(id, end: "close")
            try await world.act("countersign", id, "q.inspector")
            #expect(try await world.offered("approve", on: id) == ["q.principal"], "settled anew")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever concludes says how it ends, in a value of the rules`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.dispose(id, "verify", ["plan": .text("核账")])
            let results: [[String: InputValue]] = [
                ["party": .text("1"), "finding": .text("untrue"), "handling": .text("none")]
            ]
            for (end, reason) in [("", "required"), ("archive", "choice")] {
                await #expect(throws: CasefileError.invalid([FieldFault("end", reason)])) {
                    try await world.act(
                        "conclude", id, "q.handler",
                        ["results": .items(results), "text": .text("没有查到"), "end": .text(end)])
                }
            }
        }
    }
}
