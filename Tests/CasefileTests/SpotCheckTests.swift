import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// A share of the answered inquiries is checked (监督执纪工作规则; domain §5, row 9a).
@Suite struct `Answers to inquiries are checked on the spot` {
    private func answered(_ world: SmallWorld) async throws -> ReportID {
        let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
        try await world.allocated(id)
        try await world.dispose(id, "inquiry", ["questions": .text("请说明补偿款的发放情况。")])
        try await world.act("reply", id, "q.handler", ["way": .text("letter"), "text": .text("本人说明")])
        return id
    }

    private func isDrawn(_ world: SmallWorld, _ id: ReportID) async throws -> Bool {
        try await world.view(id, "q.inspector")?.standing.holds("spot-check-drawn") == true
    }

    private func found(_ result: String) -> ActInput {
        ["way": .text("files"), "result": .text(result), "text": .text("查阅了发放清册")]
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `one in ten answers of a year is drawn, waits for its office with a limit and is not archived before`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            var drawn: [ReportID] = []
            for _ in 0..<10 {
                let id = try await answered(world)
                if try await isDrawn(world, id) { drawn.append(id) }
            }
            let id = try #require(drawn.first)
            #expect(drawn.count == 1)
            #expect(try await world.limit("spot-check", of: id, for: "q.inspector")?.due.text == "2026-06-02")
            try await world.conclude(id)
            try await world.act("feedback", id, "q.handler", ["way": .text("platform"), "text": .text("已办结")])
            #expect(try await world.offered("spot-check", on: id) == ["q.handler", "q.inspector"])
            #expect(try await world.waits(id, for: "q.inspector"), "checked also when it is answered")
            #expect(try await world.offered("archive", on: id) == [], "and not put away before")
            await #expect(throws: CasefileError.notNow) { try await world.act("archive", id, "q.handler") }
            try await world.act("spot-check", id, "q.inspector", found("believed"))
            try await world.act("archive", id, "q.handler")
            #expect(try await !world.waits(id, for: "q.inspector"))
            #expect(try await world.limit("spot-check", of: id, for: "q.inspector")?.met != nil)
            #expect(try await world.casefile.verify().reports == 10)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an answer that is found untrue is disposed of anew, before it is concluded and after`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let early = try await answered(world)
            try await world.act("spot-check", early, "q.inspector", found("doubtful"))
            await #expect(throws: CasefileError.notNow) { try await world.conclude(early) }
            #expect(try await world.waits(early, for: "q.handler"))
            try await world.act(
                "reconsider", early, "q.handler", ["ground": .text("spot-check"), "reason": .text("清册不符")])
            try await world.dispose(early, "verify", ["plan": .text("核账")])
            let late = try await answered(world)
            try await world.conclude(late)
            #expect(try await world.offered("reconsider", on: late) == [])
            try await world.act("spot-check", late, "q.inspector", found("doubtful"))
            #expect(try await world.waits(late, for: "q.inspector"))
            #expect(try await world.offered("archive", on: late) == [])
            try await world.act(
                "reconsider", late, "q.inspector", ["ground": .text("spot-check"), "reason": .text("清册不符")])
            #expect(try await world.view(late, "q.inspector")?.standing.stage == "allocated")
            #expect(try await world.limit("result-feedback", of: late, for: "q.handler")?.met != nil)
            try await world.dispose(late, "verify", ["plan": .text("核账")])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `nothing is checked that was not asked and answered`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.dispose(id, "close")
            #expect(try await world.offered("spot-check", on: id) == [])
        }
    }
}
