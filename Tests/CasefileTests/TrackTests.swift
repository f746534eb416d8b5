import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Beside accusations` {
    @Test(arguments: TestDatabase.availableEngines, ["maintain", "change", "revoke"])
    func `an appeal is reviewed, approved and told, and never disposed of as a lead`(
        _ engine: Engine, _ outcome: String
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(category: "appeal")
            try await world.allocated(id)
            #expect(try await world.offers(id, "q.handler").contains("dispose") == false)
            try await world.act(
                "review-appeal", id, "q.handler", ["outcome": .text(outcome), "opinion": .text("复查意见")])
            #expect(try await world.offers(id, "q.handler").contains("feedback") == false)
            try await world.act("approve", id, "q.deputy")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "concluded")
            #expect(try await world.limit("appeal-feedback", of: id, for: "q.handler")?.due.text == "2026-03-23")
            try await world.act(
                "feedback", id, "q.handler", ["way": .text("letter"), "text": .text("复查结论已送达")])
            #expect(try await world.limit("appeal-feedback", of: id, for: "q.handler")?.met != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a suggestion is dealt with and answered without a disposal`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(category: "suggestion")
            try await world.allocated(id)
            #expect(try await world.offers(id, "q.handler").contains("dispose") == false)
            try await world.act(
                "answer-suggestion", id, "q.handler", ["outcome": .text("adopted"), "text": .text("已采纳")])
            try await world.act("feedback", id, "q.handler", ["way": .text("platform"), "text": .text("谢谢建议")])
            #expect(try await world.view(id, "q.handler")?.standing.stage == "answered")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func
        `what is another agency's goes out with calendar limits, and the reporter reads where it is and what came of it`(
            _ engine: Engine
        ) async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            let id = filed.id
            try await world.act("register", id, "q.registrar")
            try await world.act("classify", id, "q.triage", ["category": .text("out-of-scope")])
            try await world.act(
                "propose", id, "q.triage", ["way": .text("hand-out"), "opinion": .text("转住建局")])
            try await world.act("approve", id, "q.deputy")
            try await world.act(
                "hand-out", id, "q.registrar",
                [
                    "agency": .text("县住建局"), "text": .text("已转县住建局"),
                    "copy-to": try world.office("Q.inspection"),
                ])
            #expect(try await world.view(id, "q.inspector")?.letter != nil, "who supervises that agency has the copy")
            #expect(try await world.view(id, "q.handler") == nil)
            #expect(try await world.limit("outside-acceptance", of: id, for: "q.director")?.due.text == "2026-03-17")
            var told = try await world.casefile.receipt(world.holder(filed))
            #expect(told.stage == "handed-out" && told.conversation.map(\.text) == ["已转县住建局"])
            try await world.act("urge", id, "q.registrar", ["way": .text("remind")])
            world.clock.advance(days: 14)
            try await world.act("outside-accepted", id, "q.registrar")
            // 60 days from 16 March are 15 May; 30 more, 14 June, a Sunday.
            #expect(try await world.limit("outside-handling", of: id, for: "q.director")?.due.text == "2026-05-15")
            try await world.act(
                "extend", id, "q.director", ["limit": .text("outside-handling"), "reason": .text("情况复杂")])
            try await world.decide(id, "q.deputy")
            #expect(try await world.limit("outside-handling", of: id, for: "q.director")?.due.text == "2026-06-15")
            try await world.act("outside-result", id, "q.registrar", ["text": .text("住建局已整改")])
            #expect(try await world.limit("outside-handling", of: id, for: "q.director")?.met != nil)
            told = try await world.casefile.receipt(world.holder(filed))
            #expect(told.stage == "answered" && told.conversation.map(\.text) == ["已转县住建局", "住建局已整改"])
            #expect(told.conversation.map(\.kind) == ["notice", "reply"])
            #expect(told.may.contains(.objection) && told.may.contains(.rating))
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a repeat is linked by a person, told of no second time, and to nothing that the clerk may not read`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let someone = Reporter(name: "钱有粮", phone: "19900001207")
            let first = try await world.judged(reporter: someone)
            let number = try #require(try await world.view(first, "q.triage")?.number)
            let foreign = try await world.casefile.file(
                Filing(organ: "R", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", foreign.id, "r.registrar")
            let elsewhere = try #require(try await world.view(foreign.id, "r.director")?.number)
            let second = try await world.judged(reporter: someone)
            for wrong in ["Q-2026-99999", elsewhere, try #require(try await world.view(second, "q.triage")?.number)] {
                await #expect(throws: CasefileError.invalid([FieldFault("original", "unknown")])) {
                    try await world.act("link", second, "q.triage", ["original": .text(wrong)])
                }
            }
            try await world.act("link", second, "q.triage", ["original": .text(number), "opinion": .text("同人同事")])
            #expect(try await world.view(second, "q.triage")?.marks.contains("repeat") == true)
            #expect(try await world.limit("acceptance-notice", of: second, for: "q.triage") == nil)
            for id in [first, second] { try await world.allocated(id) }
            #expect(try await world.offers(first, "q.director").contains("notify"))
            #expect(try await world.offers(second, "q.director").contains("notify") == false)
            #expect(try await world.casefile.verify().reports == 3)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a repeat wakes its shelved original only where it brings something new`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let first = try await world.judged()
            let number = try #require(try await world.view(first, "q.triage")?.number)
            try await world.allocated(first)
            try await world.dispose(first, "shelve")
            let second = try await world.judged()
            try await world.act("link", second, "q.triage", ["original": .text(number)])
            #expect(try await world.view(first, "q.handler")?.standing.stage == "shelved")
            try await world.act("link", second, "q.triage", ["original": .text(number), "new-facts": .text("true")])
            let woken = try #require(try await world.view(first, "q.handler"))
            #expect(woken.standing.stage == "allocated" && woken.story.last?.act == "repeat-evidence")
            #expect(try await world.waits(first, for: "q.handler"))
            #expect(try await world.limit("shelf-review", of: first, for: "q.inspector")?.runningDue == nil)
            // Once it is awake there is nothing more to wake.
            try await world.act("link", second, "q.triage", ["original": .text(number), "new-facts": .text("true")])
            #expect(try await world.view(first, "q.handler")?.story.last?.sequence == woken.story.last?.sequence)
            #expect(try await world.casefile.verify().reports == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever handles the first report is told of the repeats that were kept, and those are put away after that`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let first = try await world.judged()
            let number = try #require(try await world.view(first, "q.triage")?.number)
            try await world.allocated(first)
            var repeats: [ReportID] = []
            for _ in 1...2 {
                let id = try await world.judged()
                try await world.act("link", id, "q.triage", ["original": .text(number)])
                try await world.act("propose", id, "q.triage", ["way": .text("keep"), "opinion": .text("重复件")])
                try await world.act("approve", id, "q.deputy", ["opinion": .text("同意")])
                try await world.act("keep", id, "q.registrar")
                repeats.append(id)
            }
            let due = try await world.limit("repeat-notice", of: repeats[0], for: "q.triage")?.runningDue
            let kept = try await world.view(repeats[0], "q.triage")?.story.last?.at.day
            #expect(due == kept?.adding(months: 3), "locally each quarter")
            #expect(try await world.offered("archive", on: repeats[0]) == [], "not put away before that")
            #expect(try await world.view(first, "q.handler")?.marks.contains("repeat-news") == false)
            for id in repeats {
                #expect(try await world.waits(id, for: "q.registrar"))
                try await world.act("tell-repeat", id, "q.registrar")
                #expect(try await world.limit("repeat-notice", of: id, for: "q.triage")?.runningDue == nil)
                try await world.act("archive", id, "q.registrar")
            }
            let told = try #require(try await world.view(first, "q.handler"))
            #expect(told.story.filter { $0.act == "repeat-told" }.count == 2 && told.marks.contains("repeat-news"))
            #expect(told.standing.stage == "allocated", "a notice moves nothing")
            try await world.dispose(first, "shelve")
            #expect(try await world.view(first, "q.handler")?.marks.contains("repeat-news") == false)
            #expect(try await world.casefile.verify().reports == 3)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `nobody hears of a kept repeat who must not know of it, and it is put away all the same`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let first = try await world.judged()
            let number = try #require(try await world.view(first, "q.triage")?.number)
            try await world.allocated(first)
            // The repeat names a brother of whoever handles the first report.
            let brother = ReportedParty(
                kind: .person, name: "钱小亲", unit: "前湾村", position: "村支书", management: .county)
            let again = try await world.judged(reported: brother)
            try await world.act("link", again, "q.triage", ["original": .text(number)])
            try await world.act("propose", again, "q.triage", ["way": .text("keep"), "opinion": .text("重复件")])
            try await world.act("approve", again, "q.deputy", ["opinion": .text("同意")])
            try await world.act("keep", again, "q.registrar")
            let before = try #require(try await world.view(first, "q.handler"))
            try await world.act("tell-repeat", again, "q.registrar")
            let after = try #require(try await world.view(first, "q.handler"))
            #expect(after.marks == before.marks && after.story.count == before.story.count)
            try await world.act("archive", again, "q.registrar")
            #expect(try await world.casefile.verify().reports == 2)
        }
    }
}
