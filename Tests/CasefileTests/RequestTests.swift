import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Nothing that needs agreement takes effect before it` {
    @Test(arguments: TestDatabase.availableEngines)
    func `an assigned matter is extended once, by the leaders of who assigned it, who read the letter and no paper`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.underWay()
            let before = try #require(try await world.limit("assigned-report", of: id, for: "q.inspector")?.due)
            let ask: ActInput = ["limit": .text("assigned-report"), "reason": .text("人员出差")]
            for agreed in [false, true] {
                try await world.act("extend", id, "q.handler", ask)
                #expect(try await world.limit("assigned-report", of: id, for: "q.inspector")?.due == before)
                #expect(try await world.offered("decide", on: id) == ["c.deputy", "c.principal"])
                #expect(try await world.waits(id, for: "c.deputy"))
                #expect(try await world.waits(id, for: "q.deputy") == false)
                let leader = try #require(try await world.view(id, "c.deputy"))
                #expect(leader.letter != nil)
                let words = try await world.words(id, "c.deputy")
                #expect(words.contains("人员出差") && !words.contains("拟办"))
                try await world.decide(id, "c.deputy", agreed: agreed)
                #expect(try await world.offered("decide", on: id) == [])
            }
            let after = try #require(try await world.limit("assigned-report", of: id, for: "q.inspector"))
            #expect(after.due > before && after.extensions.count == 1)
            #expect(try await world.view(id, "q.inspector")?.marks.contains("extended") == true)
            let choices = try await world.view(id, "q.handler")?.acts.first { $0.rule.name == "extend" }?.choices[
                "limits"]
            #expect(choices?.contains { $0.value == "assigned-report" } != true, "once only")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `in an assigned matter the county's own leaders extend what the city did not set`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.assigned()
            try await world.received(id)
            try await world.dispose(id, "verify", ["plan": .text("核账")])
            let before = try #require(try await world.limit("verification", of: id, for: "q.handler")?.due)
            try await world.act("extend", id, "q.handler", ["limit": .text("verification"), "reason": .text("等鉴定")])
            #expect(try await world.offered("decide", on: id) == ["q.deputy", "q.principal"])
            #expect(try await world.words(id, "q.deputy").contains("等鉴定"))
            #expect(try await !world.words(id, "c.director").contains("等鉴定"), "not the city's to decide on")
            try await world.decide(id, "q.deputy")
            let after = try #require(try await world.limit("verification", of: id, for: "q.handler")?.due)
            #expect(after > before)
            // The limit that the city set is the city's.
            try await world.act("extend", id, "q.handler", ["limit": .text("assigned-report"), "reason": .text("等鉴定")])
            #expect(try await world.offered("decide", on: id) == ["c.deputy", "c.principal"])
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the clock of a verification stands still only once the leader agreed, and runs on where it stood`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.dispose(id, "verify", ["plan": .text("核账")])
            // 60 days from Monday 2 March end in the holidays of May.
            #expect(try await world.limit("verification", of: id, for: "q.handler")?.due.text == "2026-05-06")
            let ask: ActInput = ["ground": .text("hospital"), "reason": .text("住院")]
            try await world.act("pause", id, "q.handler", ask)
            #expect(try await world.limit("verification", of: id, for: "q.handler")?.isPaused == false)
            await #expect(throws: CasefileError.notNow) { try await world.act("resume", id, "q.handler") }
            try await world.decide(id, "q.deputy")
            #expect(try await world.limit("verification", of: id, for: "q.handler")?.isPaused == true)
            world.clock.advance(days: 10)
            try await world.act("resume", id, "q.handler")
            let after = try #require(try await world.limit("verification", of: id, for: "q.handler"))
            #expect(!after.isPaused && after.due.text == "2026-05-11" && after.pauses.count == 1)
            #expect(try await world.view(id, "q.handler")?.marks.contains("paused") == false)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who assigned a matter supervises it with its own leader's agreement, and the county answers in time`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.underWay()
            try await world.act(
                "supervise", id, "c.director",
                ["ground": .text("perfunctory"), "way": .text("letter"), "text": .text("请速办")])
            #expect(try await world.offers(id, "q.inspector").contains("answer-supervision") == false)
            #expect(try await world.offered("decide", on: id) == ["c.deputy", "c.principal"])
            world.clock.advance(days: 1)
            try await world.decide(id, "c.deputy")
            let limit = try #require(try await world.limit("supervision-answer", of: id, for: "q.inspector"))
            #expect(limit.start.day.text == "2026-03-03" && limit.met == nil, "the clock begins with the agreement")
            #expect(try await world.waits(id, for: "q.inspector"))
            #expect(try await world.words(id, "q.handler").contains("请速办"))
            try await world.act("answer-supervision", id, "q.handler", ["text": .text("已调取账目")])
            #expect(try await world.limit("supervision-answer", of: id, for: "c.director")?.met != nil)
            let above = try await world.words(id, "c.director")
            #expect(above.contains("已调取账目") && !above.contains("拟办"))
            #expect(try await world.offers(id, "q.handler").contains("answer-supervision") == false)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what a leader refused to demand of the county is never read there, whoever decides there later`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.assigned()
            try await world.received(id)
            try await world.act("dispose", id, "q.handler", ["kind": .text("close"), "opinion": .text("了结")])
            try await world.act(
                "supervise", id, "c.director",
                ["ground": .text("perfunctory"), "way": .text("letter"), "text": .text("不实的指责")])
            #expect(try await world.words(id, "q.inspector").contains("不实的指责") == false, "not before it is decided")
            let request = try #require(
                try await world.view(id, "c.deputy")?.acts.first { $0.rule.name == "decide" }?.choices["requests"]?
                    .first)
            try await world.act(
                "decide", id, "c.deputy",
                ["request": .text(request.value), "agreed": .text("no"), "opinion": .text("没有依据")])
            try await world.act("approve", id, "q.deputy")
            for person in ["q.deputy", "q.inspector", "q.handler"] {
                let read = try await world.words(id, person)
                #expect(!read.contains("不实的指责") && !read.contains("没有依据"), "\(person) reads what was refused")
            }
            let asker = try await world.words(id, "c.director")
            #expect(asker.contains("不实的指责") && asker.contains("没有依据"), "whoever asked reads the answer")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a name is cleared by the principal leader alone, and a false accusation determined by the city's`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
            try await world.allocated(id)
            try await world.dispose(id, "close")
            try await world.conclude(id)
            #expect(try await world.view(id, "q.inspector")?.marks == [], "what was not found is no label")
            try await world.act(
                "clarify", id, "q.handler",
                ["party": .text("1"), "way": .text("committee"), "text": .text("反映的问题不存在")])
            #expect(try await world.offered("decide", on: id) == ["q.principal"])
            try await world.decide(id, "q.principal")
            #expect(try await world.view(id, "q.inspector")?.marks == ["clarified"])

            let proof: ActInput = [
                "fabricated": .text("伪造收条"), "intent": .text("承认泄愤"), "not-mistaken": .flag(true),
            ]
            for missing in ["fabricated", "intent", "not-mistaken"] {
                var input = proof
                input[missing] = nil
                await #expect(throws: CasefileError.invalid([FieldFault(missing, "required")])) {
                    try await world.act("determine-false", id, "q.inspector", input)
                }
            }
            await #expect(throws: CasefileError.notYourAct) {
                try await world.act("determine-false", id, "q.handler", proof)
            }
            try await world.act("determine-false", id, "q.inspector", proof)
            #expect(try await world.offered("decide", on: id) == ["c.principal"])
            #expect(try await world.view(id, "q.inspector")?.marks == ["clarified"])
            try await world.decide(id, "c.principal")
            #expect(try await world.view(id, "q.inspector")?.marks.contains("false-accusation") == true)
            #expect(try await world.view(id, "c.principal") == nil, "who was only asked reads no longer")
            #expect(try await world.keys(id, "c.principal") == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an anonymous reporter is traced by the city's principal or nobody, and protected only where there is one`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.act("trace", id, "q.director", ["reason": .text("涉嫌诬告")])
            #expect(try await world.offered("decide", on: id) == ["c.principal"])
            try await world.decide(id, "c.principal", agreed: false)
            #expect(try await world.offers(id, "q.director").contains("protect") == false)
            let named = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
            try await world.act(
                "protect", named, "q.director", ["measures": .list(["secrecy", "police"]), "text": .text("被威胁")])
            #expect(try await world.view(named, "q.director")?.marks == [])
            try await world.decide(named, "q.deputy")
            #expect(try await world.view(named, "q.director")?.marks == ["protected"])
            #expect(try await world.view(named, "q.deputy")?.reporter == nil, "who protects need not know whom")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a handler whom a colleague asks to stand aside reads until the leader agreed, and nothing after`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            let ask: (String) throws -> ActInput = { person in
                [
                    "person": .text(try world[person].staff.description), "asked-by": .text("reported"),
                    "reason": .text("与举报人是同学"),
                ]
            }
            try await world.act("ask-recusal", id, "q.director", try ask("q.handler"))
            #expect(try await world.view(id, "q.handler") != nil)
            try await world.decide(id, "q.deputy")
            #expect(try await `Nobody sees what they must not`.doors(world, id, "q.handler") == [])
            #expect(try await world.keys(id, "q.handler") == 0)
            #expect(try await world.waits(id, for: "q.inspector"), "the others carry on")
            // Nobody decides on their own recusal.
            try await world.act("ask-recusal", id, "q.director", try ask("q.deputy"))
            #expect(try await world.offered("decide", on: id) == ["q.principal"])
            try await world.decide(id, "q.principal")
            #expect(try await `Nobody sees what they must not`.doors(world, id, "q.deputy") == [])
            #expect(try await world.keys(id, "q.deputy") == 0)
        }
    }
}
