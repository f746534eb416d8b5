import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

/// I-1, I-2, I-3 and I-7 at the one door: whoever must not know of a report finds no trace of it.
@Suite struct `Nobody sees what they must not` {
    /// Every door the heart has, tried by one person; returns those that opened.
    static func doors(_ world: SmallWorld, _ id: ReportID, _ username: String) async throws -> [String] {
        var opened: [String] = []
        let viewer = try world[username]
        if try await world.view(id, username) != nil { opened.append("report") }
        for tab in InboxQuery.Tab.allCases {
            for sort in InboxQuery.Sort.allCases {
                let page = try await world.casefile.inbox(
                    InboxQuery(tab: tab, sort: sort, limit: 200), for: viewer, titles: true)
                if page.items.contains(where: { $0.id == id }) { opened.append("inbox \(tab) \(sort)") }
            }
        }
        // Words that every letter of these worlds holds.
        for words in ["前湾", "补偿款"] where try await world.found(.text, words, username).contains(id) {
            opened.append("search \(words)")
        }
        // Nor beside what they may read, and which says the same.
        var readable: Set<ReportID> = []
        for tab in InboxQuery.Tab.allCases {
            let page = try await world.casefile.inbox(InboxQuery(tab: tab, limit: 200), for: viewer, titles: true)
            for item in page.items where item.title != nil { readable.insert(item.id) }
        }
        for other in readable where try await world.likely(other, username).contains(id) {
            opened.append("beside another")
        }
        do {
            _ = try await world.casefile.candidates(of: id, for: viewer)
            opened.append("candidates")
        } catch CasefileError.notFound {}
        for act in world.casefile.workflow.actOrder {
            do {
                try await world.casefile.perform(act, on: id, by: viewer, input: [:])
                opened.append("act \(act)")
            } catch CasefileError.notFound {
            } catch { opened.append("act \(act) answered \(error)") }
        }
        do {
            _ = try await world.casefile.file(named: "证据.txt", of: id, for: viewer)
            opened.append("file")
        } catch CasefileError.notFound {}
        return opened
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a report about a county's own leader goes to the city and is invisible in the county`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let leader = ReportedParty(
                kind: .person, name: "书记Q", unit: "清棠县纪委监委", position: "书记", management: .county, principal: true)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([leader])))
            #expect(filed.organ.code == "C")
            for (username, _, organ, _, _) in SmallWorld.staffRows where ["Q", "T", "D", "R"].contains(organ) {
                #expect(try await Self.doors(world, filed.id, username) == [], "\(username)")
                let counted = try await world.casefile.inbox(
                    InboxQuery(), for: try world[username], titles: false, counting: true)
                #expect(counted.waiting == 0)
            }
            #expect(try await world.view(filed.id, "c.registrar") != nil)
            await #expect(throws: CasefileError.handUp) {
                _ = try await world.casefile.register(
                    Filing(organ: nil, letter: SmallWorld.letter([leader]), channel: .visit),
                    by: try world["q.registrar"])
            }
            let reports: Int? = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) AS n FROM report")
            }
            #expect(reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an own ordinary cadre's report is read by internal supervision, never by letters office or the cadre`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let cadre = ReportedParty(
                kind: .person, name: "承办人Q", unit: "清棠县纪委", position: "科员", management: .other)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([cadre])))
            #expect(filed.organ.code == "Q")
            for person in ["q.handler", "q.director", "q.registrar", "q.triage", "q.inspector", "q.admin"] {
                #expect(try await Self.doors(world, filed.id, person) == [], "\(person)")
            }
            #expect(try await world.view(filed.id, "q.internal")?.letter?.title == "镇里截留补偿款")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a handler whose brother is reported is refused at once and holds no key`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let brother = ReportedParty(
                kind: .person, name: "钱小亲", unit: "前湾村", position: "村支书", management: .other)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([brother])))
            try await world.judge(
                filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.act("refer", filed.id, "q.registrar")
            try await world.act("sign", filed.id, "q.inspector")
            #expect(try await Self.doors(world, filed.id, "q.handler") == [])
            let view = try #require(try await world.view(filed.id, "q.inspector"))
            let choices = view.acts.first { $0.rule.name == "allocate" }?.choices["office-members"] ?? []
            let barred = try world["q.handler"].staff.description
            #expect(!choices.contains { $0.value == barred })
            let office = try #require(world.offices["Q.inspection"]).id
            let wraps: Int? = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) AS n FROM key_wrap WHERE recipient = \("office:\(office)")")
            }
            #expect(wraps == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a level nobody knows is read by the director alone until it is corrected`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let someone = ReportedParty(kind: .person, name: "不详", unit: "某单位", management: .unknown)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([someone])))
            for person in ["q.registrar", "q.triage", "q.deputy", "q.principal", "q.inspector", "c.director"] {
                #expect(try await Self.doors(world, filed.id, person) == [], "\(person)")
            }
            try await world.act("register", filed.id, "q.director")
            try await world.amend(
                filed.id, by: "q.director",
                reported: ReportedParty(kind: .person, name: "汪启恒", unit: "棠漪镇人民政府", management: .county))
            #expect(try await world.view(filed.id, "q.triage")?.letter?.reported.first?.name == "汪启恒")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a custodian named in a correction loses the identity's key when a colleague signs in`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]),
                    reporter: Reporter(name: "钱有粮", phone: "19900001207")))
            try await world.act("register", filed.id, "q.director")
            #expect(try await world.keys(filed.id, "q.custodian") == 1)
            try await world.amend(
                filed.id, by: "q.director",
                reported: ReportedParty(kind: .person, name: "保管员Q", unit: "清棠县纪委监委", management: .township))
            #expect(try await Self.doors(world, filed.id, "q.custodian") == [])
            #expect(try await world.keys(filed.id, "q.custodian") == 1, "no custodian has been here since")
            let registrar = try world["q.registrar"]
            await world.casefile.shutOutBarredColleagues(of: registrar)
            #expect(try await world.keys(filed.id, "q.custodian") == 0)
            try await world.act("verify-identity", filed.id, "q.registrar", ["status": .text("real-name")])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `members who neither hold nor decide find nothing in any list`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.judge(
                filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.handle(filed.id, at: "q")
            for person in [
                "q.bystander", "q.internal", "q.admin", "q.custodian", "r.director", "t.director",
                "p.director", "d.inspector",
            ] {
                #expect(try await Self.doors(world, filed.id, person) == [], "\(person)")
            }
            let theirs = [
                "q.director", "q.registrar", "q.triage", "q.deputy", "q.principal", "q.inspector", "q.handler",
            ]
            for person in theirs {
                #expect(try await world.view(filed.id, person)?.letter != nil, "\(person)")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is listed is what can be opened, for every person at every stage`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]),
                    reporter: Reporter(name: "钱有粮", phone: "19900001207")))
            func compare(_ stage: String) async throws {
                for (username, _, _, _, _) in SmallWorld.staffRows {
                    let viewer = try world[username]
                    let view = try await world.view(filed.id, username)
                    let waiting = try await world.casefile.inbox(InboxQuery(), for: viewer, titles: true)
                    let holding = try await world.casefile.inbox(
                        InboxQuery(tab: .holding), for: viewer, titles: true)
                    if !(waiting.items + holding.items).isEmpty {
                        #expect(view != nil, "\(username) lists what cannot be opened at \(stage)")
                    }
                    let hasMain =
                        view?.acts.contains { act in
                            if case .never = act.rule.waits { false } else { true }
                        } ?? false
                    if !waiting.items.isEmpty { #expect(hasMain, "\(username) has nothing to do at \(stage)") }
                    #expect(waiting.items.count <= 1)
                }
            }
            try await compare("received")
            try await world.act("register", filed.id, "q.registrar")
            try await compare("registered")
            try await world.act("verify-identity", filed.id, "q.custodian", ["status": .text("real-name")])
            try await compare("verified")
            try await world.act(
                "classify", filed.id, "q.triage", ["category": .text("discipline-breach"), "problem": .text("mass")])
            try await world.act(
                "propose", filed.id, "q.triage",
                ["way": .text("refer"), "office": try world.office("Q.inspection"), "opinion": .text("建议移送")])
            try await compare("proposed")
            try await world.act("approve", filed.id, "q.deputy")
            try await compare("approved")
            try await world.act("refer", filed.id, "q.registrar")
            try await compare("referred")
            try await world.act("sign", filed.id, "q.inspector")
            try await world.act("notify", filed.id, "q.director", ["way": .text("platform"), "text": .text("已受理")])
            try await compare("notified")
        }
    }
}
