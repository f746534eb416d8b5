import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

private let party = ReportedParty(
    kind: .person, name: "冯德才", unit: "柳湾村", position: "村支书", management: .county)

private let told =
    "我们是石桥镇柳湾村的村民。村支书冯德才把村里修水渠的八万元工程包给了他妻弟，没有开会也没有公示，水渠修好不到半年就塌了三处，几十户人家的稻田没水浇。"

extension SmallWorld {
    fileprivate func file(
        _ content: String, organ: String = "Q", reported: [ReportedParty] = [party], reporter: Reporter? = nil
    ) async throws -> ReportID {
        let letter = Self.letter(reported, title: String(content.prefix(10)), content: content)
        return try await casefile.file(Filing(organ: organ, letter: letter, reporter: reporter)).id
    }

    /// Kind, letters (件次) and matters (件) of each group that somebody sees.
    fileprivate func groups(_ username: String) async throws -> [String] {
        try await casefile.groups(for: self[username]).map { "\($0.kind) \($0.letters) \($0.matters)" }
    }
}

@Suite struct `Many letters of one text` {
    private static let senders = ["周", "吴", "郑", "王", "冯"]

    private func flood(_ world: SmallWorld, organ: String = "Q") async throws -> [ReportID] {
        var ids: [ReportID] = []
        for sender in Self.senders { ids.append(try await world.file(told + sender + "某。", organ: organ)) }
        try await world.casefile.putMarks()
        return ids
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are each received, stand together, and are one matter when somebody judges so`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            let clerk = try world["q.triage"]
            let ids = try await flood(world)
            let other = try await world.file("去年十一月我带母亲到镇卫生院看病，收费窗口多收了三百二十元检查费，不给退。")
            try await world.casefile.putMarks()
            #expect(try await world.groups("q.triage") == ["wording 5 5"])
            let page = try #require(try await world.casefile.group(of: ids[3], .wording, for: clerk))
            #expect(page.letters.map(\.id) == ids && !page.hasMore)
            #expect(try await world.casefile.group(of: other, .wording, for: clerk) == nil)
            let around = try await world.casefile.surroundings(of: ids[3], for: clerk)
            #expect(around.others == [.wording: 4, .reporter: 0])
            for id in ids.dropFirst() { try await world.casefile.judge(ids[0], .joint, id, by: clerk) }
            #expect(try await world.groups("q.director") == ["wording 5 1"])
            #expect(try await world.casefile.matter(of: ids[4], for: clerk).letters == 5, "each leads to all")
            try await world.casefile.judge(ids[0], .undone, ids[2], by: clerk)
            #expect(try await world.groups("q.triage") == ["wording 5 2"])
            let settled = try await world.casefile.group(of: ids[0], .wording, for: clerk)?.letters.map(\.isSettled)
            #expect(settled == [false, true, false, true, true])
            #expect(try await world.casefile.verify().reports == 6)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are counted for each reader among what they may read, and shown to nobody else`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            let ids = try await flood(world)
            _ = try await flood(world, organ: "R")
            #expect(try await world.groups("q.triage") == ["wording 5 5"])
            #expect(try await world.groups("r.triage") == ["wording 5 5"])
            for nobody in ["q.handler", "q.admin", "q.custodian", "c.director", "t.director"] {
                #expect(try await world.groups(nobody) == [])
                await #expect(throws: CasefileError.notFound) {
                    try await world.casefile.group(of: ids[0], .wording, for: world[nobody])
                }
            }
            for id in ids.prefix(2) { try await world.act("recuse", id, "q.director", ["reason": .text("同学")]) }
            #expect(try await world.groups("q.director") == ["wording 3 3"])
            let page = try await world.casefile.group(of: ids[4], .wording, for: world["q.director"])
            #expect(page?.letters.map(\.id) == Array(ids.dropFirst(2)))
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `are left by a letter whose text was corrected, or that is destroyed`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let ids = try await flood(world)
            try await world.casefile.database.write { tx in
                let letter = SmallWorld.letter([], title: "图书馆", content: "县图书馆双休日闭馆，孩子借阅不便，盼望延长开放时间。")
                try MarkIndex.renew(ids[0], LetterMarks(world.casefile.keys).marks(of: letter)?.bytes ?? [], tx)
                try MarkIndex.forget(ids[1], tx)
            }
            try await world.casefile.putMarks()
            #expect(try await world.groups("q.triage") == ["wording 3 3"])
            let left = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) FROM letter_group", as: Int.self)
            }
            #expect(left == 3)
        }
    }
}

