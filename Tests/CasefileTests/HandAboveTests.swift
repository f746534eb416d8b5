import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// I-2, where the higher organ is not on this platform.
@Suite struct `What is a matter above this platform is handed up on paper, and nothing of it stays` {
    private static func official(_ level: ManagementLevel) -> ReportedParty {
        ReportedParty(kind: .person, name: "闻人远", unit: "云省水务厅", position: "厅长", management: level)
    }

    /// Registered about somebody of the organ's own level, and corrected then.
    private func corrected(
        _ world: SmallWorld, at organ: String, _ level: ManagementLevel, referred: Bool = false
    ) async throws -> Filed {
        let o = organ.lowercased()
        let filed = try await world.casefile.file(
            Filing(
                organ: organ, letter: SmallWorld.letter([Self.official(level)]),
                reporter: Reporter(kind: .named, name: "钱有粮", phone: "19900001207"), channel: .web))
        if referred {
            try await world.judge(filed.id, at: o, way: "refer", ["office": try world.office("\(organ).inspection")])
            try await world.act("refer", filed.id, "\(o).registrar")
        } else {
            try await world.act("register", filed.id, "\(o).registrar", ["note": .text("来信一封")])
        }
        let offered = try await world.offered("hand-above", on: filed.id)
        #expect(offered == [], "what is ours is not handed away")
        try await world.amend(filed.id, by: "\(o).director", reported: Self.official(.central))
        return filed
    }

    private func nothingIsLeft(_ world: SmallWorld, of filed: Filed, by maker: String) async throws {
        for (username, _, _, _, _) in SmallWorld.staffRows {
            let open = try await `Nobody sees what they must not`.doors(world, filed.id, username)
            #expect(open == [], "\(username)")
            let inbox = try await world.casefile.inbox(
                InboxQuery(), for: try world[username], titles: true, counting: true)
            #expect(inbox.waiting == 0 && inbox.items.isEmpty, "\(username)")
            let notes = try await world.casefile.tombstones(for: try world[username])
            #expect(notes.count == (username == maker ? 1 : 0), "\(username)")
        }
        for table in [
            "sealed", "sealing_key", "key_wrap", "file", "identity_mark", "search_token", "waiting", "bar",
            "allocation",
        ] {
            let rows: Int? = try await world.casefile.database.read { tx in
                try tx.scalar(SQL(raw: "SELECT COUNT(*) AS n FROM \(table)"))
            }
            #expect(rows == 0, "\(table)")
        }
        let named: Int? = try await world.casefile.database.read { tx in
            try tx.scalar("SELECT COUNT(*) AS n FROM custody WHERE number IS NOT NULL")
        }
        #expect(named == 0)
        await #expect(throws: CasefileError.destroyed(on: world.clock.clock.now().day, rule: "")) {
            _ = try await world.casefile.receipt(world.holder(filed))
        }
        #expect(try await world.casefile.verify().reports == 1)
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `at the highest organ the desk can only hand it up, and then nobody sees or counts anything`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await corrected(world, at: "P", .provincial)
            let view = try #require(try await world.view(filed.id, "p.director"))
            let names = view.acts.map(\.rule.name)
            #expect(names.contains("hand-above"))
            for act in ["classify", "consult", "send-up", "propose", "split", "dispute"] {
                #expect(!names.contains(act), "\(act)")
            }
            await #expect(throws: CasefileError.self) {
                try await world.act("hand-above", filed.id, "p.director")
            }
            try await world.act("hand-above", filed.id, "p.director", ["sealed": .flag(true)])
            try await nothingIsLeft(world, of: filed, by: "p.director")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `found out while the province's inspectors have it, it comes back to the desk and leaves from there`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await corrected(world, at: "P", .provincial, referred: true)
            #expect(try await world.view(filed.id, "p.inspector") == nil)
            #expect(try await world.offered("hand-above", on: filed.id) == ["p.director", "p.triage"])
            try await world.act("hand-above", filed.id, "p.triage", ["sealed": .flag(true)])
            try await nothingIsLeft(world, of: filed, by: "p.triage")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a county that finds it out does not send it through the city and the province`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await corrected(world, at: "Q", .county)
            #expect(try await world.offered("send-up", on: filed.id) == [])
            try await world.act("hand-above", filed.id, "q.director", ["sealed": .flag(true)])
            try await nothingIsLeft(world, of: filed, by: "q.director")
        }
    }
}
