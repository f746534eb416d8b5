import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// I-2: of what is a higher organ's nothing stays here.
@Suite struct `What is a higher organ's goes up and leaves a tombstone` {
    private static let higher = ReportedParty(
        kind: .person, name: "闻人远", unit: "望市水务局", position: "局长", management: .municipal)

    private func corrected(_ world: SmallWorld) async throws -> Filed {
        let filed = try await world.casefile.file(
            Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
        try await world.act("register", filed.id, "q.registrar", ["note": .text("来信一封")])
        try await world.amend(
            filed.id, by: "q.director",
            reported: ReportedParty(kind: .person, name: "闻人远", unit: "望市水务局", management: .municipal))
        return filed
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `found out after the entry, it goes up with its papers, and nobody here finds anything to see or count`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await corrected(world)
            await #expect(throws: CasefileError.notNow) {
                try await world.act(
                    "classify", filed.id, "q.triage", ["category": .text("no-substance")])
            }
            try await world.act("send-up", filed.id, "q.director")
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ != "C" {
                #expect(
                    try await `Nobody sees what they must not`.doors(world, filed.id, username) == [], "\(username)")
                let counted = try await world.casefile.inbox(
                    InboxQuery(), for: try world[username], titles: true, counting: true)
                #expect(counted.waiting == 0 && counted.items.isEmpty)
                let notes = try await world.casefile.tombstones(for: try world[username])
                #expect(notes.count == (username == "q.director" ? 1 : 0), "\(username)")
            }
            let note = try #require(try await world.casefile.tombstones(for: try world["q.director"]).first)
            #expect(note.isMine && !note.mayMark && note.arrived == note.day)
            let mine =
                world.offices.filter { $0.key.hasPrefix("Q.") }.map { "office:\($0.value.id)" }
                + world.people.filter { $0.key.hasPrefix("q.") }.map { "staff:\($0.value.staff)" }
            let (wraps, numbers): (Int?, Int?) = try await world.casefile.database.read { tx in
                (
                    try tx.scalar("SELECT COUNT(*) AS n FROM key_wrap WHERE recipient IN \(list: mine)"),
                    try tx.scalar("SELECT COUNT(*) AS n FROM custody WHERE number IS NOT NULL")
                )
            }
            #expect(wraps == 0 && numbers == 0)
            try await world.act("sign", filed.id, "c.registrar")
            let above = try #require(try await world.view(filed.id, "c.director"))
            #expect(above.letter?.reported.first?.name == "闻人远")
            #expect(above.story.flatMap { $0.texts.map(\.text) }.contains("来信一封"), "the papers went with it")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `found out while another office handles it, it comes back to the desk at once and goes up from there`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.judge(filed.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.received(filed.id)
            try await world.amend(filed.id, by: "q.director", reported: Self.higher)
            let back = try #require(try await world.view(filed.id, "q.director"))
            #expect(back.standing.stage == "registered")
            for act in ["classify", "propose", "refer"] {
                #expect(!back.acts.contains { $0.rule.name == act }, "\(act)")
            }
            for username in ["q.inspector", "q.handler"] {
                await #expect(throws: CasefileError.self) {
                    try await world.act(
                        "dispose", filed.id, username, ["kind": .text("close"), "opinion": .text("了结")])
                }
            }
            #expect(
                try await world.casefile.inbox(
                    InboxQuery(), for: try world["q.handler"], titles: false
                ).items.isEmpty)
            try await world.act("send-up", filed.id, "q.director")
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ == "Q" {
                #expect(
                    try await `Nobody sees what they must not`.doors(world, filed.id, username) == [], "\(username)")
            }
            try await world.act("sign", filed.id, "c.registrar")
            let above = try #require(try await world.view(filed.id, "c.director"))
            #expect(above.letter?.reported.first?.name == "闻人远")
            #expect(above.limits.filter { $0.runningDue != nil }.map(\.rule.name) == ["distribution"])
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `of a named reporter, too, nothing stays once the custodian passed the identity on`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]),
                    reporter: Reporter(name: "钱有粮", phone: "19900001207")))
            try await world.act("register", filed.id, "q.registrar")
            try await world.amend(
                filed.id, by: "q.director",
                reported: ReportedParty(kind: .person, name: "闻人远", management: .municipal))
            try await world.act("send-up", filed.id, "q.director")
            try await world.act("pass-identity", filed.id, "q.custodian")
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ == "Q" {
                #expect(
                    try await `Nobody sees what they must not`.doors(world, filed.id, username) == [], "\(username)")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is ours and goes up by an approved proposal keeps its number and leaves no tombstone`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.judge(filed.id, at: "q", way: "send-up")
            try await world.act("send-up", filed.id, "q.director")
            #expect(try await world.casefile.tombstones(for: try world["q.director"]) == [])
            let numbers: Int? = try await world.casefile.database.read { tx in
                try tx.scalar("SELECT COUNT(*) AS n FROM custody WHERE number IS NOT NULL")
            }
            #expect(numbers == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `before anything is typed only the tombstone is left, due in five working days, and the superior marks it`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            // Thursday; the fifth working day after it is the next Thursday.
            world.clock.set(try #require(Instant(rfc3339: "2026-03-05T09:30:00+08:00")))
            try await world.casefile.handUp(by: try world["q.registrar"], level: .municipal)
            let mine = try #require(try await world.casefile.tombstones(for: try world["q.registrar"]).first)
            #expect(mine.isMine && !mine.mayMark && mine.arrived == nil && mine.due == Day("2026-03-12"))
            for username in [
                "q.director", "q.triage", "q.principal", "c.deputy", "c.handler", "p.director", "r.director",
            ] {
                #expect(try await world.casefile.tombstones(for: try world[username]) == [], "\(username)")
                await #expect(throws: CasefileError.notFound) {
                    try await world.casefile.markArrived(mine.id, by: try world[username])
                }
            }
            await #expect(throws: CasefileError.notFound) {
                try await world.casefile.markArrived(mine.id, by: try world["q.registrar"])
            }
            let theirs = try #require(try await world.casefile.tombstones(for: try world["c.registrar"]).first)
            #expect(theirs.mayMark && !theirs.isMine)
            try await world.casefile.markArrived(mine.id, by: try world["c.triage"])
            let after = try #require(try await world.casefile.tombstones(for: try world["q.registrar"]).first)
            #expect(after.arrived == Day("2026-03-05"))
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.handUp(by: try world["q.handler"], level: .municipal)
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `scans that came before the form are gone with a matter that is not ours`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let reception = try world.casefile.files.receive(name: "来信.txt")
            try reception.append(Array("闻人远".utf8))
            let scan = try reception.finish()
            let filing = Filing(
                organ: nil, letter: SmallWorld.letter([Self.higher]), channel: .letter, files: [scan])
            await #expect(throws: CasefileError.handUp) {
                _ = try await world.casefile.register(filing, by: try world["q.registrar"])
            }
            #expect(throws: (any Error).self) { _ = try world.casefile.files.reader(scan) }
            for table in ["report", "event", "organ_counter", "file", "sealed", "key_wrap", "custody"] {
                let rows: Int? = try await world.casefile.database.read { tx in
                    try tx.scalar(SQL(raw: "SELECT COUNT(*) AS n FROM \(table)"))
                }
                #expect(rows == 0, "\(table)")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a level that nobody knows is never handed down nor split off, whoever tries`(_ engine: Engine) async throws {
        try await withWorld(engine, workflow: SplitRules.workflow()) { world in
            let someone = ReportedParty(kind: .person, name: "不详", unit: "前湾村", management: .unknown)
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q",
                    letter: SmallWorld.letter([someone, `A part about a lower person is split off`.villager])))
            try await world.act("register", filed.id, "q.director")
            try await world.act(
                "classify", filed.id, "q.director", ["category": .text("discipline-breach"), "problem": .text("mass")])
            let view = try #require(try await world.view(filed.id, "q.director"))
            let propose = try #require(view.acts.first { $0.rule.name == "propose" })
            #expect(propose.choices["lower-organs"]?.isEmpty == true)
            #expect(propose.choices["ways"]?.contains { ["forward", "assign"].contains($0.value) } == false)
            await #expect(throws: (any Error).self) {
                try await world.act(
                    "propose", filed.id, "q.director",
                    ["way": .text("forward"), "organ": try world.organ("T"), "opinion": .text("转送")])
            }
            #expect(
                !Jurisdiction.mayReceivePart(
                    try #require(world.organs["T"]), part: [someone], of: [someone], in: view.world))
        }
    }
}
