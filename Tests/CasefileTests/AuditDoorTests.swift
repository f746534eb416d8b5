import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `An auditor is told what the doors say` {
    typealias Away = `When somebody is away`

    /// What the auditor's page says of the identity before a person, held against the door.
    private func told(_ world: SmallWorld, _ id: ReportID, _ username: String, by auditor: Viewer) async throws
        -> Reader.Identity?
    {
        let person = try world[username]
        let page = try await world.casefile.audit(id, by: auditor).readers.first { $0.staff == person.staff }
        let opens: Bool
        do {
            _ = try await world.casefile.lookAtIdentity(of: id, by: person)
            opens = true
        } catch CasefileError.notYourAct {
            opens = false
        }
        if case .open = page?.identity { #expect(opens, "\(username)") } else { #expect(!opens, "\(username)") }
        return page?.identity
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the identity stands open only to whom the door shows it`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let auditor = try await world.auditor(of: "Q")
            let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
            try await world.allocated(id)
            let until = world.clock.clock.now().adding(seconds: 4 * 3600)
            try await world.open(id, by: "q.registrar", and: "q.custodian")
            try await world.open(id, by: "q.custodian", and: "q.registrar", to: "q.handler")
            #expect(try await told(world, id, "q.registrar", by: auditor) == .open(until: until))
            #expect(try await told(world, id, "q.handler", by: auditor) == .open(until: until))
            #expect(try await told(world, id, "q.custodian", by: auditor) == .masked)
            let (registrar, handler) = (try world["q.registrar"].staff, try world["q.handler"].staff)
            let (custody, inspection) = (try world.id("Q.custody"), try world.id("Q.inspection"))
            try await world.casefile.leave(registrar, office: custody, role: .custodian)
            #expect(try await told(world, id, "q.registrar", by: auditor) == .closed, "keeps no identity any more")
            try await world.casefile.join(handler, office: custody, role: .custodian)
            try await world.casefile.admit(handler, to: custody, by: try world["q.custodian"])
            try await world.casefile.leave(handler, office: inspection, role: .handler)
            #expect(try await told(world, id, "q.handler", by: auditor) == .masked, "a custodian like others now")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a stand-in whose turn comes on a report finds it, in the list and by its words, and the auditor sees it`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let auditor = try await world.auditor(of: "Q")
            let (first, second) = (try world["q.handler"].staff, try world["q.internal"].staff)
            for (office, director) in [("Q.letters", "q.director"), ("Q.inspection", "q.inspector")] {
                let post = try Away.post(world, office, .director)
                try await world.casefile.arrange([first, second], for: post, by: try world["q.admin"])
                for person in [first, second] {
                    try await world.casefile.admit(person, to: post.office, by: try world[director])
                }
            }
            // Kin of the first stand-in.
            func file(_ management: ManagementLevel) async throws -> ReportID {
                let party = ReportedParty(kind: .person, name: "钱小亲", unit: "前湾村", management: management)
                return try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([party]))).id
            }
            let below = try await file(.township)
            try await world.judge(below, at: "q", way: "forward", ["organ": try world.organ("T")])
            try await world.act("forward", below, "q.registrar")
            let outside = try await file(.county)
            try await world.act("register", outside, "q.registrar")
            try await world.act("classify", outside, "q.triage", ["category": .text("out-of-scope")])
            try await world.act(
                "propose", outside, "q.triage", ["way": .text("hand-out"), "opinion": .text("转住建局")])
            try await world.act("approve", outside, "q.deputy")
            try await world.act(
                "hand-out", outside, "q.registrar",
                ["agency": .text("县住建局"), "text": .text("已转县住建局"), "copy-to": try world.office("Q.inspection")])
            for (away, report) in [("q.inspector", outside), ("q.director", below)] {
                #expect(try await !world.found(.text, "补偿款", "q.internal").contains(report))
                try await Away.away(world, away)
                #expect(try await world.view(report, "q.internal")?.letter != nil, "\(away) is away")
                #expect(try await world.view(report, "q.handler") == nil, "kin is named")
                #expect(try await world.found(.text, "补偿款", "q.internal").contains(report))
                #expect(try await !world.found(.text, "补偿款", "q.handler").contains(report))
                let told = try await world.casefile.audit(person: second, by: auditor)
                #expect(told.reach.flatMap { $0.reports.map(\.id) }.contains(report))
            }
            let followed = try await world.casefile.inbox(
                InboxQuery(tab: .followed), for: try world["q.internal"], titles: true)
            #expect(followed.items.map(\.id) == [below])
        }
    }
}
