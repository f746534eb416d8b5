import Casework
import Database
import DatabaseTesting
import Kernel
import Similarity
import Testing

@testable import Casefile

@Suite struct `A letter that tells what another told` {
    private static let first = (
        "村支书把水渠工程包给妻弟",
        "我是石桥镇柳湾村村民。村支书冯德才把村里修水渠的八万元工程包给了他妻弟，没有开会也没有公示，水渠修好不到半年就塌了三处，我家两亩稻田没水浇。"
    )
    private static let again = (
        "反映柳湾村修水渠的事",
        "我是石桥镇柳湾村的村民，反映村支书冯德才把修水渠的8万元工程给了妻弟做，没开会没公示，修好不到半年塌了三处，我家两亩田浇不上水。"
    )
    private static let other = (
        "镇卫生院多收检查费",
        "去年十一月我带母亲到镇卫生院看病，收费窗口多收了三百二十元检查费，问了几次都说系统出的单子，不给退也不给解释。"
    )

    private func file(_ world: SmallWorld, _ told: (String, String), organ: String = "Q") async throws -> ReportID {
        let party = ReportedParty(
            kind: .person, name: "冯德才", unit: "柳湾村", position: "村支书", management: .county)
        let letter = SmallWorld.letter([party], title: told.0, content: told.1)
        return try await world.casefile.file(Filing(organ: organ, letter: letter)).id
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found at once, and after its marks were put in their places`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let one = try await file(world, Self.first)
            _ = try await file(world, Self.other)
            let two = try await file(world, Self.again)
            let director = try world["q.director"]
            let waiting = try await world.casefile.candidates(of: two, for: director)
            #expect(waiting.first?.id == one)
            #expect(try await world.casefile.putMarks() == 3)
            #expect(try await world.casefile.putMarks() == 0)
            let found = try await world.casefile.candidates(of: two, for: director)
            let best = try #require(found.first)
            #expect(best.id == one && best.score == waiting.first?.score)
            #expect(best.score.level == .certain || best.score.level == .likely)
            #expect(
                best.score.reasons.contains { if case .kind(.reported, .same, _) = $0.what { true } else { false } })
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found as it reads after a correction, and not at all once nothing leads to it`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let director = try world["q.director"]
            let one = try await file(world, Self.first)
            let two = try await file(world, Self.again)
            try await world.casefile.putMarks()
            // The registrar had typed another letter's text into the first.
            try await world.casefile.database.write { tx in
                var letter = SmallWorld.letter([], title: "图书馆周末闭馆", content: "县图书馆双休日闭馆，孩子借阅不便，盼望延长开放时间。")
                letter.demand = nil
                try MarkIndex.renew(one, LetterMarks(world.casefile.keys).marks(of: letter)?.bytes ?? [], tx)
            }
            #expect(try await world.casefile.candidates(of: two, for: director).isEmpty)
            try await world.casefile.putMarks()
            try await world.casefile.sweepMarks()
            let left = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(DISTINCT no) FROM report_mark", as: Int.self)
            }
            #expect(left == 2, "the marks of before are out of the index")
            try await world.casefile.database.write { tx in try MarkIndex.forget(two, tx) }
            #expect(try await world.casefile.candidates(of: one, for: director).isEmpty)
        }
    }

    @Test func `is looked up by itself, not among all that its organ has`() async throws {
        try await withWorld(.sqlite) { world in
            let one = try await file(world, Self.first)
            let (viewer, workflow) = (try world["q.director"], world.casefile.workflow)
            let picture = try await world.casefile.world()
            let steps = try await world.casefile.database.read { tx in
                let list = InboxSQL(viewer: viewer, world: picture, workflow: workflow)
                let found = NearestReports.question([one, .random()], list)
                return try tx.rows("EXPLAIN QUERY PLAN " + found).map { try $0.get("detail", as: String.self) }
            }
            #expect(steps.contains { $0.contains("sqlite_autoindex_report_1 (id=?)") })
            #expect(!steps.contains { $0.contains("report_organ") || $0.hasPrefix("SCAN r") })
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found by whoever may read both, and nobody learns of it else`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let here = try await file(world, Self.first)
            let elsewhere = try await file(world, Self.again, organ: "R")
            try await world.casefile.putMarks()
            #expect(try await world.likely(here, "q.director") == [], "the other county's is not even hinted at")
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.candidates(of: elsewhere, for: world["q.director"])
            }
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.candidates(of: here, for: world["q.handler"])
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found by a colleague, and not by whoever must not read it`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let one = try await file(world, Self.first)
            let two = try await file(world, Self.again)
            try await world.casefile.putMarks()
            #expect(try await world.likely(two, "q.director") == [one])
            let director = try world["q.director"].staff
            try await world.casefile.database.write { tx in
                try tx.run("INSERT INTO bar (report_id, staff_id, reason) VALUES (\(one), \(director), 'kin')")
            }
            #expect(try await world.likely(two, "q.director") == [])
            #expect(try await world.likely(two, "q.triage") == [one])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found here, however many copies there are elsewhere`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let one = try await file(world, Self.first)
            let two = try await file(world, Self.again)
            let before = try await world.casefile.candidates(of: two, for: world["q.director"])
            for _ in 1...30 { _ = try await file(world, Self.again, organ: "R") }
            try await world.casefile.putMarks()
            // And what another process left: bearers of the same marks, so many that a careless look ends before ours.
            try await world.casefile.database.write { tx in
                for mark in try tx.rows("SELECT DISTINCT mark FROM report_mark").map({
                    try $0.get("mark", as: Int.self)
                }) {
                    for no in 0..<600 {
                        try tx.run(
                            """
                            INSERT INTO report_mark (mark, no) VALUES (\(mark), \(-2_147_000_000 + no))
                            ON CONFLICT (mark, no) DO NOTHING
                            """)
                    }
                }
            }
            let after = try await world.casefile.candidates(of: two, for: world["q.director"])
            #expect(after.map(\.id) == [one] && after.map(\.score) == before.map(\.score))
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `stands where it stood, however many letters elsewhere bear one of its marks`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let asked = try await file(world, Self.again)
            var others: [ReportID] = []
            for _ in 0..<30 { others.append(try await file(world, Self.again)) }
            try await world.casefile.putMarks()
            // Each of the thirty shares one mark with the letter: half of them the one, half of them the other.
            let two = try await world.casefile.database.write { [others] tx -> [Int] in
                let marks = try tx.rows("SELECT DISTINCT mark FROM report_mark ORDER BY mark LIMIT 2").map {
                    try $0.get("mark", as: Int.self)
                }
                try tx.run("DELETE FROM report_mark")
                // By the numbers near zero it is estimated how many letters there are: a thousand, for one.
                try tx.run("UPDATE report SET mark_no = 7 WHERE id = \(asked)")
                for (place, other) in others.enumerated() {
                    try tx.run(
                        """
                        INSERT INTO report_mark (mark, no)
                        SELECT \(marks[place % 2]), mark_no FROM report WHERE id = \(other)
                        """)
                }
                return marks
            }
            let before = try await world.likely(asked, "q.director")
            #expect(before.count == 20)
            for mark in two {
                try await world.casefile.database.write { tx in
                    for no in 0..<600 {
                        try tx.run("INSERT INTO report_mark (mark, no) VALUES (\(mark), \(-2_147_000_000 + no))")
                    }
                }
                #expect(try await Set(world.likely(asked, "q.director")) == Set(before))
                try await world.casefile.database.write { tx in
                    try tx.run("DELETE FROM report_mark WHERE no < -2146999000")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is gone from the candidates of an organ that it left, and found where it went`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            let one = try await file(world, Self.first)
            let two = try await file(world, Self.again)
            try await world.casefile.putMarks()
            try await world.act("register", one, "q.registrar", ["note": .text("来信一封")])
            try await world.amend(
                one, by: "q.director",
                reported: ReportedParty(kind: .person, name: "闻人远", unit: "望市水务局", management: .municipal))
            #expect(try await world.likely(two, "q.director") == [one])
            try await world.act("send-up", one, "q.director")
            for username in ["q.director", "q.registrar", "q.triage"] {
                #expect(try await world.likely(two, username) == [], "\(username)")
            }
            let above = try await file(world, Self.first, organ: "C")
            #expect(try await world.likely(above, "c.director") == [one])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `leaves no mark once it was destroyed`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let one = try await world.kept().id
            let two = try await world.kept().id
            try await world.casefile.putMarks()
            #expect(try await world.likely(two, "q.director") == [one])
            world.afterTenYears()
            try await world.approvedList()
            world.clock.advance(days: 40)
            #expect(try await world.casefile.carryOutDestructions() == 2)
            let left = try await world.casefile.database.read { tx in
                try ["report_mark", "mark_waiting", "mark_gone", "report WHERE mark_no IS NOT NULL"].map {
                    (table: SQL) in
                    try tx.scalar("SELECT COUNT(*) FROM \(table)", as: Int.self)
                }
            }
            #expect(left == [0, 0, 0, 0])
            #expect(try await world.casefile.verify().reports == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `tells an auditor who held it against which`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let one = try await file(world, Self.first)
            let two = try await file(world, Self.again)
            var unlike = SmallWorld.letter([], title: Self.other.0, content: Self.other.1, place: "990102")
            unlike.demand = nil
            _ = try await world.casefile.file(Filing(organ: "Q", letter: unlike))
            #expect(try await world.likely(two, "q.director") == [one])
            let read = try await world.casefile.database.read { tx in
                try tx.rows("SELECT report_id, kind FROM report_read").map {
                    "\(try $0.get("report_id", as: String.self)) \(try $0.get("kind", as: String.self))"
                }
            }
            #expect(Set(read) == ["\(one) compared", "\(two) compared"], "both letters were shown, and no third")
        }
    }
}

extension SmallWorld {
    /// What somebody finds beside a report.
    func likely(_ id: ReportID, _ username: String) async throws -> [ReportID] {
        try await casefile.candidates(of: id, for: self[username]).map(\.id)
    }
}
