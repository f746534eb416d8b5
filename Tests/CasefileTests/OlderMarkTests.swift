import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Letters of before letters were compared` {
    private func older(_ world: SmallWorld, organ: String = "Q", _ count: Int) async throws -> [ReportID] {
        var filed: [ReportID] = []
        for _ in 1...count {
            let letter = SmallWorld.letter([SmallWorld.clerkOfTheTown])
            filed.append(try await world.casefile.file(Filing(organ: organ, letter: letter)).id)
        }
        let ids = filed
        try await world.casefile.database.write { tx in
            try tx.run("DELETE FROM mark_waiting")
            try tx.run("UPDATE report SET mark_no = NULL WHERE id IN \(list: ids)")
        }
        return filed
    }

    private func signedIn(_ world: SmallWorld, _ username: String) async throws -> SessionToken {
        let (token, now, staff) = (SessionToken.random(), world.casefile.clock.now(), try world[username].staff)
        try await world.casefile.database.write { tx in
            try tx.run(
                """
                INSERT INTO session (token_hash, staff_id, sealed_key, created_at, seen_at)
                VALUES (\(token.hash), \(staff), \([UInt8(0)]), \(now), \(now))
                """)
        }
        return token
    }

    private func run(_ world: SmallWorld, _ username: String, in token: SessionToken) async throws -> OlderMarks {
        let viewer = try world[username]
        try await world.casefile.beginMarking(for: viewer, in: token)
        while world.casefile.olderMarks(for: viewer)?.phase.isOver == false { await Task.yield() }
        return try #require(world.casefile.olderMarks(for: viewer))
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are found once a director had them gone through, and those of others stay as they are`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let ours = try await older(world, 3)
            _ = try await older(world, organ: "R", 2)
            #expect(try await world.likely(ours[0], "q.director") == [])
            #expect(try await world.casefile.unmarked(for: world["q.director"]) == 3, "no other county's is counted")
            let token = try await signedIn(world, "q.director")
            let done = try await run(world, "q.director", in: token)
            #expect(done.phase == .done && done.done == 3 && done.of == 3)
            #expect(Set(try await world.likely(ours[0], "q.director")) == Set(ours[1...]))
            #expect(try await world.casefile.unmarked(for: world["q.director"]) == 0)
            #expect(try await world.casefile.unmarked(for: world["r.director"]) == 2)
            let entered = try await world.casefile.database.read { tx in
                try tx.rows("SELECT kind FROM search_event").map { try $0.get("kind", as: String.self) }
            }
            #expect(entered == [Casefile.marking])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `stay closed once whoever began has signed out`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            _ = try await older(world, 2)
            let token = try await signedIn(world, "q.director")
            try await world.casefile.signOut(token)
            let ended = try await run(world, "q.director", in: token)
            #expect(ended.phase == .stopped && ended.done == 0)
            #expect(try await world.casefile.unmarked(for: world["q.director"]) == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are gone through no further once somebody says stop, and from there on the next time`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            _ = try await older(world, 120)
            let (viewer, token) = (try world["q.director"], try await signedIn(world, "q.director"))
            try await world.casefile.beginMarking(for: viewer, in: token)
            while world.casefile.olderMarks(for: viewer).map({ $0.done == 0 && !$0.phase.isOver }) == true {
                await Task.yield()
            }
            world.casefile.stopMarking(for: viewer)
            #expect(world.casefile.olderMarks(for: viewer)?.phase.isOver == true)
            let again = try await run(world, "q.director", in: token)
            #expect(again.phase == .done && again.of <= 70, "what was made stays")
            #expect(try await world.casefile.unmarked(for: viewer) == 0)
        }
    }
}
