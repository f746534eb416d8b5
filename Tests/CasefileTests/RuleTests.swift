import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `What people type` {
    @Test(arguments: TestDatabase.availableEngines)
    func `an act with missing or wrong fields names every one and writes nothing`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            await #expect(throws: CasefileError.invalid([FieldFault("people", "number")])) {
                try await world.act("register", filed.id, "q.registrar", ["people": .text("十一")])
            }
            try await world.act("register", filed.id, "q.registrar")
            await #expect(throws: CasefileError.invalid([FieldFault("category", "required")])) {
                try await world.act("classify", filed.id, "q.triage")
            }
            await #expect(throws: CasefileError.invalid([FieldFault("problem", "required")])) {
                try await world.act("classify", filed.id, "q.triage", ["category": .text("duty-crime")])
            }
            await #expect(throws: CasefileError.notYourAct) {
                try await world.act("classify", filed.id, "q.registrar", ["category": .text("appeal")])
            }
            await #expect(throws: CasefileError.notNow) { try await world.act("propose", filed.id, "q.triage") }
            #expect(try await world.view(filed.id, "q.triage")?.standing.sequence == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever proposes does not approve`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try world["q.director"].staff
            try await world.casefile.join(id, office: try #require(world.offices["Q.leaders"]).id, role: .deputy)
            let colleague = try world["q.deputy"]
            try await world.casefile.admit(id, to: try #require(world.offices["Q.leaders"]).id, by: colleague)
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.director")
            try await world.act("classify", filed.id, "q.director", ["category": .text("no-substance")])
            try await world.act(
                "propose", filed.id, "q.director", ["way": .text("keep"), "opinion": .text("留存")])
            await #expect(throws: CasefileError.notYourAct) { try await world.act("approve", filed.id, "q.director") }
            try await world.act("approve", filed.id, "q.deputy")
            try await world.act("keep", filed.id, "q.director")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a newcomer reads nothing until a colleague lets them in`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let office = try #require(world.offices["Q.letters"]).id
            let newcomer = try world["q.admin"]
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.casefile.join(newcomer.staff, office: office, role: .registrar)
            #expect(try await world.view(filed.id, "q.admin") == nil)
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.admit(newcomer.staff, to: office, by: newcomer)
            }
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.admit(newcomer.staff, to: office, by: try world["r.director"])
            }
            try await world.casefile.admit(newcomer.staff, to: office, by: try world["q.director"])
            #expect(try await world.view(filed.id, "q.admin")?.letter?.title == "镇里截留补偿款")
            try await world.casefile.leave(newcomer.staff, office: office, role: .registrar)
            #expect(try await world.view(filed.id, "q.admin") == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a correction keeps the old version and both stay readable`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            try await world.act(
                "amend", filed.id, "q.registrar", ["title": .text("更正后的标题"), "reason": .text("录入有误")])
            #expect(try await world.view(filed.id, "q.registrar")?.letter?.title == "更正后的标题")
            let story = try #require(try await world.view(filed.id, "q.registrar")).story
            #expect(story.last?.texts.contains { $0.field == "amend.was-title" && $0.text == "镇里截留补偿款" } == true)
            let inbox = try await world.casefile.inbox(InboxQuery(), for: try world["q.triage"], titles: true)
            #expect(inbox.items.first?.title == "更正后的标题")
            let versions: Int? = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) AS n FROM sealed WHERE field = 'letter'")
            }
            #expect(versions == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a known import mark is skipped and adds nothing`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filing = Filing(
                organ: "Q", letter: Letter(title: "标题", content: "内容", reported: []), channel: .other)
            let first = try await world.casefile.fileImported(filing, mark: [1, 2, 3])
            let second = try await world.casefile.fileImported(filing, mark: [1, 2, 3])
            let tally = try await world.casefile.verify()
            #expect(first != nil && second == nil && tally.reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `signing in opens the key, a wrong password does not, and a password change ends other sessions`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let organ = try #require(world.organs["Q"])
            let person = Staff(
                id: .random(), username: "new.clerk", name: "新人", nameEnglish: "New", organ: organ.id, aliases: [],
                kin: [], active: true)
            let staff = try await NewStaff.make(
                person, places: [], password: "first password of mine", mustChange: true,
                gate: world.casefile.gate, cost: .light)
            try await world.casefile.enlarge(staff: [staff])
            #expect(try await world.casefile.signIn(username: "new.clerk", password: "wrong password here") == nil)
            #expect(try await world.casefile.signIn(username: "nobody", password: "wrong password here") == nil)
            let one = try #require(
                try await world.casefile.signIn(username: "New.Clerk", password: "first password of mine"))
            let two = try #require(
                try await world.casefile.signIn(username: "new.clerk", password: "first password of mine"))
            #expect(one.mustChange)
            let session = try #require(try await world.casefile.session(one.token))
            try await world.casefile.changePassword(
                of: session, token: one.token, from: "first password of mine", to: "a better sentence for me")
            #expect(try await world.casefile.session(two.token) == nil)
            #expect(try await world.casefile.session(one.token)?.mustChange == false)
            world.clock.advance(seconds: try AccountPolicy.shipped().idleSeconds + 1)
            #expect(try await world.casefile.session(one.token) == nil)
        }
    }
}
