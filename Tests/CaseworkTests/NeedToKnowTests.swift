import Casework
import Kernel
import Testing

/// Single moments worth a sentence of their own; every other one is in `Every story that the rules allow`.
struct NeedToKnowTests {
    let people: TestWorld
    let world: World
    let story: Story

    init() throws {
        people = TestWorld.province()
        world = people.build()
        story = Story(workflow: try Workflow.shipped(), world: world)
    }

    private func reach(_ username: String, _ standing: Standing) throws -> Reach {
        Reach.of(try people.person(username).id, on: standing, world: world, workflow: story.workflow)
    }

    /// A report on its way through these organs, waiting to be signed for by the last.
    private func passed(_ way: (act: String, organ: String)...) throws -> Standing {
        var standing = try #require(story.filed(at: try people.organ("qingtang")))
        standing.stage = "incoming"
        for (index, hop) in way.enumerated() {
            let desk = try people.office(hop.organ + ".letters").id
            standing.custodies.append(
                Custody(
                    index: index + 1, organ: try people.organ(hop.organ).id, intakeOffice: desk, office: desk,
                    audience: .letters, via: hop.act, since: Story.start, number: nil))
        }
        return standing
    }

    @Test func `a handler who turns out to be named sees nothing and is waited for no longer`() throws {
        let (handler, other) = (
            try people.person("qingtang.inspection.handler").id, try people.person("qingtang.inspection.member").id
        )
        var standing = try #require(story.filed(at: try people.organ("qingtang")))
        standing.custodies[0].office = try people.office("qingtang.inspection").id
        standing.stage = "handling"
        standing.handlers = [handler, other]
        #expect(try reach("qingtang.inspection.handler", standing).papers)
        standing.barred = [handler]
        #expect(try reach("qingtang.inspection.handler", standing) == .none)
        let waiters = story.workflow.waiters(on: standing, world: world)
        #expect(
            waiters.compactMap(\.staff) == [other] && waiters.contains { $0.office == standing.custodies[0].office })
    }

    @Test func `a county that passed a report down loses sight of it when it goes past to the city`() throws {
        let below = try reach("qingtang.letters.director", passed(("forward", "tangyi")))
        #expect(below.letter && below.outline && !below.papers)
        #expect(try reach("qingtang.letters.registrar", passed(("forward", "tangyi"))) == .none)
        #expect(
            try reach("qingtang.letters.director", passed(("forward", "tangyi"), ("send-up", "wangchuan"))) == .none)
        #expect(try reach("qingtang.letters.director", passed(("send-up", "wangchuan"))) == .none)
    }

    @Test func `a verified name opens the archive to nobody at the desk who took no part`() throws {
        var standing = try #require(story.filed(at: try people.organ("qingtang"), signed: true))
        standing.realName = "real-name"
        standing.stage = "archived"
        #expect(try reach("qingtang.letters.registrar", standing) == .none)
        #expect(try reach("qingtang.letters.director", standing).papers)
    }

    @Test func `without its director an office goes on only with whoever judges or is allocated`() throws {
        let (desk, office) = (try people.office("qingtang.letters").id, try people.office("qingtang.inspection").id)
        let gone = Set(
            try ["qingtang.letters.director", "qingtang.inspection.director"].map { try people.person($0).id })
        let (triage, handler) = (
            try people.person("qingtang.letters.triage").id, try people.person("qingtang.inspection.handler").id
        )
        #expect(world.canCarryOn(desk, audience: .letters, barred: gone))
        #expect(!world.canCarryOn(desk, audience: .director, barred: gone))
        #expect(!world.canCarryOn(desk, audience: .letters, barred: gone.union([triage])))
        #expect(!world.canCarryOn(office, audience: .letters, barred: gone))
        #expect(world.canCarryOn(office, audience: .letters, handlers: [handler], barred: gone))
    }
}
