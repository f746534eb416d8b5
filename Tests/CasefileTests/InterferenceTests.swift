import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

/// I-12: whoever asks, intercedes or gives orders is written down, and finds no trace of it.
@Suite struct `Whoever interferes is recorded` {
    static func told(_ name: String, post: String = "", unit: String = "清棠县纪委监委") -> Interference {
        Interference(
            name: name, post: post, unit: unit, way: .interceded, day: Day("2026-03-01") ?? Day(clamping: 0),
            text: "丹顶鹤说情：能不能不查")
    }

    /// A report at a county, registered.
    static func report(_ world: SmallWorld, at organ: String = "Q") async throws -> ReportID {
        let filed = try await world.casefile.file(
            Filing(organ: organ, letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
        try await world.act("register", filed.id, "\(organ.lowercased()).registrar")
        return filed.id
    }

    /// Who finds the record on the list of those who examine.
    static func examiners(_ world: SmallWorld) async throws -> Set<String> {
        var found: Set<String> = []
        for (username, viewer) in world.people
        where try await !world.casefile.interferences(for: viewer).records.isEmpty { found.insert(username) }
        return found
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `internal supervision reads and examines, the recorder reads again, nobody else finds anything`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let id = try await Self.report(world)
            let record = InterferenceID.random()
            let registrar = try world["q.registrar"]
            let told = Self.told("汪启恒", post: "镇长", unit: "棠漪镇人民政府")
            for _ in 0..<2 { try await casefile.recordInterference(told, as: record, on: id, by: registrar) }
            #expect(try await Self.examiners(world) == ["q.internal"])
            let internalOffice = try world["q.internal"]
            let view = try #require(try await casefile.interferences(for: internalOffice).records.first)
            #expect(view.interference == told && view.number == "Q-2026-00001" && view.mayExamine)
            await #expect(throws: CasefileError.notFound) {
                try await casefile.examineInterference(record, note: "看过", by: registrar)
            }
            try await casefile.examineInterference(record, note: "已谈话提醒", by: internalOffice)
            await #expect(throws: CasefileError.notNow) {
                try await casefile.examineInterference(record, note: "再改一次", by: internalOffice)
            }
            let after = try #require(try await casefile.interferences(for: internalOffice).records.first)
            #expect(after.examination?.note == "已谈话提醒")
            let own = try await casefile.ownInterferences(of: registrar)
            #expect(own.map(\.interference) == [told])
            #expect(own.first?.examination != nil && own.first?.examination?.note == nil)
            #expect(try await casefile.ownInterferences(of: try world["q.director"]).isEmpty)
            // Internal supervision learns the number, not the report.
            #expect(try await world.view(id, "q.internal") == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a county's principal who interceded finds nothing by any door, and the city examines`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let id = try await Self.report(world)
            try await world.act(
                "classify", id, "q.triage", ["category": .text("discipline-breach"), "problem": .text("mass")])
            try await world.act(
                "propose", id, "q.triage",
                ["way": .text("refer"), "office": try world.office("Q.inspection"), "opinion": .text("建议")])
            let leader = try world["q.principal"]
            // The principal decides on this very report, and reads it.
            let before = try #require(try await world.view(id, "q.principal"))
            let record = InterferenceID.random()
            try await casefile.recordInterference(
                Self.told("书记Q", post: "书记"), as: record, on: id, by: try world["q.triage"])
            #expect(try await Self.examiners(world) == ["c.internal"])
            let now = try #require(try await world.view(id, "q.principal"))
            #expect(now.story.count == before.story.count && now.marks == before.marks)
            #expect(now.conversation.count == before.conversation.count && now.files.count == before.files.count)
            #expect(try await casefile.ownInterferences(of: leader).isEmpty)
            await #expect(throws: CasefileError.notFound) {
                try await casefile.examineInterference(record, note: "没有这回事", by: leader)
            }
            await #expect(throws: CasefileError.notNow) {
                // The same number of record, tried by somebody else.
                try await casefile.recordInterference(Self.told("别人"), as: record, on: id, by: leader)
            }
            let mine = try await casefile.database.read { tx in
                let ring = try KeyRing.load(tx, for: leader)
                return try tx.rows(
                    "SELECT recipient FROM interference_wrap WHERE recipient IN \(list: ring.recipients)"
                ).count
            }
            #expect(mine == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the record passes by every office that somebody named in it leads, and stops at the highest organ`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let cases: [(who: Interference, at: String, by: String, reads: Set<String>)] = [
                (Self.told("内监主任Q"), "Q", "q.director", ["c.internal"]),
                (Self.told("", post: "书记"), "Q", "q.director", ["c.internal"]),
                (Self.told("书记C", unit: "望市纪委监委"), "Q", "q.director", ["p.internal"]),
                (Self.told("书记P", unit: "云省纪委监委"), "Q", "q.director", ["p.internal"]),
                (Self.told("内监主任P", unit: "云省纪委监委"), "Q", "q.director", ["p.deputy", "p.principal"]),
                (Self.told("承办人Q"), "Q", "q.director", ["q.internal"]),
                // Own internal supervision cannot examine what it recorded itself.
                (Self.told("汪启恒", unit: "棠漪镇人民政府"), "Q", "q.internal", ["c.internal"]),
            ]
            for (who, organ, by, reads) in cases {
                let id: ReportID
                if by == "q.internal" {
                    let cadre = ReportedParty(
                        kind: .person, name: "承办人Q", unit: "清棠县纪委", position: "科员", management: .other)
                    id = try await casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([cadre]))).id
                } else {
                    id = try await Self.report(world, at: organ)
                }
                try await casefile.recordInterference(who, as: .random(), on: id, by: try world[by])
                #expect(try await Self.examiners(world) == reads, "\(who.name) \(who.post)")
                try await casefile.database.write { tx in
                    try tx.run("DELETE FROM interference_wrap")
                    try tx.run("DELETE FROM interference")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `somebody named who comes to sit in internal supervision later, with its key, finds nothing`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let id = try await Self.report(world)
            let record = InterferenceID.random()
            let told = Self.told("旁观者Q")
            try await casefile.recordInterference(told, as: record, on: id, by: try world["q.registrar"])
            let office = try #require(world.offices["Q.internal"]).id
            for newcomer in ["q.bystander", "q.handler"] {
                let person = try world[newcomer]
                try await casefile.join(person.staff, office: office, role: .director)
                try await casefile.admit(person.staff, to: office, by: try world["q.internal"])
            }
            #expect(try await Self.examiners(world) == ["q.internal", "q.handler"])
            await #expect(throws: CasefileError.notFound) {
                try await casefile.examineInterference(record, note: "算了", by: try world["q.bystander"])
            }
            // Nor does somebody who is barred from the report meanwhile; the recorder then sees the date alone.
            try await casefile.database.write { tx in
                for name in ["q.handler", "q.registrar"] {
                    try tx.run(
                        "INSERT INTO bar (report_id, staff_id, reason) VALUES (\(id), \(try world[name].staff), 'recused')"
                    )
                }
            }
            #expect(try await Self.examiners(world) == ["q.internal"])
            let own = try await casefile.ownInterferences(of: try world["q.registrar"])
            #expect(own.count == 1 && own.first?.interference == nil && own.first?.number == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `nobody records about a report they cannot read, nothing lies open, and what is missing is said`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let id = try await Self.report(world)
            for stranger in ["q.bystander", "q.admin", "c.director", "t.director"] {
                let viewer = try world[stranger]
                await #expect(throws: CasefileError.notFound) {
                    try await casefile.recordInterference(Self.told("某人"), as: .random(), on: id, by: viewer)
                }
            }
            let clerk = try world["q.registrar"]
            var empty = Self.told("")
            empty.text = " "
            empty.day = Day("2027-01-01") ?? empty.day
            let wrong = empty
            let faults = [FieldFault("name", "required"), FieldFault("text", "required"), FieldFault("day", "date")]
            await #expect(throws: CasefileError.invalid(faults)) {
                try await casefile.recordInterference(wrong, as: .random(), on: id, by: clerk)
            }
            try await casefile.recordInterference(Self.told("丹顶鹤姓名"), as: .random(), on: id, by: clerk)
            let rows = try await casefile.database.read { tx in try tx.rows("SELECT * FROM interference") }
            #expect(rows.count == 1)
            for value in rows.flatMap(\.values) {
                switch value {
                case .text(let text): #expect(!text.contains("丹顶鹤"))
                case .bytes(let bytes): #expect(!bytes.contains(bytes: Array("丹顶鹤".utf8)))
                default: break
                }
            }
            #expect(try await casefile.verify().reports == 1)
        }
    }
}
