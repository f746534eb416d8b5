import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Ways back and up` {
    private let why: ActInput = ["reason": .text("other-organ"), "opinion": .text("应由他处办理")]

    @Test(arguments: TestDatabase.availableEngines)
    func `an inspector gives a report back only with the leader's approval, and reads it no longer`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            await #expect(throws: CasefileError.invalid([FieldFault("reason", "choice")])) {
                try await world.act(
                    "return", id, "q.inspector", ["reason": .text("不想办"), "opinion": .text("退回")])
            }
            await #expect(throws: CasefileError.notYourAct) { try await world.act("return", id, "q.handler", why) }
            try await world.act("return", id, "q.inspector", why)
            #expect(try await world.offered("approve", on: id) == ["q.deputy", "q.principal"])
            try await world.act("reject", id, "q.principal", ["opinion": .text("继续办理")])
            #expect(try await world.view(id, "q.inspector")?.standing.stage == "signed")
            try await world.act("return", id, "q.inspector", why)
            try await world.act("approve", id, "q.deputy")
            #expect(try await world.view(id, "q.triage")?.standing.stage == "judged")
            #expect(try await world.waits(id, for: "q.triage"))
            for person in ["q.inspector", "q.handler"] {
                #expect(try await `Nobody sees what they must not`.doors(world, id, person) == [], "\(person)")
            }
        }
    }

    /// The county gives a forwarded report back to the city.
    private func givenBack(_ world: SmallWorld, _ id: ReportID) async throws {
        try await world.act("sign", id, "q.registrar")
        try await world.act("register", id, "q.registrar")
        try await world.act("return", id, "q.director", why)
        try await world.act("approve", id, "q.deputy")
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a report that goes to and fro alarms the common superior, who takes it in`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "C", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            let id = filed.id
            let down: ActInput = [
                "way": .text("forward"), "organ": try world.organ("Q"), "opinion": .text("转送"),
            ]
            try await world.judge(id, at: "c", way: "forward", down)
            try await world.act("forward", id, "c.registrar")
            try await givenBack(world, id)
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ == "Q" {
                #expect(try await world.keys(id, username) == 0, "\(username)")
            }
            #expect(try await world.words(id, "c.director").contains("应由他处办理"), "the city reads why")
            #expect(try await world.view(id, "p.director") == nil)
            try await world.act("sign", id, "c.registrar")
            try await world.act("propose", id, "c.triage", down)
            try await world.act("approve", id, "c.deputy")
            try await world.act("forward", id, "c.registrar")
            #expect(try await world.view(id, "p.director")?.marks.contains("ping-pong") == true)
            #expect(try await world.waits(id, for: "p.director"))
            #expect(try await world.view(id, "p.registrar") == nil, "the alarm is the director's")
            try await world.act("call-in", id, "p.director", ["reason": .text("由省里办理")])
            #expect(try await world.view(id, "p.director")?.standing.custody?.via == "call-in")
            try await world.act("sign", id, "p.registrar")
            for person in ["q.director", "q.registrar", "q.deputy"] {
                #expect(try await `Nobody sees what they must not`.doors(world, id, person) == [], "\(person)")
                #expect(try await world.keys(id, person) == 0, "\(person)")
            }
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an assigned result goes up when it was considered together and the principal agreed, and is recognised`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.underWay()
            #expect(try await world.offers(id, "q.inspector").contains("report-up") == false)
            try await world.conclude(id, finding: "true")
            await #expect(throws: CasefileError.invalid([FieldFault("collective", "required")])) {
                try await world.act(
                    "report-up", id, "q.inspector", ["collective": .flag(false), "text": .text("属实")])
            }
            let result: ActInput = ["collective": .flag(true), "text": .text("经查属实，已补发")]
            for agreed in [false, true] {
                #expect(try await world.waits(id, for: "q.inspector"))
                try await world.act("report-up", id, "q.inspector", result)
                #expect(try await world.offered("decide", on: id) == ["q.principal"])
                #expect(try await world.offers(id, "c.director").contains("recognise") == false)
                let early = try await world.words(id, "c.director")
                #expect(!early.contains("经查属实"), "nothing is told upward before the principal leader agrees")
                #expect(try await world.limit("assigned-report", of: id, for: "q.inspector")?.met == nil)
                try await world.decide(id, "q.principal", agreed: agreed)
            }
            #expect(try await world.limit("assigned-report", of: id, for: "c.director")?.met != nil)
            let above = try await world.words(id, "c.director")
            #expect(above.contains("经查属实，已补发") && !above.contains("没有查到"))
            #expect(try await world.waits(id, for: "c.director"))
            try await world.act("recognise", id, "c.director")
            #expect(try await world.offers(id, "c.director").contains("recognise") == false)
            #expect(try await world.offers(id, "q.inspector").contains("report-up") == false)
        }
    }
}
