import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `When somebody is away` {
    typealias Doors = `Nobody sees what they must not`

    static func post(_ world: SmallWorld, _ office: String, _ role: Role) throws -> Seat {
        Seat(office: try #require(world.offices[office]).id, role: role)
    }

    static func days(_ world: SmallWorld, _ first: Int, _ last: Int) -> Term {
        let today = world.clock.clock.now().day
        return Term(first: today.adding(days: first), last: today.adding(days: last))
    }

    static func away(_ world: SmallWorld, _ usernames: String...) async throws {
        for username in usernames {
            let viewer = try world[username]
            try await world.casefile.declareAway(viewer.staff, term: days(world, 0, 6), by: viewer)
        }
    }

    static func proposed(_ world: SmallWorld, by proposer: String = "q.triage", _ reported: ReportedParty? = nil)
        async throws -> Filed
    {
        let filed = try await world.casefile.file(
            Filing(organ: "Q", letter: SmallWorld.letter([reported ?? SmallWorld.clerkOfTheTown])))
        try await world.act("register", filed.id, "q.registrar")
        try await world.act(
            "classify", filed.id, "q.triage", ["category": .text("discipline-breach"), "problem": .text("mass")])
        try await world.act(
            "propose", filed.id, proposer,
            ["way": .text("refer"), "office": try world.office("Q.inspection"), "opinion": .text("建议移送")])
        return filed
    }

    static func waits(_ world: SmallWorld, _ id: ReportID, for username: String) async throws -> Bool {
        let page = try await world.casefile.inbox(InboxQuery(), for: try world[username], titles: true)
        return page.items.contains { $0.id == id && $0.title != nil }
    }

    static func generation(_ world: SmallWorld, _ office: OfficeID) async throws -> Int? {
        try await world.casefile.database.read { tx in
            try tx.scalar("SELECT MAX(generation) AS n FROM office_key WHERE office_id = \(office)")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a delegate approves in the deputy's place on the days of the delegation and on no other`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let post = try Self.post(world, "Q.leaders", .deputy)
            let deputy = try world["q.deputy"]
            let insider = try world["q.internal"].staff
            try await world.casefile.delegate(
                post, from: deputy.staff, to: insider, term: Self.days(world, 1, 2), reason: .leave, by: deputy)
            let filed = try await Self.proposed(world)
            #expect(try await Doors.doors(world, filed.id, "q.internal") == [], "it has not begun")
            world.clock.advance(days: 1)
            #expect(try await Self.waits(world, filed.id, for: "q.internal"))
            #expect(try await world.view(filed.id, "q.internal")?.acts.contains { $0.rule.name == "approve" } == true)
            world.clock.advance(days: 2)
            #expect(try await Doors.doors(world, filed.id, "q.internal") == [], "it is over")
            #expect(try await world.keys(filed.id, "q.internal", papers: true) > 0, "the key goes at the next sign-in")
            try await world.casefile.withdrawEndedKeys()
            #expect(try await world.keys(filed.id, "q.internal", papers: true) == 0)
            #expect(try await Self.generation(world, post.office) == 2)
            // The office goes on with its new key, and reads what was sealed to the old one.
            try await world.act("approve", filed.id, "q.deputy")
            let later = try await Self.proposed(world)
            try await world.act("approve", later.id, "q.principal")
            #expect(try await world.keys(later.id, "q.internal", papers: true) == 0)
            #expect(try await world.casefile.verify().reports == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a delegation that is ended takes effect at once and stays on the record`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let post = try Self.post(world, "Q.leaders", .deputy)
            let deputy = try world["q.deputy"]
            let insider = try world["q.internal"]
            try await world.casefile.delegate(
                post, from: deputy.staff, to: insider.staff, term: Self.days(world, 0, 9), reason: .travel, by: deputy)
            let filed = try await Self.proposed(world)
            #expect(try await world.view(filed.id, "q.internal") != nil)
            let record = try #require(try await world.casefile.delegations(for: insider).first)
            let stranger = try world["q.triage"]
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.endDelegation(record.delegation.id, by: stranger)
            }
            try await world.casefile.endDelegation(record.delegation.id, by: deputy)
            #expect(try await Doors.doors(world, filed.id, "q.internal") == [])
            #expect(try await world.keys(filed.id, "q.internal", papers: true) == 0)
            let kept = try #require(try await world.casefile.delegations(for: insider).first)
            #expect(kept.endedBy == deputy.staff && kept.reason == .travel)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `both leaders away, the first stand-in approves, and nobody acts while a leader is there`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let principal = try world["q.principal"]
            let first = try world["q.internal"].staff
            let second = try world["q.inspector"].staff
            for role in [Role.deputy, .principal] {
                try await world.casefile.arrange(
                    [first, second], for: try Self.post(world, "Q.leaders", role), by: principal)
            }
            let filed = try await Self.proposed(world)
            #expect(try await Doors.doors(world, filed.id, "q.internal") == [])
            try await Self.away(world, "q.principal", "q.deputy")
            #expect(try await Self.waits(world, filed.id, for: "q.internal"))
            #expect(try await Doors.doors(world, filed.id, "q.inspector") == [], "the second waits for their turn")
            try await Self.away(world, "q.internal")
            #expect(try await Doors.doors(world, filed.id, "q.internal") == [], "away themselves")
            #expect(try await Self.waits(world, filed.id, for: "q.inspector"))
            try await world.act("approve", filed.id, "q.inspector")
            world.clock.advance(days: 7)
            #expect(try await Doors.doors(world, filed.id, "q.inspector") == [], "the leaders are back")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a stand-in who is reported gets neither page nor key, and the next in the order acts`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            // The handler's brother is reported: the handler is barred, whatever they become.
            let brother = ReportedParty(
                kind: .person, name: "钱小亲", unit: "前湾村", position: "村支书", management: .other)
            let before = try await Self.proposed(world, brother)
            let principal = try world["q.principal"]
            let order = [try world["q.handler"].staff, try world["q.internal"].staff]
            for role in [Role.deputy, .principal] {
                try await world.casefile.arrange(order, for: try Self.post(world, "Q.leaders", role), by: principal)
            }
            try await Self.away(world, "q.principal", "q.deputy")
            let after = try await Self.proposed(world, brother)
            let other = try await Self.proposed(world)
            for filed in [before, after] {
                #expect(try await Doors.doors(world, filed.id, "q.handler") == [])
                #expect(try await world.keys(filed.id, "q.handler", papers: true) == 0)
                #expect(try await Self.waits(world, filed.id, for: "q.internal"))
                try await world.act("approve", filed.id, "q.internal")
            }
            #expect(try await Self.waits(world, other.id, for: "q.handler"))
            #expect(try await Doors.doors(world, other.id, "q.internal") == [])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a barred delegate gets neither page nor key`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let cadre = ReportedParty(
                kind: .person, name: "承办人Q", unit: "清棠县纪委", position: "科员", management: .other)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([cadre])))
            let director = try world["q.internal"]
            try await world.casefile.delegate(
                try Self.post(world, "Q.internal", .director), from: director.staff, to: try world["q.handler"].staff,
                term: Self.days(world, 0, 3), reason: .leave, by: director)
            #expect(try await Doors.doors(world, filed.id, "q.handler") == [])
            #expect(try await world.keys(filed.id, "q.handler", papers: true) == 0)
            #expect(try await world.view(filed.id, "q.internal")?.letter?.title == "镇里截留补偿款")
            let another = ReportedParty(
                kind: .person, name: "旁观者Q", unit: "清棠县纪委", position: "科员", management: .other)
            let next = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([another])))
            #expect(try await Self.waits(world, next.id, for: "q.handler"), "what does not bar them waits for them")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a stand-in does not approve what they proposed themselves, the next one does`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let principal = try world["q.principal"]
            let order = [try world["q.triage"].staff, try world["q.internal"].staff]
            for role in [Role.deputy, .principal] {
                try await world.casefile.arrange(order, for: try Self.post(world, "Q.leaders", role), by: principal)
            }
            let filed = try await Self.proposed(world)
            try await Self.away(world, "q.principal", "q.deputy")
            #expect(try await Self.waits(world, filed.id, for: "q.triage") == false)
            await #expect(throws: CasefileError.notYourAct) { try await world.act("approve", filed.id, "q.triage") }
            #expect(try await Self.waits(world, filed.id, for: "q.internal"))
            try await world.act("approve", filed.id, "q.internal")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a director's stand-in reads what is for the director alone, once a colleague has let them in`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let someone = ReportedParty(kind: .person, name: "不详", unit: "某单位", management: .unknown)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([someone])))
            let post = try Self.post(world, "Q.letters", .director)
            let inspector = try world["q.inspector"]
            let administrator = try world["q.admin"]
            await #expect(throws: CasefileError.invalid([FieldFault("stand-in-1", "self")])) {
                try await world.casefile.arrange([administrator.staff], for: post, by: administrator)
            }
            try await world.casefile.arrange([inspector.staff], for: post, by: administrator)
            try await Self.away(world, "q.director")
            #expect(try await Doors.doors(world, filed.id, "q.inspector") == [], "nobody let them in")
            try await world.casefile.admit(inspector.staff, to: post.office, by: try world["q.director"])
            #expect(try await Self.waits(world, filed.id, for: "q.inspector"))
            try await world.casefile.arrange([], for: post, by: administrator)
            #expect(try await Doors.doors(world, filed.id, "q.inspector") == [])
            #expect(try await world.keys(filed.id, "q.inspector", papers: true) == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `posts go only to active people of the organ, and never across investigation and trial`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let principal = try world["q.principal"]
            let trial = try Self.post(world, "Q.trial", .director)
            let leaders = try Self.post(world, "Q.leaders", .deputy)
            let prober = try world["q.bystander"].staff
            let probe = try #require(world.offices["Q.investigation"]).id
            try await world.casefile.join(prober, office: probe, role: .handler)
            await #expect(throws: CasefileError.invalid([FieldFault("stand-in-1", "apart")])) {
                try await world.casefile.arrange([prober], for: trial, by: principal)
            }
            let foreign = try world["r.deputy"].staff
            await #expect(throws: CasefileError.invalid([FieldFault("stand-in-1", "otherOrgan")])) {
                try await world.casefile.arrange([foreign], for: leaders, by: principal)
            }
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.arrange([prober], for: leaders, by: try world["q.director"])
            }
            let triage = try world["q.triage"]
            let deputy = try world["q.deputy"].staff
            let term = Self.days(world, 0, 1)
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.delegate(
                    leaders, from: deputy, to: triage.staff, term: term, reason: .other, by: triage)
            }
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.declareAway(deputy, term: term, by: triage)
            }
            // Who came to the other side later loses the place, however they were named.
            let clerk = try world["q.internal"].staff
            try await world.casefile.arrange([clerk], for: trial, by: principal)
            try await world.casefile.join(clerk, office: probe, role: .handler)
            let places = try await world.casefile.world().places(of: clerk)
            #expect(!places.contains { $0.office == trial.office })
        }
    }
}
