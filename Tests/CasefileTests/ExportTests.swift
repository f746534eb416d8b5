import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

extension SmallWorld {
    /// Exports a report as its letter's text, and the number under which it left.
    func export(_ id: ReportID, by username: String, _ parts: Set<ExportPart> = [.letter]) async throws -> ExportID {
        try await casefile.export(
            ExportOrder(way: .export, parts: parts, ground: "meeting"), of: id, by: try self[username]
        ) { view, head in Array("\(head.number) \(view.letter?.content ?? "")".utf8) }
    }

    func fetched(_ export: ExportID, _ username: String) async throws -> String? {
        do {
            return String(decoding: try await casefile.fetch(export, by: try self[username]).bytes, as: UTF8.self)
        } catch CasefileError.notFound {
            return nil
        }
    }

    fileprivate func sealedExports() async throws -> Int {
        try await casefile.database.read { tx in
            try tx.scalar("SELECT COUNT(*) AS n FROM export WHERE wrap IS NOT NULL OR envelope IS NOT NULL") ?? 0
        }
    }
}

@Suite struct `Prints and exports` {
    @Test(arguments: TestDatabase.availableEngines)
    func `an export is fetched by its maker alone, counted, told in the story, and destroyed after a day`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            let number = try #require(try await world.view(filed.id, "q.director")?.number)
            let export = try await world.export(filed.id, by: "q.registrar")
            #expect(try await world.fetched(export, "q.registrar") == "\(number)-E1 三组的修路补偿款三年没有发下来。")
            #expect(try await world.fetched(export, "q.registrar") != nil)
            #expect(try await world.fetched(export, "q.director") == nil, "a colleague who reads the same report")
            #expect(try await world.casefile.exports(of: try world["q.registrar"]).map(\.downloads) == [2])
            #expect(try await world.casefile.exports(of: try world["q.director"]).isEmpty)
            let story = try #require(try await world.view(filed.id, "q.triage")?.story.last)
            let clerk = try world["q.registrar"].staff
            #expect(story.act == "export" && story.staff == clerk)
            #expect(story.codes["export-number"] == "\(number)-E1")
            _ = try await world.export(filed.id, by: "q.director")
            #expect(try await world.casefile.exportCounts(for: try world["q.director"]).map(\.reports) == [1, 1])
            #expect(try await world.casefile.exportCounts(for: try world["q.inspector"]).isEmpty)
            let bytes = try await world.casefile.database.read { tx in
                try tx.rows("SELECT wrap, envelope FROM export").map {
                    (try $0.get("wrap", as: [UInt8].self)) + (try $0.get("envelope", as: [UInt8].self))
                }
            }
            let word = Array("补偿款".utf8)
            #expect(
                bytes.count == 2
                    && bytes.allSatisfy { Data($0).range(of: Data(word)) == nil }, "no word lies in the open")
            world.clock.advance(seconds: 86_399)
            #expect(try await world.fetched(export, "q.registrar") != nil)
            world.clock.advance(seconds: 1)
            #expect(try await world.fetched(export, "q.registrar") == nil)
            try await world.casefile.endExports()
            #expect(try await world.sealedExports() == 0, "key and bytes are gone")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who may not read may not export, and an export makes nobody a reader`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]),
                    reporter: Reporter(name: "王小麦", phone: "13800138000")))
            try await world.act("register", filed.id, "q.registrar")
            await #expect(throws: CasefileError.notYourAct, "the custodian sees the outline alone") {
                _ = try await world.export(filed.id, by: "q.custodian")
            }
            for username in world.people.keys.sorted() where try await world.view(filed.id, username) == nil {
                await #expect(throws: CasefileError.notFound, "\(username)") {
                    _ = try await world.export(filed.id, by: username)
                }
            }
            await #expect(throws: CasefileError.invalid([FieldFault("ground", "choice")])) {
                _ = try await world.casefile.export(
                    ExportOrder(way: .print, parts: [.letter], ground: "because"), of: filed.id,
                    by: try world["q.director"]
                ) { _, _ in [] }
            }
            // A custodian who also works at the desk: the reporter is handed to nothing that is drawn.
            _ = try await world.casefile.export(
                ExportOrder(way: .print, parts: [.letter], ground: "file"), of: filed.id,
                by: try world["q.registrar"]
            ) { view, _ in
                #expect(view.reporter == nil)
                return [1]
            }
            try await world.act(
                "classify", filed.id, "q.triage",
                ["category": .text("discipline-breach"), "problem": .text("mass"), "opinion": .text("有具体线索")])
            try await world.act(
                "propose", filed.id, "q.triage",
                ["way": .text("refer"), "opinion": .text("建议"), "office": try world.office("Q.inspection")])
            let leaders = try await world.export(filed.id, by: "q.principal")
            #expect(try await world.fetched(leaders, "q.principal") != nil)
            try await world.act("approve", filed.id, "q.deputy", ["opinion": .text("同意")])
            #expect(try await world.view(filed.id, "q.principal") == nil, "decided by the other, and no participant")
            #expect(try await world.fetched(leaders, "q.principal") == nil, "nor is the export theirs any more")
            #expect(
                try await world.casefile.database.read { tx in
                    try tx.exists("SELECT 1 FROM export WHERE id = \(leaders) AND wrap IS NULL AND envelope IS NULL")
                }, "it was destroyed by that")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what somebody printed and reads no more is in no list of theirs, and no search counts it`(
        _ engine: Engine
    ) async throws {
        typealias Doors = `Nobody sees what they must not`
        try await withWorld(engine) { world in
            let decided = try await world.judged()
            try await world.act(
                "propose", decided, "q.triage", ["way": .text("hand-out"), "opinion": .text("建议")])
            _ = try await world.export(decided, by: "q.principal")
            try await world.act("approve", decided, "q.deputy")
            #expect(try await Doors.doors(world, decided, "q.principal") == [], "the other leader decided")
            try await world.act(
                "hand-out", decided, "q.registrar", ["agency": .text("县住建局"), "text": .text("已转县住建局")])
            try await world.act("outside-result", decided, "q.registrar", ["text": .text("已办结")])
            try await world.act("archive", decided, "q.registrar")
            #expect(try await Doors.doors(world, decided, "q.principal") == [], "archived")
            #expect(try await Doors.doors(world, decided, "q.deputy") != [], "who decided goes on reading")
            let newcomer = try world["q.bystander"].staff
            let desk = try world.id("Q.letters")
            try await world.casefile.join(newcomer, office: desk, role: .triage)
            try await world.casefile.admit(newcomer, to: desk, by: try world["q.director"])
            let villager = ReportedParty(kind: .person, name: "苗得水", unit: "前湾村", management: .township)
            let below = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([villager])))
            _ = try await world.export(below.id, by: "q.bystander")
            try await world.judge(below.id, at: "q", way: "forward", ["organ": try world.organ("T")])
            try await world.act("forward", below.id, "q.registrar")
            for person in ["q.bystander", "q.principal"] {
                let run = try await world.casefile.searched(SearchQuery(.text, "补偿款"), for: try world[person])
                #expect(run.now.of == 0, "\(person) is told of reports that do not exist for them")
            }
            #expect(try await Doors.doors(world, below.id, "q.bystander") == [], "handed down by colleagues")
            #expect(try await world.found(.text, "补偿款", "q.triage").contains(below.id), "who took part follows it")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who exported, and under which number, is told at their own organ and at no other`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.assigned()
            let above = try world["c.director"].staff
            let here = try world["q.director"].staff
            func exports(_ username: String) async throws -> [StoryEntry] {
                try #require(try await world.view(id, username)).story.filter { $0.act == "export" }
            }
            _ = try await world.export(id, by: "c.director")
            for reader in ["q.director", "q.registrar", "q.deputy"] {
                #expect(try await exports(reader).isEmpty, "\(reader) is told what the city took along")
            }
            _ = try await world.export(id, by: "q.director")
            for (reader, maker, number) in [
                ("c.director", above, "C-2026-00001-E1"), ("c.registrar", above, "C-2026-00001-E1"),
                ("q.director", here, "Q-2026-00001-E1"), ("q.registrar", here, "Q-2026-00001-E1"),
            ] {
                let told = try await exports(reader)
                let organ = try world[reader].organ
                #expect(told.map(\.staff) == [maker], "\(reader)")
                #expect(told.map { $0.codes["export-number"] } == [number], "\(reader)")
                #expect(told.map(\.organ) == [organ], "\(reader)")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a director is not told how often somebody exported what names the director's kin, found out later`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let villager = ReportedParty(kind: .person, name: "苗得水", unit: "前湾村", management: .county)
            for party in [villager, SmallWorld.clerkOfTheTown] {
                let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([party])))
                try await world.act("register", filed.id, "q.registrar")
                _ = try await world.export(filed.id, by: "q.registrar")
            }
            let director = try world["q.director"]
            #expect(try await world.casefile.exportCounts(for: director).map(\.reports) == [2])
            var record = try #require(try await world.casefile.world().staff[director.staff])
            record.kin = [Kin(name: "苗得水", relation: "弟弟")]
            try await world.casefile.change(staff: record)
            #expect(try await world.casefile.exportCounts(for: director).map(\.reports) == [1], "before any other look")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a list holds what its page holds, and is gone once one report in it is not the maker's any more`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            var filed: [ReportID] = []
            for index in 1...3 {
                let letter = SmallWorld.letter([SmallWorld.clerkOfTheTown], title: "第\(index)件")
                filed.append(try await world.casefile.file(Filing(organ: "Q", letter: letter)).id)
            }
            let director = try world["q.director"]
            func list() async throws -> ExportID {
                try await world.casefile.export(.queue(InboxQuery(tab: .waiting, limit: 1, offset: 2)), by: director) {
                    items, head in Array("\(head.number) \(items.compactMap(\.title).joined(separator: " "))".utf8)
                }
            }
            let first = try await list()
            #expect(try await world.fetched(first, "q.director") == "q.director-L1 第1件 第2件 第3件")
            let gone = try #require(filed.last)
            try await world.casefile.database.write { tx in
                try tx.run(
                    "INSERT INTO bar (report_id, staff_id, reason) VALUES (\(gone), \(director.staff), 'reported')")
            }
            #expect(try await world.fetched(first, "q.director") == nil)
            #expect(try await world.fetched(try await list(), "q.director") == "q.director-L2 第1件 第2件")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a list is gone once its maker keeps the identity alone and reads no letter`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await named(world)
            let clerk = try world["q.registrar"]
            let list = try await world.casefile.export(.queue(InboxQuery(tab: .waiting)), by: clerk) { items, _ in
                Array(items.compactMap(\.title).joined(separator: " ").utf8)
            }
            #expect(try await world.fetched(list, "q.registrar") == "村里的补偿款")
            // Out of the letters office; the place in custody stays.
            try await world.casefile.database.write { tx in
                try tx.run("DELETE FROM membership WHERE staff_id = \(clerk.staff) AND role = 'registrar'")
                try Casefile.touchWorld(tx)
            }
            #expect(try await world.view(id, "q.registrar")?.letter == nil)
            #expect(try await world.view(id, "q.registrar") != nil, "the outline is still theirs")
            #expect(try await world.fetched(list, "q.registrar") == nil)
            #expect(try await world.sealedExports() == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what a custodian says of an identity stays out of every paper`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let id = try await named(world)
            try await world.act("register", id, "q.director")
            try await world.act(
                "open-identity", id, "q.custodian",
                ["ground": .text("contact"), "window": .text("4"), "reason": .text("给王小麦打电话核实")])
            let offer = try #require(
                try await world.view(id, "q.registrar")?.acts.first { $0.rule.name == "decide" })
            let request = try #require(offer.choices["requests"]?.first?.value)
            try await world.act(
                "decide", id, "q.registrar",
                ["request": .text(request), "agreed": .text("yes"), "opinion": .text("可与王小麦联系")])
            let own = try #require(try await world.view(id, "q.registrar"))
            #expect("\(own.story)".contains("王小麦"), "on the page of whoever keeps it, it is there")
            _ = try await world.casefile.export(
                ExportOrder(way: .print, parts: [.letter, .papers], ground: "file"), of: id,
                by: try world["q.registrar"]
            ) { view, _ in
                #expect(!view.story.isEmpty && !"\(view)".contains("王小麦"))
                return [1]
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a new password ends what was exported under the old one`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            _ = try await world.export(try await named(world), by: "q.director")
            try await world.casefile.resetPassword(
                of: try world["q.director"].staff, to: "mingjian-one-time-2026", by: try world["q.admin"])
            #expect(try await world.sealedExports() == 0)
        }
    }

    private func named(_ world: SmallWorld) async throws -> ReportID {
        try await world.casefile.file(
            Filing(
                organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown], title: "村里的补偿款"),
                reporter: Reporter(name: "王小麦", phone: "13800138000"))
        ).id
    }
}
