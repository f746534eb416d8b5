import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing
import WorkingDays

@testable import Casefile

@Suite struct `The holidays of next year` {
    static let notice = """
        # years: 2027
        # source: 国办发明电〔2026〕1号
        date,name,isOffDay
        2027-01-01,元旦,true
        2027-01-03,元旦,false

        """

    private func moment(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    private func file(_ world: SmallWorld) async throws -> ReportID {
        try await world.casefile.file(
            Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]))
        ).id
    }

    private func distribution(_ world: SmallWorld, _ id: ReportID) async throws -> LimitState {
        let view = try #require(try await world.view(id, "q.director"))
        #expect(view.due == view.limits.compactMap(\.runningDue).min())
        return try #require(view.limits.first { $0.rule.name == "distribution" })
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a limit is provisional until the notice comes, and then moves without a restart`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            world.clock.set(try moment("2026-12-28T10:00:00+08:00"))
            let id = try await file(world)
            let early = try await distribution(world, id)
            #expect(early.provisional && early.due.text == "2027-01-04")

            let forecast = try await world.casefile.forecastCalendar(Self.notice)
            #expect(forecast.newYears == [2027] && forecast.count(.added) == 2)
            #expect(forecast.open == 1 && forecast.settled == 1)
            #expect(forecast.moved == 0, "a day off and a worked Sunday make up for each other")
            let more = Self.notice + "2027-01-04,元旦,true\n"
            #expect(try await world.casefile.forecastCalendar(more).moved == 1)
            let unchanged = try await distribution(world, id)
            #expect(unchanged.provisional, "a forecast changes nothing")
            #expect(try await world.casefile.calendarImports().isEmpty)

            // The picture of another process, which read the database before.
            let other = Casefile(
                database: world.casefile.database, clock: world.casefile.clock, workflow: world.casefile.workflow,
                calendar: world.casefile.calendar, regions: world.casefile.regions, keys: world.casefile.keys,
                files: world.casefile.files, gate: world.casefile.gate, passwordCost: .light)
            #expect(try await !other.calendarInForce().years.contains(2027))
            let admin = try world["q.admin"].staff
            try await world.casefile.importCalendar(more, by: admin)
            let settled = try await distribution(world, id)
            #expect(!settled.provisional && settled.due.text == "2027-01-05")
            #expect(try await other.calendarInForce().years.contains(2027))
            let queue = try await other.inbox(InboxQuery(), for: try world["q.registrar"], titles: false)
            #expect(queue.items.map { $0.due?.text } == ["2027-01-05"])
            #expect(try await world.casefile.verify().reports == 1)

            // A correction a week later.
            world.clock.advance(days: 7)
            try await world.casefile.importCalendar(Self.notice, by: nil)
            #expect(try await distribution(world, id).due.text == "2027-01-04")
            let history = try await world.casefile.calendarImports()
            #expect(history.map(\.staff) == [nil, admin] && history.map(\.moved) == [1, 1])
            #expect(history.map(\.removed) == [1, 0] && history.map(\.added) == [0, 3])
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test func `a faulty notice changes nothing`() async throws {
        try await withWorld(.sqlite) { world in
            let faults: [(String, CalendarImportError)] = [
                ("# years: 2029\n2029-01-01,元旦,true\n", .gapInYears), ("# years: 2027\n", .emptyYear(2027)),
                ("# years: 2027\n2026-12-31,元旦,true\n", .emptyYear(2027)),
                (String(repeating: "#", count: Casefile.longestNotice + 1), .tooLong),
            ]
            for (text, fault) in faults {
                await #expect(throws: fault) { try await world.casefile.importCalendar(text, by: nil) }
            }
            await #expect(throws: WorkingDayTableError.flag(line: 3)) {
                try await world.casefile.importCalendar("# years: 2027\n\n2027-01-01,元旦,maybe\n", by: nil)
            }
            let years = try await world.casefile.calendarInForce().years
            #expect(years.max() == 2026)
            #expect(try await world.casefile.calendarImports().isEmpty)
        }
    }

    @Test func `work that was cut off after the notice was stored is done at the next start`() async throws {
        try await withWorld(.sqlite) { world in
            world.clock.set(try moment("2026-12-28T10:00:00+08:00"))
            let id = try await file(world)
            let table = try await world.casefile.calendarInForce().merging(csv: Self.notice + "2027-01-04,元旦,true\n")
            let now = world.clock.clock.now()
            try await world.casefile.database.write { tx in
                try CalendarStore.save(tx, table, at: now)
                try Casefile.markStale(tx)
                try Casefile.touchWorld(tx)
            }
            await #expect(throws: VerifyFault.self) { try await world.casefile.verify() }
            try await world.casefile.finishRecomputing()
            #expect(try await world.casefile.verify().reports == 1)
            #expect(try await distribution(world, id).due.text == "2027-01-05")
            // Nothing is left to do.
            let changed = try await world.casefile.recompute { _, _ in }
            #expect(changed == 0)
        }
    }
}
