import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

@Suite struct `A list that somebody looks at` {
    private func entered(_ world: SmallWorld) async throws -> [Int] {
        try await world.casefile.database.read { tx in
            try ["list_look", "log_leaf WHERE subject = 'list_look'"].map {
                try tx.scalar("SELECT COUNT(*) FROM \(raw: $0)") ?? 0
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is entered with a leaf for each look, an empty list too`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let clerk = try world["q.triage"]
            for _ in 0..<3 { _ = try await world.casefile.inbox(InboxQuery(), for: clerk, titles: true) }
            _ = try await world.casefile.inbox(InboxQuery(), for: clerk, titles: false)
            // A moment later, whoever looks for it or not.
            for _ in 0..<2400 where try await entered(world) != [3, 3] { try await Task.sleep(for: .milliseconds(25)) }
            #expect(try await entered(world) == [3, 3])
        }
    }

    @Test func `is shown to nobody while looks cannot be written down, and nothing of before is forgotten`()
        async throws
    {
        try await withWorld(.sqlite) { world in
            let clerk = try world["q.triage"]
            try await world.casefile.database.write { tx in
                try tx.run(
                    "CREATE TRIGGER full_disk BEFORE INSERT ON list_look BEGIN SELECT RAISE(ABORT, 'full'); END")
            }
            // The first is shown before it is known; what follows waits until looks are written again.
            var isRefused = false
            for _ in 0..<2400 where !isRefused {
                do {
                    _ = try await world.casefile.inbox(InboxQuery(), for: clerk, titles: true)
                    try await Task.sleep(for: .milliseconds(25))
                } catch { isRefused = true }
            }
            #expect(isRefused)
            for _ in 0..<2 {
                await #expect(throws: (any Error).self) {
                    try await world.casefile.inbox(InboxQuery(), for: clerk, titles: true)
                }
            }
            try await world.casefile.database.write { tx in try tx.run("DROP TRIGGER full_disk") }
            _ = try await world.casefile.inbox(InboxQuery(), for: clerk, titles: true)
            try await world.casefile.listLooks.write()
            // The first look and the last at least; what tried in between saw nothing.
            let found = try await entered(world)
            #expect(found[0] >= 2 && found[0] == found[1])
        }
    }
}