@Suite struct `Many letters of one reporter` {
    @Test(arguments: TestDatabase.availableEngines)
    func `stand together once her name is verified, with as many matters as she told of`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            let someone = Reporter(name: "钱有粮", phone: "19900001207")
            let texts = [told, "书记让村小卖部给他记账，三年没有结清，店主不敢开口。", "村里的路灯坏了两年没人修，钱却年年报销。"]
            var ids: [ReportID] = []
            for text in texts {
                let id = try await world.file(text, reporter: someone)
                try await world.act("register", id, "q.registrar")
                ids.append(id)
            }
            #expect(try await world.groups("q.triage") == [], "nobody verified it")
            for id in ids { try await world.act("verify-identity", id, "q.custodian", ["status": .text("real-name")]) }
            #expect(try await world.groups("q.triage") == ["reporter 3 3"])
            #expect(try await world.groups("q.custodian") == [], "letters are not the custodian's")
            let number = try #require(try await world.view(ids[0], "q.triage")?.number)
            try await world.act("link", ids[2], "q.triage", ["original": .text(number)])
            #expect(try await world.groups("q.triage") == ["reporter 3 2"])
            let page = try await world.casefile.group(of: ids[1], .reporter, for: world["q.triage"])
            #expect(page?.letters.map(\.id) == ids)
        }
    }
}

@Suite struct `A report of the same matter that lies with another organ` {
    private func look(_ world: SmallWorld, _ id: ReportID, _ username: String) async throws {
        _ = try await world.casefile.candidates(of: id, for: world[username])
    }

    private func elsewhere(_ world: SmallWorld, _ id: ReportID, _ username: String) async throws -> [RelatedElsewhere] {
        try await world.casefile.surroundings(of: id, for: world[username]).elsewhere
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is hinted at once somebody who reads it has looked, and looking tells that person nothing`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let (city, county) = (try await world.file(told, organ: "C"), try await world.file(told, organ: "Q"))
            try await world.casefile.putMarks()
            #expect(try await world.view(city, "c.triage") != nil)
            #expect(try await world.view(city, "q.triage") == nil)
            try await look(world, city, "c.triage")
            #expect(try await elsewhere(world, city, "c.triage") == [])
            #expect(try await elsewhere(world, county, "q.triage") == [.above])
            try await look(world, county, "q.triage")
            let below = try #require(world.organs["Q"]).id
            #expect(try await elsewhere(world, city, "c.director") == [.below(below)])
            #expect(try await world.casefile.verify().reports == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `stays unknown to the organ below when it names its people, and to whoever is named`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let leader = ReportedParty(
                kind: .person, name: "书记Q", unit: "清棠县纪委监委", position: "书记", management: .municipal)
            let city = try await world.file(told, organ: "C", reported: [party, leader])
            let county = try await world.file(told, organ: "Q")
            try await world.casefile.putMarks()
            #expect(try await world.view(city, "c.triage") != nil)
            try await look(world, city, "c.triage")
            #expect(try await elsewhere(world, county, "q.triage") == [])
            try await look(world, county, "q.triage")
            let below = try #require(world.organs["Q"]).id
            #expect(try await elsewhere(world, city, "c.triage") == [.below(below)])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is hinted at no more when it turns out to name somebody who would read that`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let (city, county) = (try await world.file(told, organ: "C"), try await world.file(told, organ: "Q"))
            try await world.casefile.putMarks()
            try await look(world, city, "c.triage")
            #expect(try await elsewhere(world, county, "q.triage") == [.above])
            let named = try world["q.triage"].staff
            try await world.casefile.database.write { tx in
                try NewBar(report: city, person: named, reason: .kin).insert(tx)
            }
            #expect(try await elsewhere(world, county, "q.triage") == [])
            #expect(
                try await elsewhere(world, county, "q.director") == [], "she reads it, and her colleague might tell")
        }
    }
}
