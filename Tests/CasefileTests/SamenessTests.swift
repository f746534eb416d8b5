import Casework
import Database
import DatabaseTesting
import Kernel
import Similarity
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

@Suite struct `Two letters of one reporter` {
    private static let neighbour = ReportedParty(
        kind: .person, name: "冯德才", unit: "柳湾村", position: "村支书", management: .county)

    private func filed(
        _ world: SmallWorld, _ reporter: Reporter?, _ content: String, organ: String = "Q", files: [StagedFile] = []
    ) async throws -> ReportID {
        let letter = SmallWorld.letter([Self.neighbour], title: String(content.prefix(8)), content: content)
        return try await world.casefile.file(
            Filing(organ: organ, letter: letter, reporter: reporter, files: files)
        ).id
    }

    /// What is said of who reported, of each letter that stands beside one.
    private func told(beside id: ReportID, _ world: SmallWorld) async throws -> [ReportID: Outcome?] {
        let likely = try await world.casefile.candidates(of: id, for: world["q.triage"])
        return Dictionary(
            uniqueKeysWithValues: likely.map { item in
                let outcome = item.score.reasons.compactMap { reason -> Outcome? in
                    guard case .kind(.reporter, let outcome, detail: nil) = reason.what else { return nil }
                    return outcome
                }
                return (item.id, outcome.first)
            })
    }

    private let canal = "村里修水渠的八万元没有公示，工程给了书记的妻弟，修好半年就塌了三处。"
    private let shop = "书记让村小卖部给他记账，三年没有结清，店主不敢开口。"

    @Test(arguments: TestDatabase.availableEngines)
    func `stand beside each other in whatever words he wrote, known by a number, or by a name with an address`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let first = try await filed(
                world, Reporter(name: "钱有粮", phone: "199 0000 1207", address: "柳湾村三组"), canal)
            let again = try await filed(world, Reporter(name: "钱 有糧", phone: "", address: "柳湾村 三组"), shop)
            let byPhone = try await filed(world, Reporter(name: "钱师傅", phone: "+86 199-0000-1207"), shop)
            let namesake = try await filed(world, Reporter(name: "钱有粮", phone: "19900009999"), canal)
            let nameless = try await filed(world, nil, canal)
            let before = try await told(beside: first, world)
            #expect(!before.values.contains(.same), "a number that nobody verified tells nothing")
            for id in [first, again, byPhone, namesake] {
                try await world.act("verify-identity", id, "q.custodian", ["status": .text("real-name")])
            }
            let impostor = try await filed(world, Reporter(name: "钱有粮", phone: "19900001207"), canal)
            let told = try await told(beside: first, world)
            #expect(told[again] == .same && told[byPhone] == .same)
            #expect(told[namesake] == .different, "a name alone is many people's")
            #expect(told[nameless] == .some(nil), "nothing is said of who sent it")
            #expect(told[impostor] == .some(nil), "whoever files under his number learns nothing")
            #expect(Set(told.keys) == [again, byPhone, namesake, nameless, impostor])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `at two organs have nothing in common that anybody could compare`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let someone = Reporter(name: "钱有粮", phone: "19900001207", address: "柳湾村三组")
            let here = try await filed(world, someone, canal)
            let there = try await filed(world, someone, canal, organ: "R")
            let marks = try await world.casefile.database.read { tx in
                try [here, there].map { id in
                    Set(
                        try tx.rows("SELECT mark FROM identity_mark WHERE report_id = \(id)").map {
                            try $0.get("mark", as: [UInt8].self)
                        })
                }
            }
            #expect(marks[0].count == 4 && marks[0].isDisjoint(with: marks[1]))
            #expect(try await told(beside: here, world) == [:])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `with the same picture are told by it, bit for bit, and another picture says nothing`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            func picture(_ last: UInt8) throws -> StagedFile {
                let reception = try world.casefile.files.receive(name: "河滩.png")
                try reception.append([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, last])
                return try reception.finish()
            }
            let first = try await filed(world, nil, canal, files: [try picture(1)])
            let same = try await filed(world, nil, canal, files: [try picture(1), try picture(2)])
            let other = try await filed(world, nil, canal, files: [try picture(3)])
            let likely = try await world.casefile.candidates(of: first, for: world["q.triage"])
            #expect(likely.map(\.id) == [same, other])
            let told = likely.map { item in
                item.score.reasons.contains { $0.what == .kind(.file, .same, detail: nil) }
            }
            #expect(told == [true, false])
        }
    }
}
