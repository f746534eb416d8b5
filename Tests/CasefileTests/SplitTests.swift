import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

/// The shipped rules with the two acts, wherever they do not stand there yet.
enum SplitRules {
    static func workflow() throws -> Workflow {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let file = here.appending(path: "../../Sources/Casework/Resources/rules/workflow.yaml").standardized
        var text = try String(contentsOf: file, encoding: .utf8)
        if !text.contains("\n  dispute:") {
            text.replace(
                "\nacts:\n",
                with: """

                    acts:
                      dispute:
                        label: {zh: 管辖争议报共同上级, en: Dispute}
                        source: 条例第24条
                        from: [{stage: registered, to: incoming}]
                        by: [{office: holder, roles: [director]}]
                        effect: dispute
                        fields:
                          - {name: organ, type: choice, options: dispute-organs, required: true, label: {zh: 争议机关, en: Other}}
                          - {name: reason, type: text, required: true, label: {zh: 理由, en: Reason}}

                    """, maxReplacements: 1)
        }
        if !text.contains("\n  split:") {
            text.replace(
                "\nacts:\n",
                with: """

                    acts:
                      split:
                        label: {zh: 拆分, en: Split}
                        source: 规则第12条
                        from: [{stage: registered}]
                        by: [{office: holder, roles: [director, triage]}]
                        effect: split
                        fields:
                          - {name: parties, type: choices, options: reported, required: true, label: {zh: 拆出, en: People}}
                          - {name: organ, type: choice, options: split-organs, required: true, label: {zh: 机关, en: Organ}}
                          - {name: text, type: text, required: true, label: {zh: 告知下级的内容, en: Text}}
                          - {name: opinion, type: text, required: true, label: {zh: 意见, en: Opinion}}

                    """, maxReplacements: 1)
        }
        return try Workflow(file: "workflow.yaml", text: text)
    }
}

@Suite struct `A part about a lower person is split off` {
    static let chief = ReportedParty(
        kind: .person, name: "高望远", unit: "清棠县水务局", position: "局长", management: .county)
    static let villager = ReportedParty(
        kind: .person, name: "汪小满", unit: "前湾村", position: "村会计", management: .other)

    /// A registered report at the county about both.
    private func both(_ world: SmallWorld, _ parties: [ReportedParty] = [chief, villager]) async throws -> Filed {
        let filed = try await world.casefile.file(
            Filing(
                organ: "Q",
                letter: SmallWorld.letter(parties, title: "丹顶鹤标题", content: "丹顶鹤内容：高望远和村会计", place: "990101100"),
                reporter: Reporter(name: "钱有粮", phone: "19900001207")))
        try await world.act("register", filed.id, "q.registrar")
        return filed
    }

    private func input(
        _ world: SmallWorld, parties: [String] = ["2"], organ: String = "T", text: String = "前湾村会计多领补贴，请核查。"
    ) throws -> ActInput {
        [
            "parties": .list(parties), "organ": try world.organ(organ), "text": .text(text),
            "opinion": .text("村会计属镇管，拆分办理"),
        ]
    }

    private func born(_ world: SmallWorld, besides id: ReportID) async throws -> [ReportID] {
        try await world.casefile.database.read { tx in
            try tx.rows("SELECT id FROM report WHERE id <> \(id)").map { try $0.get("id") }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the lower organ gets a report of its own with the lower person and the new words, and works on it`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine, workflow: SplitRules.workflow()) { world in
            let filed = try await both(world)
            try await world.act("split", filed.id, "q.director", try input(world))
            let id = try #require(try await born(world, besides: filed.id).first)
            let view = try #require(try await world.view(id, "t.director"))
            #expect(view.letter?.reported == [Self.villager])
            #expect(view.letter?.content == "前湾村会计多领补贴，请核查。" && view.letter?.place == RegionCode("990101100"))
            #expect(view.standing.hasReporter == false && view.files.isEmpty && view.conversation.isEmpty)
            try await world.act("register", id, "t.registrar")
            let upper = try #require(try await world.view(filed.id, "q.director"))
            let code = upper.story.first { $0.act == "split" }?.codes
            #expect(code?["count"] == "1" && code?["born"] == id.description && code?["parties"] == nil)
            #expect(upper.letter?.reported.count == 2, "the upper report stays whole")
            #expect(try await world.casefile.verify().reports == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `nothing in the lower organ's hands leads to the higher person, the reporter or the upper report`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine, workflow: SplitRules.workflow()) { world in
            let filed = try await both(world)
            try await world.act("split", filed.id, "q.director", try input(world))
            let id = try #require(try await born(world, besides: filed.id).first)
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ == "T" {
                guard let view = try await world.view(id, username) else { continue }
                let all = "\(view)"
                for word in ["高望远", "水务局", "丹顶鹤", "钱有粮", filed.id.description, "拆分办理"] {
                    #expect(!all.contains(word), "\(username) reads \(word)")
                }
                #expect(try await `Nobody sees what they must not`.doors(world, filed.id, username) == [])
            }
            for person in ["q.director", "q.triage", "c.director", "d.director"] {
                #expect(try await world.view(id, person) == nil, "\(person) reads the lower organ's report")
            }
            let rows = try await world.casefile.database.read { tx in
                try tx.rows(
                    """
                    SELECT e.codes AS c, e.staff_id AS s, r.receipt_lookup AS l, r.receipt_key AS k FROM event e
                    JOIN report r ON r.id = e.report_id WHERE r.id = \(id)
                    """
                ).map { row in
                    let codes: String = try row.get("c")
                    let staff: StaffID? = try row.maybe("s")
                    let lookup: [UInt8]? = try row.maybe("l")
                    let key: [UInt8]? = try row.maybe("k")
                    #expect(staff == nil && lookup == nil && key == nil)
                    return codes
                }
            }
            #expect(rows.count == 1 && !rows[0].contains(filed.id.description))
            let shared: Int? = try await world.casefile.database.read { tx in
                try tx.scalar(
                    """
                    SELECT COUNT(*) AS n FROM key_wrap w JOIN sealing_key k ON k.id = w.key_id
                    WHERE k.report_id = \(filed.id) AND w.recipient IN \(list: recipients(of: "T", world))
                    """)
            }
            #expect(shared == 0)
        }
    }

