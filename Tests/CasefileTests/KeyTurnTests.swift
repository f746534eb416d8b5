import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// Somebody copied the keys of a report while they read it, stands aside, and gets hold of the database later.
@Suite struct `Whoever stood aside and kept the keys` {
    private static let reporter = Reporter(kind: .named, name: "钱有粮", phone: "19900001207")
    private static func why(_ reason: String) -> ActInput { ["reason": .text(reason)] }

    /// The keys that somebody opens today, as a thief would copy them.
    private func copied(_ world: SmallWorld, _ id: ReportID, by username: String) async throws -> [HeldKey] {
        let viewer = try world[username]
        return try await world.casefile.database.read { tx in
            Array(try OpenReport.load(tx, id, for: viewer, casefile: world.casefile).keys.values)
        }
    }

    /// Which of the fields that were sealed after this moment of the story open under copied keys, and which do not.
    private func sealed(
        _ world: SmallWorld, _ id: ReportID, after sequence: Int, under keys: [HeldKey]
    ) async throws -> (open: Set<String>, closed: Set<String>) {
        let rows = try await world.casefile.database.read { tx in
            try tx.rows(
                "SELECT field, seq, envelope FROM sealed WHERE report_id = \(id) AND seq > \(sequence) ORDER BY seq"
            ).map {
                (
                    try $0.get("field", as: String.self), try $0.get("seq", as: Int.self),
                    try $0.get("envelope", as: [UInt8].self)
                )
            }
        }
        var (open, closed): (Set<String>, Set<String>) = ([], [])
        for (field, sequence, envelope) in rows {
            let opens = keys.contains { key in
                (try? Envelope.open(envelope, under: key.secret, binding: .text(id, field, sequence))) != nil
            }
            if opens { open.insert(field) } else { closed.insert(field) }
        }
        return (open, closed)
    }

    private func judged(_ world: SmallWorld, reporter: Reporter? = nil) async throws -> (ReportID, ReceiptHolder) {
        let receipt = Receipt.generate()
        let id = try await world.judged(reporter: reporter, receipt: receipt)
        return (id, ReceiptHolder(receipt, pepper: world.casefile.keys.pepper))
    }

