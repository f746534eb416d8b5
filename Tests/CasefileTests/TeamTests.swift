import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `The four disposals` {
    private func team(_ world: SmallWorld, _ people: String...) throws -> InputValue {
        .list(try people.map { try world[$0].staff.description })
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a countersigner who has not signed keeps the report open`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
            try await world.allocated(id)
            let alone: ActInput = [
                "kind": .text("verify"), "opinion": .text("初核"), "plan": .text("核账"),
                "team": try team(world, "q.handler"),
            ]
            await #expect(throws: CasefileError.invalid([FieldFault("team", "tooFew")])) {
                try await world.act("dispose", id, "q.handler", alone)
            }
            try await world.dispose(
                id, "verify", ["plan": .text("核账"), "team": try team(world, "q.handler", "q.bystander")])
            #expect(try await world.view(id, "q.bystander")?.letter != nil, "whoever verifies reads")
            try await world.conclude(id, finding: "true")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "report-signing")
            #expect(try await world.offered("countersign", on: id) == ["q.bystander"])
            #expect(try await world.waits(id, for: "q.bystander"))
            await #expect(throws: CasefileError.notNow) {
                try await world.act("feedback", id, "q.handler", ["way": .text("phone"), "text": .text("办结")])
            }
            for person in ["q.inspector", "q.handler"] {
                await #expect(throws: CasefileError.notYourAct) { try await world.act("countersign", id, person) }
            }
            world.clock.advance(days: 2)
            try await world.sign(id, "q.bystander")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "concluded")
            let feedback = try #require(try await world.limit("result-feedback", of: id, for: "q.handler"))
            #expect(feedback.start.day.text == "2026-03-04", "the agreement to the signed report concludes")
            let inside = try #require(try await world.limit("inside-feedback", of: id, for: "q.director"))
            #expect(inside.met == inside.start && inside.start == feedback.start, "the letters office knows at once")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `verifying a first leader is the principal's decision alone, and the superior has a copy`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            var secretary = SmallWorld.clerkOfTheTown
            secretary.position = "党委书记"
            secretary.principal = true
            let id = try await world.judged(reported: secretary)
            try await world.allocated(id)
            func propose(_ kind: String, _ more: ActInput = [:]) async throws {
                let input: ActInput = ["kind": .text(kind), "opinion": .text("拟办")]
                try await world.act("dispose", id, "q.handler", input.merging(more) { $1 })
            }
            try await propose("verify", ["plan": .text("核账")])
            #expect(try await world.offered("approve", on: id) == ["q.principal"])
            #expect(try await world.waits(id, for: "q.principal"))
            #expect(try await !world.waits(id, for: "q.deputy"))
            await #expect(throws: CasefileError.notYourAct) { try await world.act("approve", id, "q.deputy") }
            #expect(
                try await `Nobody sees what they must not`.doors(world, id, "c.director") == [],
                "nothing is decided yet")

            // With nobody to stand in for the principal, the city's decides on what is proposed anew.
            try await world.act("withdraw-proposal", id, "q.inspector")
            let principal = try world["q.principal"]
            let term = Term(first: world.clock.clock.now().day, last: world.clock.clock.now().day.adding(days: 5))
            try await world.casefile.declareAway(principal.staff, term: term, by: principal)
            try await propose("verify", ["plan": .text("核账")])
            #expect(try await world.offered("approve", on: id) == ["c.principal"])
            try await world.act("approve", id, "c.principal")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "verifying")
            let copy = try #require(try await world.view(id, "c.director"), "the superior sees how it goes on")
            #expect(copy.letter != nil && copy.acts.allSatisfy { $0.rule.name != "approve" })
            #expect(try await world.keys(id, "c.director", papers: true) == 1, "the letter, and none of the papers")
            #expect(try await `Nobody sees what they must not`.doors(world, id, "c.triage") == [])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a verification that is reopened is not concluded before a new team is formed and signs`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.dispose(id, "verify", ["plan": .text("核账")])
            try await world.conclude(id)
            try await world.sign(id, "q.inspector")
            try await world.act("feedback", id, "q.handler", ["way": .text("platform"), "text": .text("已办结")])
            try await world.act("archive", id, "q.inspector")
            try await world.act(
                "reopen", id, "q.inspector", ["ground": .text("superior-order"), "reason": .text("上级要求复核")])
            #expect(try await world.view(id, "q.inspector")?.standing.stage == "handling")
            await #expect(throws: CasefileError.notNow) { try await world.conclude(id) }
            #expect(try await world.waits(id, for: "q.inspector"), "the report waits for its team")
            let team = try ["q.handler", "q.bystander"].map { try world[$0].staff.description }
            try await world.act("form-team", id, "q.inspector", ["team": .list(team), "reason": .text("重新核实")])
            #expect(
                try await world.limit("verification", of: id, for: "q.inspector")?.met == nil, "its clock runs anew")
            try await world.conclude(id)
            #expect(try await world.view(id, "q.inspector")?.standing.stage == "report-signing")
            try await world.sign(id, "q.bystander")
            #expect(try await world.view(id, "q.inspector")?.standing.stage == "concluded")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a matter is concluded for everybody who is reported, or not at all`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let second = ReportedParty(
                kind: .person, name: "霍小满", unit: "棠漪镇人民政府", position: "会计", management: .county)
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown, second])))
            try await world.judge(filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.received(filed.id)
            try await world.dispose(filed.id, "close")
            func finding(_ parties: String...) -> ActInput {
                let rows: [[String: InputValue]] = parties.map { party in
                    ["party": .text(party), "finding": .text("untrue"), "handling": .text("none")]
                }
                return ["results": .items(rows), "text": .text("没有查到")]
            }
            for gap in [finding("1"), finding("2")] {
                await #expect(throws: CasefileError.invalid([FieldFault("results", "everyParty")])) {
                    try await world.act("conclude", filed.id, "q.handler", gap)
                }
            }
            try await world.act("conclude", filed.id, "q.handler", finding("2", "1"))
            #expect(try await world.view(filed.id, "q.inspector")?.standing.stage == "concluded")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `only a repeat, or what has no substance, is kept on file`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let first = try await world.judged()
            let keep: ActInput = ["way": .text("keep"), "opinion": .text("留存")]
            await #expect(throws: CasefileError.invalid([FieldFault("way", "choice")])) {
                try await world.act("propose", first, "q.triage", keep)
            }
            let number = try #require(try await world.view(first, "q.triage")?.number)
            let second = try await world.judged()
            try await world.act("link", second, "q.triage", ["original": .text(number), "opinion": .text("同人同事")])
            try await world.act("propose", second, "q.triage", keep)
            try await world.act("approve", second, "q.deputy")
            try await world.act("keep", second, "q.registrar")
            #expect(try await world.view(second, "q.registrar")?.standing.stage == "kept")
            let bare = try await world.judged(category: "no-substance")
            try await world.act("propose", bare, "q.triage", keep)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a correction that names a first leader takes the decision from the deputy, and tells the superior`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            var secretary = SmallWorld.clerkOfTheTown
            secretary.principal = true
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.act(
                "dispose", id, "q.handler",
                ["kind": .text("inquiry"), "questions": .text("请说明履职情况"), "opinion": .text("函询")])
            #expect(try await world.offered("approve", on: id) == ["q.deputy", "q.principal"])
            try await world.amend(id, by: "q.director", reported: secretary)
            #expect(try await world.offered("approve", on: id) == ["q.principal"])
            #expect(try await !world.waits(id, for: "q.deputy"))
            try await world.amend(id, by: "q.director", reported: SmallWorld.clerkOfTheTown)
            #expect(try await world.waits(id, for: "q.deputy"), "it was a mistake")
            try await world.act("approve", id, "q.deputy")
            #expect(try await `Nobody sees what they must not`.doors(world, id, "c.director") == [])
            try await world.amend(id, by: "q.director", reported: secretary)
            #expect(try await world.view(id, "c.director")?.letter != nil, "the superior sees what goes on already")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "inquiring")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is closed about a first leader the deputy may approve`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            var secretary = SmallWorld.clerkOfTheTown
            secretary.principal = true
            let id = try await world.judged(reported: secretary)
            try await world.allocated(id)
            try await world.dispose(id, "close")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "handling")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is decided about a member of the same level's committee the superior hears too`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.act(
                "dispose", id, "q.handler",
                ["kind": .text("close"), "opinion": .text("了结"), "committee-member": .text("true")])
            #expect(try await world.offered("approve", on: id) == ["q.deputy", "q.principal"])
            #expect(try await world.view(id, "c.director") == nil, "nothing is decided yet")
            try await world.act("approve", id, "q.deputy")
            #expect(try await world.view(id, "c.director")?.letter != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `when one of the two stands aside, the director fills up the team and all sign anew`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            try await world.dispose(
                id, "verify", ["plan": .text("核账"), "team": try team(world, "q.handler", "q.bystander")])
            try await world.conclude(id)
            try await world.act("recuse", id, "q.bystander", ["reason": .text("与被反映人同村")])
            #expect(try await `Nobody sees what they must not`.doors(world, id, "q.bystander") == [])
            // Nobody signs for half a team, and the report waits for a whole one.
            #expect(try await world.offered("countersign", on: id) == [])
            #expect(try await world.offered("form-team", on: id) == ["q.inspector"])
            #expect(try await world.waits(id, for: "q.inspector"))
            await #expect(throws: CasefileError.self) {
                try await world.act(
                    "form-team", id, "q.inspector",
                    ["team": try team(world, "q.handler", "q.bystander"), "reason": .text("补员")])
            }
            try await world.act(
                "form-team", id, "q.inspector",
                ["team": try team(world, "q.handler", "q.inspector"), "reason": .text("补员")])
            try await world.conclude(id)
            #expect(try await world.offered("countersign", on: id) == ["q.inspector"])
            try await world.sign(id, "q.inspector")
            #expect(try await world.view(id, "q.inspector")?.standing.stage == "concluded")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `where the director stands aside after others signed, a handler proposes anew`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            let whole = try team(world, "q.handler", "q.bystander", "q.inspector")
            try await world.dispose(id, "verify", ["plan": .text("核账"), "team": whole])
            try await world.conclude(id)
            try await world.act("countersign", id, "q.bystander")
            try await world.act("recuse", id, "q.inspector", ["reason": .text("与被反映人同村")])
            #expect(try await world.offered("form-team", on: id) == [])
            #expect(try await world.waits(id, for: "q.handler"))
            try await world.act("withdraw-proposal", id, "q.handler")
            try await world.dispose(
                id, "verify", ["plan": .text("核账"), "team": try team(world, "q.handler", "q.bystander")])
            try await world.conclude(id)
            try await world.sign(id, "q.bystander")
            #expect(try await world.view(id, "q.handler")?.standing.stage == "concluded")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an inquiry goes out in new words, is answered in fifteen working days, and reported in a month`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let receipt = Receipt.generate()
            let id = try await world.judged(receipt: receipt)
            try await world.allocated(id)
            let copied = "请说明：三组的修路补偿款\n三年没有发\n下来是为什么"
            let told = "村会计的账本在他妹夫家的柜子里锁着"
            try await world.casefile.message(told, from: ReceiptHolder(receipt, pepper: world.casefile.keys.pepper))
            await #expect(throws: CasefileError.invalid([FieldFault("questions", "copied")]), "a later message is too")
            {
                try await world.act(
                    "dispose", id, "q.handler",
                    ["kind": .text("inquiry"), "opinion": .text("函询"), "questions": .text("请说明" + told)])
            }
            await #expect(throws: CasefileError.invalid([FieldFault("questions", "copied")])) {
                try await world.act(
                    "dispose", id, "q.handler",
                    ["kind": .text("inquiry"), "opinion": .text("函询"), "questions": .text(copied)])
            }
            try await world.dispose(id, "inquiry", ["questions": .text("请说明补偿款的发放情况。")])
            #expect(try await world.limit("inquiry-reply", of: id, for: "q.handler")?.due.text == "2026-03-23")
            await #expect(throws: CasefileError.notNow) { try await world.conclude(id) }
            world.clock.advance(days: 7)
            try await world.act("reply", id, "q.handler", ["way": .text("letter"), "text": .text("本人说明")])
            #expect(try await world.limit("inquiry-reply", of: id, for: "q.handler")?.met?.day.text == "2026-03-09")
            #expect(try await world.limit("inquiry-report", of: id, for: "q.handler")?.due.text == "2026-04-09")
            try await world.conclude(id)
            #expect(try await world.view(id, "q.handler")?.standing.stage == "concluded")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is shelved is looked at every half year and wakes with a reason, or by new evidence`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let receipt = Receipt.generate()
            let id = try await world.judged(receipt: receipt)
            try await world.allocated(id)
            try await world.dispose(id, "shelve")
            #expect(try await world.limit("shelf-review", of: id, for: "q.inspector")?.due.text == "2026-09-02")
            #expect(try await world.offers(id, "q.inspector").contains("archive") == false, "shelving is no end")
            world.clock.advance(days: 170)
            #expect(try await world.waits(id, for: "q.inspector"))
            try await world.act("review-shelved", id, "q.inspector", ["text": .text("证人仍在国外")])
            let next = try #require(try await world.limit("shelf-review", of: id, for: "q.inspector"))
            #expect(next.met == nil && next.due.text == "2027-02-19" && next.provisional)
            try await world.act("wake", id, "q.handler", ["reason": .text("证人回国")])
            #expect(try await world.view(id, "q.handler")?.standing.stage == "allocated")
            #expect(try await world.limit("shelf-review", of: id, for: "q.inspector")?.runningDue == nil)

            try await world.dispose(id, "shelve")
            let reporter = ReceiptHolder(receipt, pepper: world.casefile.keys.pepper)
            try await world.casefile.message("有进展吗", from: reporter)
            #expect(try await world.view(id, "q.handler")?.standing.stage == "shelved", "a question is no lead")
            let reception = try world.casefile.files.receive(name: "新账册.txt")
            try reception.append(Array("证据".utf8))
            try await world.casefile.attach(try reception.finish(), from: reporter)
            #expect(try await world.view(id, "q.handler")?.standing.stage == "allocated", "new evidence wakes it")
            #expect(try await world.waits(id, for: "q.handler"))

            // Several files at the same moment: none is lost, and it wakes once.
            try await world.dispose(id, "shelve")
            let casefile = world.casefile
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...3 {
                    let reception = try casefile.files.receive(name: "照片\(number).txt")
                    try reception.append(Array("证据\(number)".utf8))
                    let staged = try reception.finish()
                    group.addTask {
                        for _ in 0..<5 {
                            do { return try await casefile.attach(staged, from: reporter) } catch CasefileError.notNow {
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let view = try #require(try await world.view(id, "q.handler"))
            #expect(view.standing.stage == "allocated" && view.files.count == 4)
            #expect(view.standing.done.filter { $0.act == "reporter-file" && $0.from == "shelved" }.count == 2)
            _ = try await casefile.verify()
            try await world.dispose(id, "close")
            try await world.conclude(id)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }
}