    private func recipients(of organ: String, _ world: SmallWorld) -> [String] {
        world.offices.filter { $0.key.hasPrefix(organ + ".") }.map { "office:\($0.value.id)" }
            + world.people.filter { $0.key.hasPrefix(organ.lowercased() + ".") }.map { "staff:\($0.value.staff)" }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a split that would tell too much, go too low or take everything writes nothing`(_ engine: Engine) async throws
    {
        try await withWorld(engine, workflow: SplitRules.workflow()) { world in
            var neighbour = Self.villager
            neighbour.position = "高望远的司机"
            let filed = try await both(world, [Self.chief, Self.villager, neighbour])
            let tries: [(ActInput, FieldFault)] = [
                (try input(world, text: "前湾村会计与高 望 远合谋"), FieldFault("text", "namesOther")),
                (try input(world, parties: ["3"]), FieldFault("parties", "namesOther")),
                (try input(world, parties: ["1"]), FieldFault("organ", "mayNotReceive")),
                (try input(world, parties: ["1", "2", "3"]), FieldFault("parties", "notAll")),
                (try input(world, parties: ["4"]), FieldFault("parties", "choice")),
                (try input(world, organ: "D"), FieldFault("organ", "choice")),
                (try input(world, organ: "R"), FieldFault("organ", "choice")),
                (try input(world, organ: "C"), FieldFault("organ", "choice")),
            ]
            for (input, fault) in tries {
                await #expect(throws: CasefileError.invalid([fault])) {
                    try await world.act("split", filed.id, "q.director", input)
                }
            }
            #expect(try await born(world, besides: filed.id) == [])
            #expect(try await world.casefile.verify().events == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a town's leader who is among the reported does not get the part, whoever else it is about`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine, workflow: SplitRules.workflow()) { world in
            let leader = ReportedParty(
                kind: .person, name: "书记T", unit: "棠漪镇纪委", position: "书记", management: .county)
            let filed = try await both(world, [leader, Self.villager])
            await #expect(throws: CasefileError.invalid([FieldFault("organ", "mayNotReceive")])) {
                try await world.act("split", filed.id, "q.director", try input(world))
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `two counties disagree, the city decides, and the first county's keys are gone`(_ engine: Engine) async throws
    {
        try await withWorld(engine, workflow: SplitRules.workflow()) { world in
            let filed = try await both(world)
            let offered =
                try #require(try await world.view(filed.id, "q.director")).acts
                .first { $0.rule.name == "dispute" }?.choices["dispute-organs"]?.map(\.value) ?? []
            let ids = Dictionary(uniqueKeysWithValues: world.organs.map { ($0.value.id.description, $0.key) })
            #expect(offered.compactMap { ids[$0] } == ["R"])
            try await world.act(
                "dispute", filed.id, "q.director", ["organ": try world.organ("R"), "reason": .text("应由栎山县管辖")])
            let city = try #require(try await world.view(filed.id, "c.director"))
            #expect(city.standing.custody?.via == "dispute" && city.standing.stage == "incoming")
            for person in ["q.director", "q.triage", "r.director", "p.director"] {
                #expect(try await world.view(filed.id, person)?.letter == nil, "\(person)")
            }
            try await world.act("pass-identity", filed.id, "q.custodian")
            #expect(try await world.view(filed.id, "q.custodian") == nil)
            try await world.act("sign", filed.id, "c.registrar")
            #expect(
                Jurisdiction.explain(
                    city.standing, letter: try #require(city.letter), in: city.world
                ).map(\.reason) == [.disputed, .levelFits])
            #expect(try await world.casefile.verify().reports == 1)
        }
    }
}
