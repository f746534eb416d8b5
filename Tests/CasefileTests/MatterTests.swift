import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

@Suite struct `A matter that several letters tell of` {
    private static let party = ReportedParty(
        kind: .person, name: "冯德才", unit: "柳湾村", position: "村支书", management: .county)

    private func filed(_ world: SmallWorld, _ title: String, organ: String = "Q") async throws -> ReportID {
        let letter = SmallWorld.letter([Self.party], title: title, content: title + "，请求追回工程款。")
        let id = try await world.casefile.file(Filing(organ: organ, letter: letter)).id
        try await world.act("register", id, "\(organ.lowercased()).registrar")
        return id
    }

    private func link(_ id: ReportID, to first: ReportID, _ world: SmallWorld) async throws {
        let number = try #require(try await world.view(first, "q.triage")?.number)
        try await world.act("link", id, "q.triage", ["original": .text(number)])
    }

    /// Title and part of each letter that stands on the page of a matter for somebody.
    private func told(of id: ReportID, _ username: String, _ world: SmallWorld) async throws -> [String] {
        try await world.casefile.matter(of: id, for: world[username]).told.map {
            "\($0.letter.title) \($0.part.rawValue)"
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is one page: the first letter, who wrote again, who wrote too, and what has to do with it`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let ids = try await ["水渠", "又说水渠", "邻居说水渠", "河堤", "无关"].asyncMap { try await filed(world, $0) }
            try await link(ids[1], to: ids[0], world)
            let clerk = try world["q.triage"]
            try await world.casefile.judge(ids[2], .joint, ids[1], by: clerk)
            try await world.casefile.judge(ids[3], .related, ids[0], by: clerk)
            try await world.casefile.judge(ids[4], .different, ids[0], by: clerk)
            let all = ["水渠 first", "又说水渠 repeat", "邻居说水渠 joint", "河堤 related"]
            #expect(try await told(of: ids[0], "q.director", world) == all)
            #expect(try await told(of: ids[1], "q.director", world) == all)
            #expect(try await world.casefile.matter(of: ids[1], for: clerk).letters == 3)
            #expect(try await told(of: ids[4], "q.director", world) == ["无关 first"])
            await #expect(throws: CasefileError.notFound) { try await told(of: ids[0], "q.handler", world) }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `falls apart again when a link is taken back with a reason, and both are suggested again`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let (one, two) = (try await filed(world, "水渠"), try await filed(world, "又说水渠"))
            #expect(try await world.offered("unlink", on: two) == [], "nothing is linked yet")
            try await link(two, to: one, world)
            #expect(try await world.view(two, "q.triage")?.marks.contains("repeat") == true)
            #expect(try await world.offered("unlink", on: one) == [])
            try await world.act("unlink", two, "q.triage", ["opinion": .text("是另一条水渠")])
            let view = try #require(try await world.view(two, "q.triage"))
            #expect(!view.marks.contains("repeat") && !view.standing.isRepeat)
            #expect(view.story.suffix(2).map(\.act) == ["link", "unlink"], "both stay on record")
            #expect(try await told(of: one, "q.triage", world) == ["水渠 first"])
            try await link(two, to: one, world)
            #expect(try await told(of: one, "q.triage", world) == ["水渠 first", "又说水渠 repeat"])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `names nothing of a letter that the viewer may not read`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let letter = SmallWorld.letter([Self.party], title: "水渠", content: "水渠塌了，请求追回工程款。")
            let one = try await world.casefile.file(Filing(organ: "Q", letter: letter)).id
            try await world.judge(one, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            let two = try await filed(world, "又说水渠")
            try await link(two, to: one, world)
            let before = try await told(of: two, "q.triage", world)
            // The handler of the first letter reads that one; the repeat lies with the letters office.
            try await world.received(one)
            #expect(try await told(of: one, "q.handler", world) == ["水渠 first"])
            #expect(before == ["水渠 first", "又说水渠 repeat"])
            // A clerk of the letters office who recused from the first finds the second alone.
            try await world.act("recuse", one, "q.director", ["reason": .text("同学")])
            #expect(try await told(of: two, "q.director", world) == ["又说水渠 repeat"])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `has a demand with a state of its own, whatever was done to anybody`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.allocated(id)
            await #expect(throws: CasefileError.invalid([FieldFault("by", "required")])) {
                try await world.act(
                    "demand", id, "q.handler", ["state": .text("promised"), "note": .text("镇里答应退款")])
            }
            await #expect(throws: CasefileError.invalid([FieldFault("note", "required")])) {
                try await world.act("demand", id, "q.handler", ["state": .text("cannot")])
            }
            let stage = try await world.view(id, "q.handler")?.standing.stage
            try await world.act(
                "demand", id, "q.handler",
                ["state": .text("promised"), "by": .text("2026-12-01"), "note": .text("镇里答应退款")])
            try await world.act("demand", id, "q.director", ["state": .text("settled"), "note": .text("已退款")])
            let view = try #require(try await world.view(id, "q.handler"))
            #expect(view.story.filter { $0.act == "demand" }.map { $0.codes["state"] } == ["promised", "settled"])
            #expect(view.demandState?.value == "settled" && view.demandState?.note == "已退款")
            #expect(view.standing.stage == stage, "the report itself stays where it is")
            #expect(try await world.offered("demand", on: id).contains("q.bystander") == false)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whose demand was promised comes back by the promised day, also after it was put away`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            try await world.act(
                "propose", id, "q.triage",
                ["way": .text("decline"), "decline-ground": .text("court"), "opinion": .text("转告")])
            try await world.act("approve", id, "q.deputy", ["opinion": .text("同意")])
            try await world.act("decline", id, "q.registrar", ["text": .text("请向镇里反映")])
            let promised = world.casefile.clock.now().day.adding(days: 42)
            try await world.act(
                "demand", id, "q.registrar",
                ["state": .text("promised"), "by": .text(promised.text), "note": .text("镇里答应退款")])
            #expect(try await world.limit("demand-promised", of: id, for: "q.registrar")?.runningDue == promised)
            await #expect(throws: CasefileError.invalid([FieldFault("by", "dayOver")])) {
                try await world.act(
                    "demand", id, "q.registrar",
                    ["state": .text("promised"), "by": .text("2026-03-01"), "note": .text("日期写错")])
            }
            try await world.act("archive", id, "q.registrar")
            #expect(try await world.waits(id, for: "q.director"))
            #expect(try await world.waits(id, for: "q.registrar") == false)
            #expect(try await world.limit("demand-promised", of: id, for: "q.director")?.runningDue == promised)
            world.clock.advance(seconds: 43 * 86_400)
            let late = try await world.casefile.inbox(InboxQuery(), for: world["q.director"], titles: false).items
            #expect(late.first { $0.id == id }?.marks.contains("overdue") == true)
            try await world.act("demand", id, "q.director", ["state": .text("settled"), "note": .text("已退款")])
            #expect(try await world.waits(id, for: "q.director") == false)
            #expect(try await world.limit("demand-promised", of: id, for: "q.director")?.runningDue == nil)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }
}

extension Array where Element: Sendable {
    /// One after the other.
    fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await body(element)) }
        return result
    }
}
