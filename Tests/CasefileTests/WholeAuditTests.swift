import Casework
import Database
import DatabaseTesting
import Kernel
import Testing
import TransparencyLog

@testable import Casefile

@Suite struct `An audit that an auditor asks for` {
    private func ending(_ world: SmallWorld, _ auditor: Viewer) async throws -> WholeAudit.Ending? {
        try await world.casefile.logOverview(for: auditor).audits.first?.ending
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is run by one process, says how far it is, and ends with what it found`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let _: ReportID = try await world.judged()
            let head = try #require(try await Logbook(world.casefile).publish())
            let auditor = try await world.auditor(of: "Q")
            #expect(try await world.casefile.takeWholeAudit() == nil, "nobody asked")
            try await world.casefile.beginWholeAudit(by: auditor)
            await #expect(throws: CasefileError.notNow) { try await world.casefile.beginWholeAudit(by: auditor) }
            let id = try #require(try await world.casefile.takeWholeAudit())
            #expect(try await world.casefile.takeWholeAudit() == nil, "another process leaves it alone")
            #expect(try await world.casefile.beat(id, .files, 1, of: 4) == false)
            #expect(try await ending(world, auditor) == .runs(.files, hundredths: 25, isStopping: false))
            let tally = try await world.casefile.verify(whileServing: true)
            try await world.casefile.end(id, .success(tally))
            #expect(try await ending(world, auditor) == .right(entries: head.size))
            world.clock.advance(seconds: 1)
            try await world.casefile.beginWholeAudit(by: auditor)
            let next = try #require(try await world.casefile.takeWholeAudit())
            try await world.casefile.end(next, .failure(VerifyFault(.log, "log: entry 3 was changed", entry: 3)))
            #expect(try await ending(world, auditor) == .fault(.log, entry: 3))
            let overview = try await world.casefile.logOverview(for: auditor)
            #expect(overview.verified?.id == id && overview.heads.first?.size == head.size)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `can be stopped, and one whose server died does not keep others from beginning`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            let auditor = try await world.auditor(of: "Q")
            try await world.casefile.beginWholeAudit(by: auditor)
            let id = try #require(try await world.casefile.takeWholeAudit())
            try await world.casefile.stopWholeAudit(by: auditor)
            #expect(try await world.casefile.beat(id, .reports, 1, of: 9))
            #expect(try await ending(world, auditor) == .runs(.reports, hundredths: 11, isStopping: true))
            try await world.casefile.end(id, nil)
            #expect(try await ending(world, auditor) == .stopped)
            struct Stop: Error {}
            let _: ReportID = try await world.judged()
            await #expect(throws: Stop.self) {
                try await world.casefile.verify(whileServing: true) { _, _, _ in throw Stop() }
            }
            world.clock.advance(seconds: 1)
            try await world.casefile.beginWholeAudit(by: auditor)
            _ = try #require(try await world.casefile.takeWholeAudit())
            world.clock.advance(seconds: Casefile.auditBeat + 1)
            #expect(try await ending(world, auditor) == .cutOff)
            try await world.casefile.beginWholeAudit(by: auditor)
            #expect(try await world.casefile.takeWholeAudit() != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is for auditors alone`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            for name in ["q.triage", "q.deputy", "q.admin"] {
                let viewer = try world[name]
                await #expect(throws: CasefileError.notFound) { try await world.casefile.beginWholeAudit(by: viewer) }
                await #expect(throws: CasefileError.notFound) { try await world.casefile.stopWholeAudit(by: viewer) }
                await #expect(throws: CasefileError.notFound) { try await world.casefile.logOverview(for: viewer) }
            }
        }
    }
}