    private func sequence(_ world: SmallWorld, _ id: ReportID) async throws -> Int {
        try #require(try await world.view(id, "q.director")).standing.sequence
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a handler who steps back reads nothing that is written from then on, and all others read everything`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let (id, holder) = try await judged(world, reporter: Self.reporter)
            try await world.allocated(id)
            try await world.act("message", id, "q.handler", ["text": .text("请补充收据")])
            let keys = try await copied(world, id, by: "q.handler")
            #expect(try await sealed(world, id, after: 0, under: keys).open.isSuperset(of: ["letter", "message.text"]))

            try await world.act("recuse", id, "q.handler", Self.why("同村"))
            let aside = try await sequence(world, id)
            // The first to write is the reporter, before anybody of the office did anything.
            try await world.casefile.message("收据在会计手里", from: holder)
            let other = try world["q.bystander"].staff.description
            try await world.act("allocate", id, "q.inspector", ["handlers": .list([other])])
            try await world.act("message", id, "q.bystander", ["text": .text("收到，谢谢")])
            try await world.act(
                "dispose", id, "q.bystander",
                ["kind": .text("verify"), "opinion": .text("拟初步核实"), "plan": .text("调取账目")])
            let found = try await sealed(world, id, after: aside, under: keys)
            #expect(found.open == [])
            #expect(
                found.closed.isSuperset(of: ["reporter-message.text", "message.text", "dispose.opinion"]), "\(found)")

            // Whoever comes later reads what was written before and after.
            try await world.act("approve", id, "q.deputy")
            for reader in ["q.bystander", "q.inspector", "q.deputy"] {
                #expect(try await world.view(id, reader)?.letter?.title == "镇里截留补偿款")
                let words = try await world.words(id, reader)
                #expect(words.contains("收据在会计手里") && words.contains("收到，谢谢"), "\(reader)")
            }
            let told = try await world.casefile.receipt(holder)
            #expect(told.conversation.map(\.text).contains("请补充收据"))
            #expect(told.conversation.map(\.text).contains("收到，谢谢"))

            // And once more.
            let more = try await copied(world, id, by: "q.bystander")
            try await world.act("recuse", id, "q.bystander", Self.why("亲属"))
            let later = try await sequence(world, id)
            try await world.casefile.message("还有一张照片", from: holder)
            #expect(try await sealed(world, id, after: later, under: keys + more).open == [])
            #expect(try await world.words(id, "q.inspector").contains("还有一张照片"))
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a custodian who steps back does not learn the number that is corrected later, nor keeps what is passed on`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let id = try await world.judged(reporter: Self.reporter)
            let keys = try await copied(world, id, by: "q.custodian")
            try await world.act("recuse", id, "q.custodian", Self.why("与举报人同村"))
            let aside = try await sequence(world, id)
            try await world.act(
                "amend-identity", id, "q.registrar",
                ["phone": .text("19900001299"), "reason": .text("录入有误")])
            let found = try await sealed(world, id, after: aside, under: keys)
            #expect(found.open == [] && found.closed.contains("reporter"), "\(found)")
            #expect(try await world.view(id, "q.registrar")?.reporter?.phone == "＊＊＊1299")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a custodian whom a correction names gets nothing by a look that a colleague takes afterwards`(
        _ engine: Engine
    )
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged(reporter: Self.reporter)
            try await world.act(
                "open-identity", id, "q.registrar",
                ["ground": .text("verify"), "window": .text("4"), "reason": .text("电话核实")])
            try await world.decide(id, "q.custodian")
            let before = try await world.keys(id, "q.custodian", papers: true)
            let person = try world["q.custodian"].staff
            var clerk = SmallWorld.clerkOfTheTown
            clerk.name = try #require(try await world.casefile.world().staff[person]).name
            try await world.amend(id, by: "q.director", reported: clerk)
            // The director holds no key of the identity: the office's wrap is there until a custodian acts.
            _ = try await world.casefile.lookAtIdentity(of: id, by: world["q.registrar"])
            let aside = try await sequence(world, id)
            #expect(try await world.keys(id, "q.custodian", papers: true) <= before, "no key of after")
            try await world.act(
                "amend-identity", id, "q.registrar", ["phone": .text("19900001299"), "reason": .text("录入有误")])
            #expect(try await world.keys(id, "q.custodian", papers: true) == 0)
            let mine = try await copied(world, id, by: "q.registrar")
            #expect(try await sealed(world, id, after: aside, under: mine).open.contains("reporter"))
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a clerk who turns out to be kin, long after, gets no key of what the reporter writes next`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let (id, holder) = try await judged(world)
            let keys = try await copied(world, id, by: "q.triage")
            let before = try await world.keys(id, "q.triage", papers: true)
            let person = try world["q.triage"].staff
            var record = try #require(try await world.casefile.world().staff[person])
            record.kin = [Kin(name: SmallWorld.clerkOfTheTown.name, relation: "叔父")]
            try await world.casefile.change(staff: record)
            #expect(try await world.view(id, "q.triage") == nil)
            let aside = try await sequence(world, id)
            try await world.casefile.message("他侄子在你们单位", from: holder)
            #expect(try await world.keys(id, "q.triage", papers: true) <= before, "no key of after")
            let found = try await sealed(world, id, after: aside, under: keys)
            #expect(found.open == [] && found.closed.contains("reporter-message.text"), "\(found)")
            for reader in ["q.director", "q.registrar"] {
                let told = try #require(try await world.view(id, reader)).conversation.map(\.text)
                #expect(told.contains("他侄子在你们单位"), "\(reader)")
            }
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a letter that is corrected under a later key is read, found by names and words, and tells what stood before`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let (id, holder) = try await judged(world, reporter: Self.reporter)
            for kind in [SearchKind.name, .text] {
                let words = kind == .name ? "汪启恒" : "三年没有发"
                #expect(try await world.found(kind, words, "q.director") == [id], "searched before")
            }
            let keys = try await copied(world, id, by: "q.triage")
            try await world.act("recuse", id, "q.triage", Self.why("同学"))
            let aside = try await sequence(world, id)
            var renamed = SmallWorld.clerkOfTheTown
            renamed.name = "汪启衡"
            try await world.amend(id, by: "q.registrar", reported: renamed)
            try await world.casefile.message("桥头的账也不对", from: holder)
            let found = try await sealed(world, id, after: aside, under: keys)
            #expect(found.open == [] && found.closed.isSuperset(of: ["letter", "reporter-message.text"]), "\(found)")
            for _ in 1...2 {
                #expect(try await world.found(.name, "汪启衡", "q.director") == [id])
                #expect(try await world.found(.name, "汪启恒", "q.director") == [])
                #expect(try await world.found(.text, "三年没有发", "q.director") == [id])
                #expect(try await world.found(.text, "三年没有发 桥头的账", "q.director", messages: true) == [id])
            }
            #expect(try await world.words(id, "q.director").contains { $0.contains("汪启恒") }, "what stood there before")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the correction that names a clerk is not sealed under the key that the clerk has`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await world.judged()
            let keys = try await copied(world, id, by: "q.triage")
            let aside = try await sequence(world, id)
            let name = try #require(try await world.casefile.world().staff[try world["q.triage"].staff]).name
            var clerk = SmallWorld.clerkOfTheTown
            clerk.name = name
            try await world.amend(id, by: "q.registrar", reported: clerk)
            #expect(try await world.view(id, "q.triage") == nil)
            let found = try await sealed(world, id, after: aside, under: keys)
            #expect(found.open == [] && found.closed.isSuperset(of: ["letter", "amend.reason"]), "\(found)")
            #expect(try await world.casefile.verify().reports == 1)
        }
    }
}
