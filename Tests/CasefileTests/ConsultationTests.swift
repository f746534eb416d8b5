import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// 会商 (规则 14条): what is hard is studied together with case supervision.
@Suite struct `A difficult report` {
    typealias Doors = `Nobody sees what they must not`
    private static let question: ActInput = ["question": .text("是否属于本级受理范围")]
    private static let view: ActInput = ["opinion": .text("宜由本级受理")]

    private func registered(_ world: SmallWorld, _ reported: [ReportedParty] = [SmallWorld.clerkOfTheTown]) async throws
        -> ReportID
    {
        let id = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter(reported))).id
        try await world.act("register", id, "q.registrar")
        return id
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is read by case supervision from the question to the answer, and not a moment longer`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await registered(world)
            #expect(try await Doors.doors(world, id, "q.supervisor") == [])
            try await world.act("consult", id, "q.triage", Self.question)
            #expect(try await world.offered("advise", on: id) == ["q.supervisor"])
            #expect(try await world.waits(id, for: "q.supervisor"))
            let read = try #require(try await world.view(id, "q.supervisor"))
            #expect(read.letter?.title == "镇里截留补偿款" && !read.reach.papers && read.number != nil)
            #expect(read.acts.map(\.rule.name) == ["advise", "recuse"])
            #expect(try await world.words(id, "q.supervisor").contains("是否属于本级受理范围"))
            #expect(try await world.found(.text, "补偿款", "q.supervisor").contains(id))
            for other in ["q.supervising", "c.supervisor", "t.supervisor", "q.inspector", "q.internal"] {
                #expect(try await Doors.doors(world, id, other) == [], "\(other)")
            }
            try await world.act("advise", id, "q.supervisor", Self.view)
            #expect(try await Doors.doors(world, id, "q.supervisor") == [])
            #expect(try await world.keys(id, "q.supervisor", papers: true) == 0)
            let desk = try #require(try await world.view(id, "q.triage"))
            #expect(desk.standing.stage == "registered")
            #expect(try await world.words(id, "q.triage").contains("宜由本级受理"))
            #expect(try await world.waits(id, for: "q.triage"))
            try await world.act(
                "classify", id, "q.triage", ["category": .text("discipline-breach"), "problem": .text("mass")])
            try await world.act(
                "propose", id, "q.triage",
                ["way": .text("refer"), "office": try world.office("Q.inspection"), "opinion": .text("建议移送")])
            #expect(try await world.words(id, "q.deputy").contains("宜由本级受理"), "whoever decides reads the view")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `does not wait for case supervision for ever: the desk goes on without it, and its keys are gone`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await registered(world)
            try await world.act("consult", id, "q.triage", Self.question)
            #expect(try await world.waits(id, for: "q.triage"), "the limit is the desk's")
            try await world.act(
                "classify", id, "q.director", ["category": .text("discipline-breach"), "problem": .text("mass")])
            #expect(try await Doors.doors(world, id, "q.supervisor") == [])
            #expect(try await world.keys(id, "q.supervisor", papers: true) == 0)
            // Judged, and still hard: it may be asked again.
            try await world.act("consult", id, "q.director", Self.question)
            #expect(try await world.offered("advise", on: id) == ["q.supervisor"])
            try await world.act("recuse", id, "q.supervisor", ["reason": .text("曾经办理")])
            #expect(try await Doors.doors(world, id, "q.supervisor") == [])
            #expect(try await world.keys(id, "q.supervisor", papers: true) == 0)
            try await world.act(
                "classify", id, "q.director", ["category": .text("discipline-breach"), "problem": .text("mass")])
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is not shown to case supervision where fewer may read it, or where its director is kin`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let unknown = ReportedParty(kind: .person, name: "汪启恒", unit: "棠漪镇人民政府", management: .unknown)
            let own = ReportedParty(
                kind: .person, name: "旁观者Q", unit: "清棠县纪委监委", position: "干部", management: .other)
            let cousin = ReportedParty(kind: .person, name: "孙表亲", unit: "县供销社", management: .township)
            for (reported, clerk) in [(unknown, "q.director"), (own, "q.internal"), (cousin, "q.triage")] {
                let id = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([reported]))).id
                try await world.act("register", id, clerk)
                try await world.act("consult", id, clerk, Self.question)
                #expect(try await Doors.doors(world, id, "q.supervisor") == [], "\(reported.name)")
                #expect(try await world.keys(id, "q.supervisor", papers: true) == 0)
                #expect(try await world.offers(id, clerk).contains("classify"), "the desk studies it by itself")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `that a correction shows to be about an own cadre is taken out of case supervision's hands at once`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await registered(world)
            try await world.act("consult", id, "q.triage", Self.question)
            try await world.act(
                "amend", id, "q.triage",
                [
                    "reason": .text("单位写错"),
                    "reported": .items([
                        [
                            "kind": .text("person"), "name": .text("旁观者Q"), "unit": .text("清棠县纪委监委"),
                            "position": .text("干部"), "management": .text("other"),
                        ]
                    ]),
                ])
            #expect(try await Doors.doors(world, id, "q.supervisor") == [])
            #expect(try await world.keys(id, "q.supervisor", papers: true) == 0)
            #expect(try await world.offers(id, "q.internal").contains("classify"))
            #expect(try await world.casefile.verify().reports == 1)
        }
    }
}
