import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// 规则 48条: not only who works on a report stands aside from it.
@Suite struct `Whoever sees anything of a report may stand aside` {
    private static let reporter = Reporter(kind: .named, name: "钱有粮", phone: "19900001207")
    private static func why(_ reason: String) -> ActInput { ["reason": .text(reason)] }

    @Test(arguments: TestDatabase.availableEngines)
    func `a custodian who knows the reporter has no key to the identity from then on, and the last one stays`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(reporter: Self.reporter)
            #expect(try await world.keys(id, "q.custodian") == 1, "the identity's")
            try await world.act("recuse", id, "q.custodian", Self.why("与举报人同村"))
            #expect(try await world.view(id, "q.custodian") == nil)
            #expect(try await world.keys(id, "q.custodian", papers: true) == 0)
            #expect(try await world.view(id, "q.registrar")?.reporter?.phone == "＊＊＊1207", "a colleague keeps it")
            #expect(try await world.words(id, "q.registrar").contains("与举报人同村"))
            #expect(try await !world.words(id, "q.director").contains("与举报人同村"), "custodians tell each other")
            await #expect(throws: CasefileError.self) {
                try await world.act("recuse", id, "q.registrar", Self.why("邻居"))
            }
            #expect(try await world.view(id, "q.registrar")?.reporter != nil, "nothing was written")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a clerk of the city stands aside from what the city assigned, and the director still follows it`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.assigned()
            #expect(try await world.view(id, "c.triage")?.letter != nil)
            try await world.act("recuse", id, "c.triage", Self.why("同学"))
            #expect(try await world.view(id, "c.triage") == nil)
            #expect(try await world.keys(id, "c.triage", papers: true) == 0)
            #expect(try await world.words(id, "c.director").contains("同学"))
            for below in ["q.director", "q.inspector"] {
                #expect(try await !world.words(id, below).contains("同学"), "told to the city's desk alone")
            }
            await #expect(throws: CasefileError.self) {
                try await world.act("recuse", id, "c.director", Self.why("老部下"))
            }
            #expect(try await world.offered("supervise", on: id).contains("c.director"), "somebody has to follow it")
            try await world.received(id)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `leaders who are asked to agree stand aside one by one, and others are asked`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.underWay()
            try await world.act(
                "extend", id, "q.handler", ["limit": .text("assigned-report"), "reason": .text("人员出差")])
            try await world.act("recuse", id, "c.deputy", Self.why("亲属"))
            #expect(try await world.view(id, "c.deputy") == nil)
            #expect(try await world.keys(id, "c.deputy", papers: true) == 0)
            #expect(try await world.offered("decide", on: id) == ["c.principal"])
            #expect(try await world.words(id, "c.principal").contains("人员出差"))
            try await world.act("recuse", id, "c.principal", Self.why("亲属"))
            #expect(try await world.keys(id, "c.principal", papers: true) == 0)
            _ = try await world.view(id, "q.handler")
            #expect(try await world.offered("decide", on: id) == ["p.deputy", "p.principal"])
            try await world.decide(id, "p.deputy")
            #expect(try await world.view(id, "q.inspector")?.marks.contains("extended") == true)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the only one who looks on for an office stays`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.act("propose", id, "q.triage", ["way": .text("hand-out"), "opinion": .text("不属受理范围")])
            try await world.act("approve", id, "q.deputy")
            try await world.act(
                "hand-out", id, "q.registrar",
                ["agency": .text("县信访局"), "copy-to": try world.office("Q.inspection"), "text": .text("已转")])
            #expect(try await world.offered("recuse", on: id).contains("q.inspector"))
            await #expect(throws: CasefileError.self) {
                try await world.act("recuse", id, "q.inspector", Self.why("亲属"))
            }
            #expect(try await world.view(id, "q.inspector")?.letter != nil, "nothing was written")
        }
    }
}
