import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

@Suite struct `Two letters that a clerk judged not to be the same matter` {
    private func twoLetters(_ world: SmallWorld, organ: String = "Q") async throws -> (ReportID, ReportID) {
        let letter = SmallWorld.letter([SmallWorld.clerkOfTheTown])
        let one = try await world.casefile.file(Filing(organ: organ, letter: letter)).id
        return (one, try await world.casefile.file(Filing(organ: organ, letter: letter)).id)
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are not suggested to her colleagues again, until somebody takes it back`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let (one, two) = try await twoLetters(world)
            #expect(try await world.likely(two, "q.director") == [one])
            try await world.casefile.judge(one, .different, two, by: world["q.triage"])
            for username in ["q.triage", "q.director"] {
                #expect(try await world.likely(two, username) == [])
                #expect(try await world.likely(one, username) == [])
                let judged = try await world.casefile.judgedOthers(of: two, for: world[username])
                #expect(try judged.map(\.id) == [one] && judged.map(\.by) == [world["q.triage"].staff])
            }
            try await world.casefile.judge(two, .undone, one, by: world["q.director"])
            #expect(try await world.likely(two, "q.director") == [one])
            #expect(try await world.likely(one, "q.triage") == [two])
            #expect(try await world.casefile.judgedOthers(of: one, for: world["q.director"]).isEmpty)
            try await world.casefile.judge(two, .different, one, by: world["q.director"])
            #expect(try await world.likely(two, "q.triage") == [], "judged anew")
            #expect(try await world.casefile.verify().log.waiting > 0, "each decision has its leaf")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `have one decision on record, however often she presses the button`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let (one, two) = try await twoLetters(world)
            try await world.casefile.judge(one, .undone, two, by: world["q.director"])
            for _ in 1...2 {
                try await world.casefile.judge(one, .different, two, by: world["q.director"])
                try await world.casefile.judge(two, .different, one, by: world["q.triage"])
            }
            let rows = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) FROM same_decision", as: Int.self)
            }
            #expect(rows == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are judged by nobody who may not read both, and nobody learns so whether there is another`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let (one, two) = try await twoLetters(world)
            let (theirs, _) = try await twoLetters(world, organ: "R")
            let unknown = CasefileError.invalid([FieldFault("other", "unknown")])
            for other in [theirs, .random(), one, nil] as [ReportID?] {
                await #expect(throws: unknown) {
                    try await world.casefile.judge(one, .different, other, by: world["q.director"])
                }
            }
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.judge(theirs, .different, one, by: world["q.director"])
            }
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.judge(one, .different, two, by: world["q.handler"])
            }
            // What was judged of a report that goes out of sight is out of sight with it.
            try await world.casefile.judge(one, .different, two, by: world["q.director"])
            let director = try world["q.director"].staff
            try await world.casefile.database.write { tx in
                try tx.run("INSERT INTO bar (report_id, staff_id, reason) VALUES (\(two), \(director), 'kin')")
            }
            #expect(try await world.casefile.judgedOthers(of: one, for: world["q.director"]).isEmpty)
            #expect(try await world.casefile.judgedOthers(of: one, for: world["q.triage"]).count == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `leave no decision once one of them was destroyed, and the log still holds`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let kept = try await world.kept().id
            let (fresh, _) = try await twoLetters(world)
            try await world.casefile.judge(kept, .different, fresh, by: world["q.director"])
            world.afterTenYears()
            try await world.approvedList()
            world.clock.advance(days: 40)
            #expect(try await world.casefile.carryOutDestructions() == 1)
            #expect(try await world.casefile.judgedOthers(of: fresh, for: world["q.director"]).isEmpty)
            let left = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) FROM same_decision", as: Int.self)
            }
            #expect(left == 0)
            #expect(try await world.casefile.verify().log.destroyed > 0)
        }
    }
}
