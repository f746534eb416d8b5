import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// I-1, I-2, I-3 and I-7 against those who search: what they must not see they do not find, count or hold a token of.
@Suite struct `Searching finds nothing that one must not see` {
    /// What somebody finds or is told of by each kind of search.
    private func traces(_ world: SmallWorld, _ username: String, _ name: String, _ unit: String, _ number: String)
        async throws -> [String]
    {
        var traces: [String] = []
        for (kind, words) in [
            (SearchKind.name, name), (.unit, unit), (.number, number), (.text, name), (.text, "补偿款"),
        ] {
            let run = try await world.casefile.searched(
                SearchQuery(kind, words, messages: true), for: try world[username])
            let now = run.now
            if !now.found.isEmpty || now.of > 0 {
                traces.append("\(username) \(kind): \(now.found.count) of \(now.of)")
            }
        }
        return traces
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an organ whose own leader is reported finds nothing, although those above searched`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let leader = ReportedParty(
                kind: .person, name: "书记Q", unit: "清棠县纪委监委", position: "书记", management: .county, principal: true)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([leader])))
            try await world.act("register", filed.id, "c.registrar")
            #expect(try await world.found(.name, "书记Q", "c.director") == [filed.id])
            let number = try #require(try await world.view(filed.id, "c.director")?.number)
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ != "C" {
                #expect(try await traces(world, username, "书记Q", "清棠县纪委监委", number) == [])
            }
            for o in ["p", "q", "r", "t", "d"] { #expect(try await world.tokens(of: o) == 0, "\(o)") }
            // In the organ itself, too, only those find it who may open it.
            for username in ["c.handler", "c.bystander", "c.custodian", "c.admin", "c.deputy"] {
                #expect(try await traces(world, username, "书记Q", "清棠县纪委监委", number) == [])
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `after the purge of a hand-over no token, quick key or number is left below`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            let number = try #require(try await world.view(filed.id, "q.director")?.number)
            try await world.amend(
                filed.id, by: "q.director",
                reported: ReportedParty(kind: .person, name: "闻人远", unit: "望市水务局", management: .municipal))
            for username in ["q.director", "q.registrar", "q.triage"] {
                _ = try await traces(world, username, "闻人远", "望市水务局", number)
            }
            #expect(try await world.tokens(of: "q") > 0)
            try await world.act("send-up", filed.id, "q.director")
            #expect(try await world.found(.name, "闻人远", "c.director") == [filed.id])
            for (username, _, organ, _, _) in SmallWorld.staffRows where organ != "C" {
                #expect(try await traces(world, username, "闻人远", "望市水务局", number) == [])
            }
            for o in ["p", "q", "r", "t", "d"] { #expect(try await world.tokens(of: o) == 0, "\(o)") }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever steps back finds it no more; the office's tokens go and the others' come`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            #expect(try await world.found(.name, "汪启恒", "q.triage") == [filed.id])
            try await world.act("recuse", filed.id, "q.triage", ["reason": .text("亲属")])
            #expect(try await traces(world, "q.triage", "汪启恒", "棠漪镇人民政府", "Q-2026-00001") == [])
            #expect(try await world.tokens(of: "q") == 0)
            #expect(try await world.found(.name, "汪启恒", "q.registrar") == [filed.id])
            let holders = try await world.casefile.database.read { tx in
                try tx.rows("SELECT DISTINCT recipient FROM search_token").map { try $0.get(at: 0, as: String.self) }
            }
            #expect(holders == ["staff:\(try world["q.registrar"].staff)"])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `somebody who declares a kinsman that an old report names does not find it`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            // q.handler's brother: barred from the filing on.
            let brother = ReportedParty(kind: .person, name: "钱小亲", unit: "前湾村", management: .county)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([brother])))
            #expect(try await world.found(.name, "钱小亲", "q.director") == [filed.id])
            #expect(try await traces(world, "q.handler", "钱小亲", "前湾村", "Q-2026-00001") == [])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a new key of the office leaves nothing for searching under the old one`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            let (director, office) = (try world["q.director"], try #require(world.offices["Q.letters"]?.id))
            #expect(try await world.found(.name, "汪启恒", "q.director") == [filed.id])
            let stored: SQL = "SELECT quick FROM key_wrap WHERE quick IS NOT NULL"
            let old = try await world.casefile.database.read {
                try $0.rows(stored).map { try $0.get(at: 0, as: [UInt8].self) }
            }
            #expect(old.count == 1)
            try await world.casefile.renewKey(of: office, by: director)
            _ = try await world.casefile.reseal(office, by: director, atMost: 100)
            #expect(try await world.tokens(of: "q") == 0)
            #expect(try await world.casefile.database.read { try $0.rows(stored).isEmpty })
            for _ in 1...2 { #expect(try await world.found(.name, "汪启恒", "q.director") == [filed.id]) }
            #expect(try await world.tokens(of: "q") > 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what is stored serves only who holds the recipient's key, and equal names of two organs look different`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            for organ in ["Q", "R"] {
                let filed = try await world.casefile.file(
                    Filing(organ: organ, letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
                let director = "\(organ.lowercased()).director"
                #expect(try await world.found(.name, "汪启恒", director) == [filed.id])
            }
            let (wraps, tokens) = try await world.casefile.database.read { tx in
                (
                    try tx.rows("SELECT key_id, recipient, generation, quick FROM key_wrap WHERE quick IS NOT NULL"),
                    try tx.rows("SELECT token FROM search_token").map { try $0.get(at: 0, as: [UInt8].self) }
                )
            }
            #expect(wraps.count == 2 && tokens.count == Set(tokens).count && tokens.count >= 4)
            // With the keys folder and any key but the right one.
            let keys = try SearchKeys(
                PrivateKey.generate(), recipient: try wraps[0].get("recipient"), generation: 1,
                index: world.casefile.keys.index)
            for row in wraps {
                let (id, quick): (SealingKeyID, [UInt8]) = (try row.get("key_id"), try row.get("quick"))
                #expect(throws: SealingError.tampered) { _ = try keys.open(quick, id: id) }
            }
            for name in ["汪启恒"] { #expect(!tokens.contains(keys.token("n", name))) }
            // A wrap made anew has neither.
            try await world.casefile.database.write { tx in
                try tx.run("DELETE FROM key_wrap WHERE quick IS NOT NULL")
                let left: Int? = try tx.scalar("SELECT COUNT(*) AS n FROM search_token")
                #expect(left == 0)
            }
        }
    }
}
