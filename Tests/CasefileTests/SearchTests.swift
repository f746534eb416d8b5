import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

extension SmallWorld {
    func found(_ kind: SearchKind, _ words: String, _ username: String, messages: Bool = false) async throws
        -> [ReportID]
    {
        let run = try await casefile.searched(SearchQuery(kind, words, messages: messages), for: try self[username])
        #expect(run.now.phase == .done)
        return run.now.found
    }

    /// Tokens that stand at wraps of an organ's offices and people.
    func tokens(of o: String) async throws -> Int {
        let mine =
            offices.filter { $0.key.hasPrefix(o.uppercased() + ".") }.map { "office:\($0.value.id)" }
            + people.filter { $0.key.hasPrefix(o + ".") }.map { "staff:\($0.value.staff)" }
        return try await casefile.database.read { tx in
            try tx.scalar("SELECT COUNT(*) AS n FROM search_token WHERE recipient IN \(list: mine)") ?? 0
        }
    }
}

@Suite struct `Searching` {
    static let known = ReportedParty(
        kind: .person, name: "張　三書記", unit: "棠漪鎮人民政府", unitCode: "91350100M000100Y43", management: .county)

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever may open a report finds it by name, unit, number and words, in any spelling`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([Self.known])))
            let other = ReportedParty(kind: .person, name: "汪启恒", unit: "前湾村民委员会", management: .county)
            _ = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: SmallWorld.letter([other], title: "低保", content: "另一件事，与前件无关。")))
            try await world.act("register", filed.id, "q.registrar")
            try await world.casefile.message("补充：账本在会计家里。", from: world.holder(filed))
            let number = try #require(try await world.view(filed.id, "q.director")?.number)
            let wide = String(number.map(Self.wide))
            // The second time everything is found by what the first has written.
            for _ in 1...2 {
                for (kind, words) in [
                    (SearchKind.name, "张三"), (.name, "张 三 同志"), (.name, "張三書記"), (.unit, "棠漪镇人民政府"),
                    (.unit, "91350100m000100y43"), (.number, number), (.number, wide),
                    (.number, number.replacing("-", with: "　")), (.text, "補償 截留"), (.text, "修路补偿款"), (.text, "张三"),
                ] {
                    #expect(try await world.found(kind, words, "q.director") == [filed.id], "\(kind) \(words)")
                }
                for (kind, words) in [
                    (SearchKind.name, "张"), (.name, "汪启"), (.unit, "棠漪"), (.number, "1"), (.text, "账本"),
                    (.text, "截留 无关"), (.text, "reported"),
                ] where words.count > 1 {
                    #expect(try await world.found(kind, words, "q.director") == [], "\(kind) \(words)")
                }
                #expect(try await world.found(.text, "账本 补偿款", "q.director", messages: true) == [filed.id])
            }
            let again = try await world.casefile.searched(SearchQuery(.name, "张三"), for: try world["q.director"])
            #expect(again.now.of == 0, "a second exact search opens no letter")
            #expect(try await world.tokens(of: "q") > 0)
        }
    }

    private static func wide(_ digit: Character) -> Character {
        digit.wholeNumberValue.flatMap { UnicodeScalar(0xFF10 + UInt32($0)) }.map(Character.init) ?? digit
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is found and counted is what can be opened, for everybody and at every stage`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            var reports: [ReportID] = []
            func file(_ party: ReportedParty = SmallWorld.clerkOfTheTown) async throws -> ReportID {
                reports.append(
                    try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([party]))).id)
                return try #require(reports.last)
            }
            _ = try await file()
            try await world.judge(try await file(), at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            let handled = try await file()
            try await world.judge(handled, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.handle(handled, at: "q")
            let villager = ReportedParty(kind: .person, name: "苗得水", unit: "前湾村", management: .township)
            let below = try await file(villager)
            try await world.judge(below, at: "q", way: "forward", ["organ": try world.organ("T")])
            try await world.act("forward", below, "q.registrar")
            let up = try await file()
            try await world.judge(up, at: "q", way: "send-up")
            try await world.act("send-up", up, "q.director")
            _ = try await file(ReportedParty(kind: .person, name: "某人", unit: "某局", management: .unknown))
            let recused = try await file()
            try await world.act("register", recused, "q.registrar")
            try await world.act("recuse", recused, "q.triage", ["reason": .text("亲属")])
            for (username, _, _, _, _) in SmallWorld.staffRows {
                var open: Set<ReportID> = []
                for id in reports where try await world.view(id, username)?.letter != nil { open.insert(id) }
                let run = try await world.casefile.searched(
                    SearchQuery(.text, "前湾"), for: try world[username])
                #expect(Set(run.now.found) == open, "\(username)")
                #expect(run.now.of == open.count, "\(username) is told of reports that do not exist for them")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `after a correction the old name finds nothing, the new one does, and the token of the old is gone`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([Self.known])))
            try await world.act("register", filed.id, "q.registrar")
            #expect(try await world.found(.name, "张三", "q.director") == [filed.id])
            try await world.amend(
                filed.id, by: "q.director",
                reported: ReportedParty(kind: .person, name: "汪启恒", unit: "棠漪镇人民政府", management: .county))
            #expect(try await world.tokens(of: "q") == 0)
            #expect(try await world.found(.name, "张三", "q.director") == [])
            #expect(try await world.found(.name, "汪启恒", "q.director") == [filed.id])
            #expect(try await world.found(.name, "张三", "q.director") == [])
            #expect(try await world.found(.text, "张三", "q.director") == [])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `words that say nothing are refused, and every search is an event without its words`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            for (kind, words, reason) in [
                (SearchKind.text, "  ", "required"), (.text, "的", "tooShort"), (.name, "。。", "tooShort"),
                (.text, String(repeating: "长", count: 101), "tooLong"), (.text, "a\0b", "text"),
                (.text, "一 二 三 四 五 六 七 八 九九", "tooMany"),
            ] {
                await #expect(throws: CasefileError.invalid([FieldFault("words", reason)]), "\(words)") {
                    _ = try await world.casefile.searched(SearchQuery(kind, words), for: try world["q.director"])
                }
            }
            _ = try await world.found(.name, "张三", "q.director")
            _ = try await world.found(.name, "張三", "c.director")
            _ = try await world.found(.unit, "张三", "q.director")
            let rows = try await world.casefile.database.read { tx in
                try tx.rows("SELECT kind, words, staff_id FROM search_event")
            }
            let names = try rows.filter { try $0.get("kind", as: String.self) == "name" }
            #expect(rows.count == 3 && names.count == 2)
            #expect(Set(try names.map { try $0.get("words", as: [UInt8].self) }).count == 1, "the same words are told")
            #expect(Set(try rows.map { try $0.get("words", as: [UInt8].self) }).count == 2)
            let searchers = Set(try names.map { try $0.get("staff_id", as: StaffID.self) })
            #expect(searchers == [try world["q.director"].staff, try world["c.director"].staff])
        }
    }

    @Test func `a session's search ends with the session, and another session does not see it`() async throws {
        try await withWorld(.sqlite) { world in
            for _ in 1...3 {
                _ = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([Self.known])))
            }
            let viewer = try world["q.director"]
            let (mine, other) = (SessionToken.random(), SessionToken.random())
            func begin() async throws {
                try await world.casefile.beginSearch(SearchQuery(.text, "张三"), for: viewer, in: mine)
                while try world.casefile.search(in: mine)?.phase.isOver == false { await Task.yield() }
            }
            // Nobody is signed in under this token: nothing is opened.
            try await begin()
            #expect(try world.casefile.search(in: mine)?.phase == .stopped)
            #expect(try world.casefile.search(in: mine)?.found == [])
            let now = world.casefile.clock.now()
            try await world.casefile.database.write { tx in
                try tx.run(
                    """
                    INSERT INTO session (token_hash, staff_id, sealed_key, created_at, seen_at)
                    VALUES (\(mine.hash), \(viewer.staff), \([UInt8(0)]), \(now), \(now))
                    """)
            }
            try await begin()
            let view = try #require(try world.casefile.search(in: mine))
            #expect(view.phase == .done && view.found.count == 3 && view.query.words == "张三" && !view.more)
            #expect(try await world.casefile.found(view.found, for: viewer).map(\.title).count == 3)
            #expect(try await world.casefile.found(view.found, for: try world["r.director"]).isEmpty)
            #expect(try world.casefile.search(in: other) == nil)
            try await world.casefile.signOut(mine)
            #expect(try world.casefile.search(in: mine) == nil)
        }
    }
}
