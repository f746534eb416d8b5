import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `The whole way of a report` {
    @Test(arguments: TestDatabase.availableEngines)
    func `a villager files, the county judges and handles, the villager reads, objects and rates`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]),
                    reporter: Reporter(name: "钱有粮", phone: "19900001207")))
            #expect(filed.organ.code == "Q")
            #expect(filed.number == nil)
            let holder = world.holder(filed)
            try await world.act("register", filed.id, "q.registrar", ["people": .text("11")])
            try await world.act(
                "verify-identity", filed.id, "q.custodian", ["status": .text("real-name"), "note": .text("电话核实")])
            try await world.act(
                "classify", filed.id, "q.triage",
                ["category": .text("discipline-breach"), "problem": .text("mass")])
            try await world.act(
                "propose", filed.id, "q.triage",
                ["way": .text("refer"), "office": try world.office("Q.inspection"), "opinion": .text("建议移送")])
            let waiting = try await world.casefile.inbox(InboxQuery(), for: try world["q.deputy"], titles: true)
            #expect(waiting.items.map(\.title) == ["镇里截留补偿款"])
            #expect(waiting.statements <= 6)
            try await world.act("approve", filed.id, "q.deputy")
            try await world.handle(filed.id, at: "q")
            await #expect(throws: CasefileError.notNow) {
                try await world.act(
                    "notify", filed.id, "q.registrar", ["way": .text("platform"), "text": .text("已受理")])
            }
            var receipt = try await world.casefile.receipt(holder)
            #expect(receipt.stage == "answered")
            #expect(receipt.conversation.last?.text == "款项已补发")
            #expect(receipt.may.contains(.objection) && receipt.may.contains(.rating))
            try await world.casefile.message("谢谢", from: holder)
            try await world.casefile.object("果树钱没有", from: holder)
            receipt = try await world.casefile.receipt(holder)
            #expect(receipt.stage == "objected")
            try await world.act(
                "feedback", filed.id, "q.handler", ["way": .text("platform"), "text": .text("果树钱下月发放")])
            try await world.casefile.rate(Rating(score: 4, settled: true, comment: "好"), from: holder)
            await #expect(throws: CasefileError.notNow) {
                try await world.casefile.rate(Rating(score: 1, settled: false, comment: ""), from: holder)
            }
            try await world.act("archive", filed.id, "q.handler")
            #expect(try await world.casefile.receipt(holder).stage == "closed")
            let view = try #require(try await world.view(filed.id, "q.director"))
            #expect(view.number == "Q-2026-00001")
            #expect(view.story.count == 20)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what a reporter adds stands in the list until somebody acts on it, and an objection opens an archived report`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            let holder = world.holder(filed)
            func isNews() async throws -> Bool {
                try await world.view(filed.id, "q.director")?.marks.contains("reporter-news") == true
            }
            try await world.casefile.message("补充一句", from: holder)
            #expect(try await !isNews(), "before it is registered all of it is new")
            try await world.judge(filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.casefile.message("还有一句", from: holder)
            #expect(try await isNews())
            try await world.handle(filed.id, at: "q")
            #expect(try await !isNews())
            try await world.act("archive", filed.id, "q.handler")
            #expect(try await world.casefile.receipt(holder).may.contains(.objection))
            try await world.casefile.object("昨天才看到答复", from: holder)
            #expect(try await isNews())
            #expect(try await world.casefile.receipt(holder).stage == "objected")
            #expect(try await world.offers(filed.id, "q.inspector").contains("reopen"))
            try await world.act(
                "feedback", filed.id, "q.handler", ["way": .text("platform"), "text": .text("再次说明")])
            #expect(try await !isNews())
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an answer that is not believed leads to another disposal, approved like the first`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.judge(filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.received(filed.id)
            try await world.dispose(filed.id, "inquiry", ["questions": .text("请说明补偿款去向")])
            try await world.act(
                "reply", filed.id, "q.handler", ["way": .text("letter"), "text": .text("均已发放")])
            try await world.act(
                "reconsider", filed.id, "q.handler", ["ground": .text("verify"), "reason": .text("与账目不符")])
            #expect(try await world.view(filed.id, "q.handler")?.standing.stage == "allocated")
            try await world.dispose(
                filed.id, "verify",
                [
                    "plan": .text("查账"),
                    "team": .list([
                        try world["q.handler"].staff.description, try world["q.inspector"].staff.description,
                    ]),
                ])
            #expect(try await world.view(filed.id, "q.handler")?.standing.stage == "verifying")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a complaint is never handed to the agency that it is about`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let unit = ReportedParty(kind: .unit, name: "县住建局", unit: "", position: "", management: .township)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([unit])))
            try await world.judge(filed.id, at: "q", way: "hand-out")
            for agency in ["县住建局", "清棠县 住建局", "住建局"] {
                await #expect(throws: CasefileError.invalid([FieldFault("agency", "accused")]), "\(agency)") {
                    try await world.act(
                        "hand-out", filed.id, "q.registrar", ["agency": .text(agency), "text": .text("已转")])
                }
            }
            try await world.act(
                "hand-out", filed.id, "q.registrar", ["agency": .text("县信访局"), "text": .text("已转")])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever may still read a referred report recuses themselves, and reads it no longer`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.judge(filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.received(filed.id)
            #expect(try await world.view(filed.id, "q.director")?.letter != nil)
            try await world.act("recuse", filed.id, "q.director", ["reason": .text("与被反映人是同学")])
            #expect(try await world.view(filed.id, "q.director") == nil)
            #expect(try await world.view(filed.id, "q.handler")?.letter != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a correction takes a unit without a name as the reporter gave it, and nobody without either`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            let unit = ReportedParty(
                kind: .person, name: "", unit: "棠溪镇水管站", position: "", management: .township)
            try await world.amend(filed.id, by: "q.director", reported: unit)
            #expect(try await world.view(filed.id, "q.director")?.letter?.reported.first?.unit == "棠溪镇水管站")
            let nobody = ReportedParty(kind: .person, name: "", unit: "", position: "", management: .township)
            await #expect(throws: CasefileError.invalid([FieldFault("reported.0.name", "required")])) {
                try await world.amend(filed.id, by: "q.director", reported: nobody)
            }
            #expect(try await world.view(filed.id, "q.director")?.letter?.reported.first?.unit == "棠溪镇水管站")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a city forwards to a county, follows stage and dates, and cannot read the county's papers`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "C", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.judge(filed.id, at: "c", way: "forward", ["organ": try world.organ("Q")])
            try await world.act("forward", filed.id, "c.registrar")
            #expect(try await world.view(filed.id, "q.bystander") == nil)
            try await world.act("sign", filed.id, "q.registrar")
            try await world.judge(
                filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.handle(filed.id, at: "q")
            let sender = try #require(try await world.view(filed.id, "c.director"))
            #expect(sender.standing.stage == "answered")
            #expect(sender.letter?.title == "镇里截留补偿款")
            #expect(sender.acts.map(\.rule.name) == ["recuse", "supervise"])
            #expect(sender.number == "C-2026-00001")
            let words = sender.story.flatMap { $0.texts.map(\.text) }
            #expect(!words.contains("经查属实") && !words.contains("拟初步核实"))
            let followed = try await world.casefile.inbox(
                InboxQuery(tab: .followed), for: try world["c.director"], titles: true)
            #expect(followed.items.count == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is sent up leaves the sender's hands, and the identity follows by a custodian's act`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]),
                    reporter: Reporter(name: "钱有粮", phone: "19900001207")))
            try await world.judge(filed.id, at: "q", way: "send-up")
            try await world.act("send-up", filed.id, "q.director")
            for person in ["q.director", "q.registrar", "q.triage", "q.deputy", "q.inspector"] {
                let view = try await world.view(filed.id, person)
                #expect(view?.letter == nil, "\(person) still reads")
            }
            let wraps: Int? = try await world.casefile.database.read { tx in
                try tx.scalar(
                    "SELECT COUNT(*) AS n FROM key_wrap w JOIN sealing_key k ON k.id = w.key_id WHERE k.kind = 'letter'"
                )
            }
            #expect(wraps == 2)
            #expect(try await world.view(filed.id, "c.custodian") == nil)
            try await world.act("pass-identity", filed.id, "q.custodian")
            #expect(try await world.view(filed.id, "q.custodian") == nil)
            for (who, found) in [("q.custodian", []), ("c.custodian", [filed.id])] {
                let seen = try await world.casefile.searchReporters(
                    .phone, "19900001207", ground: "contact", by: try world[who])
                #expect(seen.map(\.id) == found, "it is found where the identity is kept")
            }
            let masked = try #require(try await world.view(filed.id, "c.custodian")?.reporter)
            #expect(masked.name == "钱＊＊")
            try await world.open(filed.id, by: "c.custodian", and: "c.registrar")
            let seen = try await world.casefile.lookAtIdentity(of: filed.id, by: try world["c.custodian"])
            #expect(seen.phone == "19900001207")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `two people act at once and only one act is written`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for person in ["q.registrar", "q.director", "q.triage"] {
                    group.addTask {
                        do {
                            try await world.act("register", filed.id, person)
                            return true
                        } catch { return false }
                    }
                }
                var results: [Bool] = []
                for await result in group { results.append(result) }
                return results
            }
            #expect(outcomes.filter { $0 }.count == 1)
            #expect(try await world.casefile.verify().events == 2)
        }
    }
}
