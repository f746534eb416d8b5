import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing
import TransparencyLog

@testable import Casefile

extension SmallWorld {
    fileprivate func logbook(_ policy: Logbook.Policy = .init(multiple: 16, leaseSeconds: 15)) -> Logbook {
        Logbook(casefile, policy: policy)
    }

    fileprivate var checkpoint: String { casefile.logFolder + "/checkpoint" }

    fileprivate func change(_ sql: SQL) async throws {
        try await casefile.database.write { tx in try tx.run(sql) }
    }
}

@Suite struct `Everything that happens is entered in the log` {
    @Test(arguments: TestDatabase.availableEngines)
    func `every event has a leaf that opens to it, in a tree that was published and signed`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let book = world.logbook()
            let id = try await world.judged(reporter: Reporter(name: "钱有粮", phone: "19900001207"))
            let first = try #require(try await book.publish())
            #expect(first.size % 16 == 0)
            try await world.act("message", id, "q.triage", ["text": .text("请补充票据")])
            let second = try #require(try await book.publish())
            #expect(second.size == first.size + 16)
            let tally = try await world.casefile.auditLog()
            #expect(tally.entries == second.size && tally.waiting == 0 && tally.opened > 3)
            #expect(UInt64(tally.opened + tally.covers) == second.size)
            let note = try #require(
                SignedNote(try String(contentsOfFile: world.checkpoint, encoding: .utf8)))
            let key = try #require(try await world.casefile.logKeys().first)
            guard case .holds = key.check(note) else { Issue.record("the head is not signed"); return }
            #expect(Checkpoint(text: note.text)?.head == second)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an event that is changed, deleted or added beside the door is found and named`(_ engine: Engine)
        async throws
    {
        let tricks: [(SQL, SQL, String)] = [
            (
                "UPDATE event SET to_stage = 'kept' WHERE act = 'classify'",
                "UPDATE event SET to_stage = 'judged' WHERE act = 'classify'", "was changed"
            ),
            (
                "UPDATE event SET at = at + 1 WHERE act = 'register'",
                "UPDATE event SET at = at - 1 WHERE act = 'register'", "was changed"
            ),
            (
                "UPDATE log_leaf SET ref = 'x' || ref WHERE ref = (SELECT id FROM event WHERE act = 'register')",
                "UPDATE log_leaf SET ref = SUBSTR(ref, 2) WHERE ref LIKE 'x%'", "has no leaf"
            ),
            (
                "UPDATE log_leaf SET idx = idx + 1000 WHERE subject = 'event' AND idx < 1000",
                "UPDATE log_leaf SET idx = idx - 1000 WHERE idx >= 1000", "is not in the database"
            ),
        ]
        try await withWorld(engine) { world in
            let _: ReportID = try await world.judged()
            try await world.logbook().publish()
            for (trick, undo, told) in tricks {
                try await world.change(trick)
                do {
                    _ = try await world.casefile.auditLog()
                    Issue.record("not found: \(told)")
                } catch let fault as VerifyFault {
                    #expect(fault.description.contains(told))
                }
                try await world.change(undo)
            }
            _ = try await world.casefile.auditLog()
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a process that dies between places and tiles leaves nothing undone, and the next says what it repaired`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let dead = world.logbook()
            try await dead.publish()
            let _: ReportID = try await world.judged()
            try await dead.integrate()
            try await dead.resign()
            let next = world.logbook()
            let head = try #require(try await next.publish())
            let repaired = next.repaired
            #expect(repaired > 0)
            let tally = try await world.casefile.auditLog()
            #expect(tally.entries == head.size)
            // Killed after the head was written down and before it was signed: the same head is signed, once.
            try FileManager.default.removeItem(atPath: world.checkpoint)
            try await world.change("UPDATE log_checkpoint SET note = NULL WHERE size = \(Int64(head.size))")
            try await next.resign()
            try await world.logbook().integrate()
            #expect(FileManager.default.fileExists(atPath: world.checkpoint))
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `of two processes one publishes, and the other goes on when the first has gone`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let (one, other) = (world.logbook(), world.logbook())
            let _: ReportID = try await world.judged()
            let head = try await one.publish()
            #expect(head != nil)
            let refused = try await other.publish()
            #expect(refused == nil)
            world.clock.advance(seconds: 16)
            let next = try #require(try await other.publish())
            #expect(next.size > (head?.size ?? 0))
            let late = try await one.publish()
            #expect(late == nil, "who lost the lease signs nothing")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a database that was rolled back is refused, and nothing is signed`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let book = world.logbook()
            let _: ReportID = try await world.judged()
            let first = try #require(try await book.publish())
            let _: ReportID = try await world.judged()
            let second = try #require(try await book.publish())
            try await book.resign()
            let before = try String(contentsOfFile: world.checkpoint, encoding: .utf8)
            try await world.change("DELETE FROM log_checkpoint WHERE size > \(Int64(first.size))")
            try await world.change("UPDATE log_state SET size = \(Int64(first.size))")
            await #expect(throws: LogbookFault.rolledBack(published: second.size, known: first.size)) {
                try await world.logbook().publish()
            }
            #expect(try String(contentsOfFile: world.checkpoint, encoding: .utf8) == before)
        }
    }
}
