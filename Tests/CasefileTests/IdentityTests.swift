import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

/// Who the reporter is opens to one person, by two, for a time, and the reporter hears of it.
@Suite struct `The identity of a reporter` {
    private static let someone = Reporter(
        name: "钱有粮", phone: "19900001207", safeContact: "晚上七点以后打，就说是图书馆的")

    private func withHandled(
        _ engine: Engine, _ body: (SmallWorld, ReportID, ReceiptHolder) async throws -> Void
    ) async throws {
        try await withWorld(engine) { world in
            let receipt = Receipt.generate()
            let id = try await world.judged(reporter: Self.someone, receipt: receipt)
            try await world.allocated(id)
            try await body(world, id, ReceiptHolder(receipt, pepper: world.casefile.keys.pepper))
            _ = try await world.casefile.verify()
        }
    }

    private func look(_ world: SmallWorld, _ id: ReportID, _ username: String) async throws -> Reporter {
        try await world.casefile.lookAtIdentity(of: id, by: try world[username])
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `one custodian alone opens nothing, and two open it for a time`(_ engine: Engine) async throws {
        try await withHandled(engine) { world, id, reporter in
            #expect(
                try await world.offers(id, "q.custodian").contains("verify-identity"), "a wrong result is corrected")
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.custodian") }
            try await world.act(
                "open-identity", id, "q.custodian",
                ["ground": .text("contact"), "window": .text("4"), "reason": .text("电话核实")])
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.custodian") }
            #expect(try await world.offered("decide", on: id) == ["q.registrar"], "nobody agrees with themselves")
            #expect(try await world.waits(id, for: "q.registrar"))
            #expect(try await world.casefile.receipt(reporter).openings.isEmpty)
            try await world.decide(id, "q.registrar")

            let view = try #require(try await world.view(id, "q.custodian"))
            #expect(view.reporter?.phone == "＊＊＊1207", "masked all the same")
            #expect(try await look(world, id, "q.custodian").phone == "19900001207")
            #expect(try await look(world, id, "q.custodian").safeContact.contains("图书馆"))
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.registrar") }
            let story = try #require(try await world.view(id, "q.director")).story
            #expect(story.filter { $0.act == "look-identity" }.count == 2, "each look is an event")
            let told = try await world.casefile.receipt(reporter).openings
            #expect(told.map(\.ground) == ["contact"] && told.map(\.window) == ["4"])

            world.clock.advance(seconds: 4 * 3600 + 1)
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.custodian") }
            #expect(try await world.view(id, "q.custodian")?.opening == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who agrees sees neither letter nor papers for it, and a no opens nothing`(_ engine: Engine) async throws {
        try await withHandled(engine) { world, id, _ in
            try await world.act(
                "open-identity", id, "q.registrar",
                ["ground": .text("verify"), "window": .text("1"), "reason": .text("核实")])
            let second = try #require(try await world.view(id, "q.custodian"))
            #expect(second.letter == nil && !second.reach.papers && second.files.isEmpty)
            #expect(try await world.keys(id, "q.custodian", papers: true) == 2, "the identity's, as before, and why")
            #expect(second.requests.map(\.why) == ["核实"])
            try await world.decide(id, "q.custodian", agreed: false)
            #expect(try await world.keys(id, "q.custodian", papers: true) == 1)
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.registrar") }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `with no other custodian there, the first leader is the second person`(_ engine: Engine) async throws {
        try await withHandled(engine) { world, id, _ in
            let away = try world["q.registrar"]
            let day = world.clock.clock.now().day
            try await world.casefile.declareAway(
                away.staff, term: Term(first: day, last: day.adding(days: 5)), by: away)
            let before = try await world.keys(id, "q.principal", papers: true)
            try await world.act(
                "open-identity", id, "q.custodian",
                ["ground": .text("protect"), "window": .text("24"), "reason": .text("受到威胁")])
            #expect(try await world.offered("decide", on: id) == ["q.principal"])
            // The first leader gets no key of the report, and reads why it is to be opened and nothing else.
            let leader = try #require(try await world.view(id, "q.principal"))
            #expect(leader.letter == nil && leader.requests.map(\.why) == ["受到威胁"])
            #expect(try await world.keys(id, "q.principal", papers: true) == before + 1)
            let deputy = try await world.view(id, "q.deputy")
            #expect(deputy?.requests.compactMap(\.why) ?? [] == [])
            try await world.decide(id, "q.principal")
            #expect(try await world.keys(id, "q.principal", papers: true) == before)
            #expect(try await look(world, id, "q.custodian").name == "钱有粮")
            await #expect(throws: CasefileError.notFound) { _ = try await look(world, id, "q.principal") }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what the first leader agreed to open to a handler is handed over by the custodian, for as long as agreed`(
        _ engine: Engine
    ) async throws {
        try await withHandled(engine) { world, id, _ in
            let away = try world["q.registrar"]
            let day = world.clock.clock.now().day
            try await world.casefile.declareAway(
                away.staff, term: Term(first: day, last: day.adding(days: 5)), by: away)
            try await world.open(id, by: "q.custodian", and: "q.principal", to: "q.handler", hours: "1")
            // The leader holds no key of it, so that nobody could seal it for the handler yet.
            #expect(try await handed(world) == 0)
            #expect(try await world.view(id, "q.handler")?.opening?.isHanded == false)
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.handler") }
            for other in ["q.principal", "q.director", "c.custodian"] {
                _ = try await world.casefile.inbox(InboxQuery(), for: world[other], titles: true)
            }
            #expect(try await handed(world) == 0)
            _ = try await world.casefile.inbox(InboxQuery(), for: world["q.custodian"], titles: true)
            #expect(try await handed(world) == 1)
            #expect(try await world.view(id, "q.handler")?.opening?.isHanded == true)
            #expect(try await look(world, id, "q.handler").name == "钱有粮")
            let story = try #require(try await world.view(id, "q.custodian")).story.map(\.act)
            #expect(story.filter { $0 == "hand-identity" }.count == 1, "once, and on record")

            world.clock.advance(seconds: 3601)
            try await world.casefile.endIdentityOpenings()
            #expect(try await handed(world) == 0)
            try await world.open(id, by: "q.custodian", and: "q.principal", to: "q.handler", hours: "1")
            world.clock.advance(seconds: 3601)
            _ = try await world.casefile.inbox(InboxQuery(), for: world["q.custodian"], titles: true)
            #expect(try await handed(world) == 0, "nothing is handed over when its time is over")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `what custodians asked lapses when they pass the identity on`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let filed = try await world.casefile.file(
                Filing(
                    organ: "C", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]), reporter: Self.someone,
                    channel: .web))
            try await world.act("register", filed.id, "c.registrar")
            try await world.act(
                "classify", filed.id, "c.triage", ["category": .text("discipline-breach"), "problem": .text("mass")])
            let county = try #require(world.organs["Q"]).id.description
            try await world.act(
                "propose", filed.id, "c.triage",
                ["way": .text("forward"), "organ": .text(county), "opinion": .text("转送")])
            try await world.act("approve", filed.id, "c.deputy")
            try await world.act("forward", filed.id, "c.triage")
            try await world.act(
                "open-identity", filed.id, "c.custodian",
                ["ground": .text("verify"), "window": .text("1"), "reason": .text("核实")])
            #expect(try await world.waits(filed.id, for: "c.registrar"))
            try await world.act("pass-identity", filed.id, "c.custodian")
            for person in ["c.custodian", "c.registrar"] {
                #expect(try await !world.waits(filed.id, for: person), "nothing is listed that does not open")
            }
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a named handler may be told, and no longer than agreed or than it is their case`(_ engine: Engine)
        async throws
    {
        try await withHandled(engine) { world, id, _ in
            for outsider in ["q.bystander", "q.principal", "r.handler"] {
                await #expect(throws: CasefileError.invalid([FieldFault("reader", "choice")])) {
                    try await world.open(id, by: "q.custodian", and: "q.registrar", to: outsider)
                }
            }
            try await world.open(id, by: "q.custodian", and: "q.registrar", to: "q.handler", hours: "1")
            #expect(try await look(world, id, "q.handler").phone == "19900001207")
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.custodian") }
            world.clock.advance(seconds: 3601)
            await #expect(throws: CasefileError.notYourAct) { _ = try await look(world, id, "q.handler") }
            try await world.casefile.endIdentityOpenings()
            #expect(try await handed(world) == 0, "what was handed over is destroyed")

            try await world.open(id, by: "q.custodian", and: "q.registrar", to: "q.handler", hours: "72")
            #expect(try await handed(world) == 1)
            let other = try world["q.bystander"].staff.description
            try await world.act("allocate", id, "q.inspector", ["handlers": .list([other])])
            #expect(try await handed(world) == 0, "the case is somebody else's now")
            await #expect(throws: CasefileError.notFound) { _ = try await look(world, id, "q.handler") }

            try await world.open(id, by: "q.custodian", and: "q.registrar", to: "q.bystander", hours: "72")
            try await world.act("recuse", id, "q.bystander", ["reason": .text("同村")])
            #expect(try await handed(world) == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `custodians alone find a report by its reporter, each search on record, and only what they keep`(
        _ engine: Engine
    ) async throws {
        try await withHandled(engine) { world, id, _ in
            func search(_ who: String, _ kind: IdentityKind, _ value: String) async throws -> [ReportID] {
                try await world.casefile.searchReporters(kind, value, ground: "repeat", by: try world[who]).map(\.id)
            }
            #expect(try await search("q.custodian", .name, "　錢 有粮") == [id])
            #expect(try await search("q.custodian", .phone, "+86 １９９-0000-1207") == [id])
            #expect(try await search("q.custodian", .name, "钱有") == [], "no guessing by parts")
            #expect(try await search("r.custodian", .name, "钱有粮") == [], "another organ keeps nothing of it")
            for other in ["q.director", "q.principal", "q.handler", "q.admin"] {
                await #expect(throws: CasefileError.notYourAct) { _ = try await search(other, .name, "钱有粮") }
            }
            await #expect(throws: CasefileError.invalid([FieldFault("ground", "choice")])) {
                _ = try await world.casefile.searchReporters(
                    .name, "钱有粮", ground: "curious", by: try world["q.custodian"])
            }
            let found = try await world.casefile.searchReporters(
                .name, "钱有粮", ground: "repeat", by: try world["q.custodian"])
            #expect(found.first?.reporter.phone == "＊＊＊1207", "masked")
            let searches = try await world.casefile.database.read { tx in
                try tx.rows("SELECT hits FROM identity_search ORDER BY hits").map { try $0.get("hits", as: Int.self) }
            }
            #expect(searches == [0, 0, 1, 1, 1], "each one that was made")

            let other = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]), reporter: Self.someone))
            #expect(try await search("q.custodian", .phone, "19900001207").count == 2)
            let keeper = try world["q.custodian"].staff
            try await world.casefile.database.write { tx in
                try tx.run("INSERT INTO bar (report_id, staff_id, reason) VALUES (\(id), \(keeper), 'kin')")
            }
            #expect(
                try await search("q.custodian", .phone, "19900001207") == [other.id], "stood aside: it is not there")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a custodian corrects a number that was typed wrong, sees none for it, and nobody else sees any`(
        _ engine: Engine
    ) async throws {
        try await withHandled(engine) { world, id, reporter in
            #expect(try await world.offers(id, "q.handler").contains("amend-identity") == false)
            await #expect(throws: CasefileError.invalid([FieldFault("name", "required")])) {
                try await world.act("amend-identity", id, "q.custodian", ["reason": .text("没有改动")])
            }
            await #expect(throws: CasefileError.invalid([FieldFault("phone", "phone")])) {
                try await world.act(
                    "amend-identity", id, "q.custodian", ["phone": .text("一九九"), "reason": .text("又打错")])
            }
            try await world.act(
                "amend-identity", id, "q.custodian",
                ["phone": .text("19900001299"), "address": .text("柳湾村三组"), "reason": .text("来人核对")])
            let shown = try #require(try await world.view(id, "q.custodian")?.reporter)
            #expect(shown.phone == "＊＊＊1299" && shown.name != Self.someone.name, "masked as before")
            for username in ["q.director", "q.handler", "q.custodian"] {
                let words = try await world.words(id, username)
                #expect(!words.contains { $0.contains("1299") || $0.contains("柳湾村三组") })
                #expect(words.contains("来人核对") == (username == "q.custodian"))
            }
            func search(_ value: String) async throws -> [ReportID] {
                try await world.casefile.searchReporters(
                    .phone, value, ground: "repeat", by: try world["q.custodian"]
                ).map(\.id)
            }
            #expect(try await search("19900001299") == [id])
            #expect(try await search("19900001207") == [], "the wrong number finds nobody any more")
            try await world.act(
                "open-identity", id, "q.custodian",
                ["ground": .text("contact"), "window": .text("4"), "reason": .text("电话核实")])
            try await world.decide(id, "q.registrar")
            let opened = try await look(world, id, "q.custodian")
            #expect(opened.phone == "19900001299" && opened.safeContact == Self.someone.safeContact, "the rest stays")
            #expect(try await world.view(id, "q.director")?.standing.realName == "real-name")
            try await world.act(
                "amend-identity", id, "q.custodian", ["name": .text("钱友良"), "reason": .text("姓名写错")])
            #expect(try await world.waits(id, for: "q.custodian"), "another name is verified anew")
        }
    }

    private func handed(_ world: SmallWorld) async throws -> Int {
        try await world.casefile.database.read { tx in
            try tx.scalar("SELECT COUNT(*) AS n FROM identity_opening WHERE envelope IS NOT NULL") ?? 0
        }
    }
}
