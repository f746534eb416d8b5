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
            #expect(waiting.items.first?.id == one)
            #expect(try await world.casefile.putMarks() == 3)
            #expect(try await world.casefile.putMarks() == 0)
            let found = try await world.casefile.candidates(of: two, for: director)
            let best = try #require(found.items.first)
            #expect(best.id == one && best.score == waiting.items.first?.score)
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
                let letter = SmallWorld.letter([], title: "图书馆周末闭馆", content: "县图书馆双休日闭馆，孩子借阅不便，盼望延长开放时间。")
                try MarkIndex.renew(one, LetterMarks(world.casefile.keys).marks(of: letter)?.bytes ?? [], tx)
            }
            #expect(try await world.casefile.candidates(of: two, for: director).items.isEmpty)
            try await world.casefile.putMarks()
            try await world.casefile.sweepMarks()
            let left = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(DISTINCT no) FROM report_mark", as: Int.self)
            }
            #expect(left == 2, "the marks of before are out of the index")
            try await world.casefile.database.write { tx in try MarkIndex.forget(two, tx) }
            #expect(try await world.casefile.candidates(of: one, for: director).items.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is found by whoever may read both, and nobody learns of it else`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let here = try await file(world, Self.first)
            let elsewhere = try await file(world, Self.again, organ: "R")
            try await world.casefile.putMarks()
            let ours = try await world.casefile.candidates(of: here, for: world["q.director"])
            #expect(ours.items.isEmpty, "the other county's is not even hinted at")
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.candidates(of: elsewhere, for: world["q.director"])
            }
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.candidates(of: here, for: world["q.handler"])
            }
        }
    }
}
