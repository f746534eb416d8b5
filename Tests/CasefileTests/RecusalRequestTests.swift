import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `A reporter asks that somebody stand aside` {
    private static let reason = "他是被反映人的连襟，去年一起吃过饭。"

    /// A report that lies with the county's inspection office, and its receipt.
    private func running(_ world: SmallWorld) async throws -> (id: ReportID, holder: ReceiptHolder) {
        let receipt = Receipt.generate()
        let id = try await world.judged(receipt: receipt)
        try await world.allocated(id)
        return (id, ReceiptHolder(receipt, pepper: world.casefile.keys.pepper))
    }

    /// What each person of the county and of the city reads of why it is asked.
    private func readers(_ id: ReportID, _ world: SmallWorld) async throws -> [String] {
        var found: [String] = []
        for username in world.people.keys.sorted() {
            guard let view = try await world.view(id, username) else { continue }
            let words = view.requests.compactMap(\.why) + view.story.flatMap { $0.texts.map(\.text) }
            if words.contains(where: { $0.contains(Self.reason) }) { found.append(username) }
        }
        return found
    }

    private func agree(_ id: ReportID, _ username: String, to person: String?, _ world: SmallWorld) async throws {
        let view = try #require(try await world.view(id, username))
        let offer = try #require(view.acts.first { $0.rule.name == "decide" })
        var input: ActInput = [
            "request": .text(try #require(offer.choices["requests"]?.first?.value)), "agreed": .text("yes"),
        ]
        if let person { input["person"] = .text(try world[person].staff.description) }
        try await world.act("decide", id, username, input)
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `and the leaders alone read whom and why, and decide who it is`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let (id, holder) = try await running(world)
            #expect(try await world.casefile.receipt(holder).mayAskRecusal)
            try await world.casefile.askRecusal(of: "承办人Q", because: Self.reason, from: holder)
            #expect(try await readers(id, world) == ["q.deputy", "q.principal"])
            #expect(try await world.offered("decide", on: id) == ["q.deputy", "q.principal"])
            #expect(try await world.waits(id, for: "q.deputy"))
            #expect(try await world.casefile.receipt(holder).mayAskRecusal == false, "one at a time")
            await #expect(throws: CasefileError.notNow) {
                try await world.casefile.askRecusal(of: "旁观者Q", because: "也是", from: holder)
            }
            await #expect(throws: CasefileError.invalid([FieldFault("person", "required")])) {
                try await agree(id, "q.deputy", to: nil, world)
            }
            try await agree(id, "q.deputy", to: "q.handler", world)
            #expect(try await `Nobody sees what they must not`.doors(world, id, "q.handler") == [])
            #expect(try await world.waits(id, for: "q.inspector"), "the others carry on")
            #expect(try await world.casefile.receipt(holder).mayAskRecusal)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who is a leader of the organ: the superior's decide, and nobody here reads it`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            let (id, holder) = try await running(world)
            try await world.casefile.askRecusal(of: "县纪委副书记Q", because: Self.reason, from: holder)
            #expect(try await readers(id, world) == ["c.deputy", "c.principal"])
            #expect(try await world.offered("decide", on: id) == ["c.deputy", "c.principal"])
            try await agree(id, "c.principal", to: "q.deputy", world)
            #expect(try await `Nobody sees what they must not`.doors(world, id, "q.deputy") == [])
            #expect(try await world.view(id, "c.principal")?.letter == nil, "the superior decided without sight of it")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `in words that say nothing, or that are too long, and nothing is kept`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let (id, holder) = try await running(world)
            let before = try await world.view(id, "q.inspector")?.standing.sequence
            for (whom, reason) in [("", "x"), ("x", " 　"), (String(repeating: "长", count: 501), "x"), ("x\0", "x")] {
                await #expect(throws: CasefileError.self) {
                    try await world.casefile.askRecusal(of: whom, because: reason, from: holder)
                }
            }
            #expect(try await world.view(id, "q.inspector")?.standing.sequence == before)
        }
    }
}
