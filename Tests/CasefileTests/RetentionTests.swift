import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `What was kept long enough is destroyed by two` {
    @Test(arguments: TestDatabase.availableEngines)
    func `a report goes for good after a list, two approvals and a week, and another one stays`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let filed = try await world.kept()
            let other = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown], title: "另一件")))
            try await world.judge(other.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
            try await world.handle(other.id, at: "q")
            try await world.act("archive", other.id, "q.handler")
            _ = try await world.found(.name, "汪启恒", "q.director")
            try await casefile.recordInterference(
                `Whoever interferes is recorded`.told("某人"), as: .random(), on: filed.id, by: try world["q.registrar"])
            let director = try world["q.director"]
            #expect(try await casefile.dueReports(for: director).isEmpty)
            world.afterTenYears()

            // The dry run: exactly what would go, and nothing changes.
            let (before, files) = (try await world.dump(), try world.files())
            let due = try await casefile.dueReports(for: director)
            #expect(due.map(\.id) == [filed.id], "the other one had a result: thirty years")
            let first = try #require(due.first)
            #expect(first.outcome == "kept" && first.rule == "other-without-result" && first.leftOut == nil)
            let texts = before["sealed"]?.filter { $0.mentions([filed.id.description]) }
            #expect(first.files == 1 && first.texts == texts?.count)
            #expect(try await world.dump() == before)
            #expect(try world.files() == files)
            let list = try #require(try await casefile.drawDestructionLists(by: director).first)
            #expect(try await world.view(filed.id, "q.director")?.letter != nil)

            // One is not two, and who drew it up is none of them.
            await #expect(throws: CasefileError.notYourAct) {
                try await casefile.approveDestruction(list, by: director)
            }
            try await casefile.approveDestruction(list, by: try world["q.deputy"])
            await #expect(throws: CasefileError.notNow) {
                try await casefile.approveDestruction(list, by: try world["q.deputy"])
            }
            for nobody in ["q.registrar", "q.inspector", "q.internal", "c.director", "c.principal", "q.admin"] {
                await #expect(throws: CasefileError.notFound) {
                    try await casefile.approveDestruction(list, by: try world[nobody])
                }
                #expect(try await casefile.destructionLists(for: try world[nobody]).isEmpty)
            }
            world.clock.advance(days: 30)
            #expect(try await casefile.carryOutDestructions() == 0)
            try await casefile.approveDestruction(list, by: try world["q.principal"])
            world.clock.advance(days: 6)
            #expect(try await casefile.carryOutDestructions() == 0, "until the week is over it can be stopped")
            world.clock.advance(days: 1)

            let sealed = try await world.dump().sealed(of: filed.id)
            #expect(sealed.count > 10)
            let keys = try await world.dump().keys(of: filed.id)
            #expect(keys.count >= 3, "letter, case and identity")
            let kept = try await world.dump().sealed(of: other.id)
            #expect(try await casefile.carryOutDestructions() == 1)
            #expect(try await casefile.carryOutDestructions() == 0)
            let after = try await world.dump()
            #expect(after.sealed(of: other.id) == kept)
            #expect(try world.files().count == files.count - 1)
            let blobs = Set(after.values.joined().joined())
            #expect(sealed.allSatisfy { !blobs.contains(.bytes($0)) })
            #expect(Set(after.filter { $0.value.contains { $0.mentions(keys) } }.keys).isSubset(of: ["event"]))
            let named = Set(after.filter { $0.value.contains { $0.mentions([filed.id.description]) } }.keys)
            #expect(
                named.subtracting(["interference"]) == [
                    "report", "custody", "event", "destruction_entry", "destruction_approval",
                    // Leaves of looks: nothing opens them any more.
                    "log_leaf",
                ])
            let bytes = try await world.bytesOfTheDatabase()
            #expect(sealed.allSatisfy { bytes.range(of: Data($0)) == nil }, "not even as freed space")

            // What is left says that it was, by whom, and under which rule; and nothing else.
            for username in world.people.keys {
                #expect(try await world.view(filed.id, username) == nil)
            }
            for tab in InboxQuery.Tab.allCases {
                let items = try await casefile.inbox(InboxQuery(tab: tab), for: director, titles: true).items
                #expect(!items.contains { $0.id == filed.id })
            }
            let entry = try #require(try await casefile.destructionList(list, for: director).entries.first)
            #expect(entry.destroyedAt != nil && entry.approvals.count == 2)
            let day = casefile.clock.now().day
            await #expect(throws: CasefileError.destroyed(on: day, rule: "other-without-result")) {
                _ = try await casefile.receipt(world.holder(filed))
            }
            await #expect(throws: CasefileError.destroyed(on: day, rule: "other-without-result")) {
                try await casefile.message("还在吗", from: world.holder(filed))
            }
            #expect(try await casefile.verify().reports == 2)
            #expect(try await casefile.recompute { _, _ in } == 0)
            #expect(try await world.view(other.id, "q.director")?.letter != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a leader who is named, or was barred since, sees nothing of it and does not count`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let plain = try await world.kept()
            let close = try await world.kept(title: "涉及亲属")
            // The deputy stands aside from one of the two before the list is drawn up.
            let deputy = try world["q.deputy"].staff
            try await casefile.bar(deputy, from: [close.id: .recused])
            world.afterTenYears()
            let due = try await casefile.dueReports(for: try world["q.director"])
            #expect(due.first { $0.id == plain.id }?.leftOut == nil)
            #expect(due.first { $0.id == close.id }?.leftOut == .tooFewLeaders)
            let list = try await world.approvedList()
            #expect(
                try await casefile.destructionList(list, for: try world["q.deputy"]).entries.map(\.report) == [plain.id]
            )
            // Barred after the approval: the approval is worth nothing, and the list is gone from their sight.
            try await casefile.bar(deputy, from: [plain.id: .recused])
            await #expect(throws: CasefileError.notFound) {
                _ = try await casefile.destructionList(list, for: try world["q.deputy"])
            }
            #expect(try await casefile.destructionLists(for: try world["q.deputy"]).isEmpty)
            world.clock.advance(days: 8)
            #expect(try await casefile.carryOutDestructions() == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a hold, a strike or a refusal stops what was approved, and a hold is lifted by another person`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let filed = try await world.kept()
            world.afterTenYears()
            let director = try world["q.director"]
            let first = try await world.approvedList()
            let hold: ActInput = ["ground": .text("inspection"), "reason": .text("巡视期间")]
            try await world.act("hold", filed.id, "q.director", hold)
            world.clock.advance(days: 8)
            #expect(try await casefile.carryOutDestructions() == 0)
            #expect(try await casefile.destructionList(first, for: director).entries.first?.isStopped == true)
            let since = casefile.clock.now().adding(seconds: -8 * 86_400).day
            #expect(
                try await casefile.dueReports(for: director).map(\.leftOut) == [
                    .held(ground: "inspection", since: since)
                ])
            await #expect(throws: CasefileError.notNow) { try await casefile.drawDestructionLists(by: director) }

            try await world.act(
                "release-hold", filed.id, "q.director", ["ground": .text("over"), "reason": .text("巡视结束")])
            #expect(try await casefile.dueReports(for: director).first?.leftOut != nil, "asking does not lift it")
            #expect(try await world.offered("decide", on: filed.id) == ["q.deputy", "q.principal"])
            // Whoever agrees reads why, whatever they hold of the report; once it is decided nobody holds that any more.
            for leader in ["q.deputy", "q.principal"] {
                #expect(try await world.view(filed.id, leader)?.requests.map(\.why) == ["巡视结束"])
            }
            #expect(try await world.view(filed.id, "q.director")?.requests.map(\.why) == [nil])
            try await world.decide(filed.id, "q.principal")
            let left: Int? = try await casefile.database.read { tx in
                try tx.scalar(
                    """
                    SELECT COUNT(*) FROM key_wrap w JOIN sealing_key k ON k.id = w.key_id WHERE k.why = 1
                    """)
            }
            #expect(left == 0)
            #expect(try await casefile.dueReports(for: director).first?.leftOut == nil)

            let second = try await world.approvedList()
            await #expect(throws: CasefileError.invalid([FieldFault("ground", "choice")])) {
                try await casefile.strike(filed.id, from: second, ground: "because", by: try world["q.deputy"])
            }
            try await casefile.strike(filed.id, from: second, ground: "value", by: try world["q.deputy"])
            let third = try await world.approvedList()
            try await casefile.refuseDestruction(third, by: try world["q.principal"])
            world.clock.advance(days: 8)
            #expect(try await casefile.carryOutDestructions() == 0)
            #expect(try await world.view(filed.id, "q.director")?.letter != nil)
            _ = try await casefile.verify()
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a crash between database and disk leaves nothing, and what happened in between is done once`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let (one, two) = (try await world.kept(), try await world.kept(title: "第二件"))
            world.afterTenYears()
            let list = try await world.approvedList()
            world.clock.advance(days: 8)
            let done = try await casefile.database.write { tx in try casefile.destroy(one.id, on: list, tx) }
            #expect(done)
            #expect(try world.files().count == 2, "the row is gone, the file is not: here it stops")
            _ = try await casefile.verify()
            #expect(try await casefile.carryOutDestructions() == 1, "the second one alone")
            #expect(try world.files().isEmpty)
            #expect(try await world.dump()["destruction_file"]?.isEmpty == true)
            let entries = try await casefile.destructionList(list, for: try world["q.director"]).entries
            #expect(Set(entries.filter { $0.destroyedAt != nil }.map(\.report)) == [one.id, two.id])
            let events = try await world.dump()["event"]?.filter { $0.texts.contains("destroy") }
            #expect(events?.count == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `verify finds a report whose keys are gone without a list, or with one approval alone`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let filed = try await world.kept()
            world.afterTenYears()
            let list = try await world.approvedList()
            world.clock.advance(days: 8)
            try await casefile.carryOutDestructions()
            _ = try await casefile.verify()
            let deputy = try world["q.deputy"].staff
            try await casefile.database.write { tx in
                try tx.run("DELETE FROM destruction_approval WHERE staff_id = \(deputy)")
            }
            await #expect(throws: VerifyFault.self) { _ = try await casefile.verify() }
            try await casefile.database.write { tx in
                try tx.run("DELETE FROM destruction_approval")
                try tx.run("DELETE FROM destruction_entry WHERE list_id = \(list)")
            }
            await #expect(
                throws: VerifyFault(.reports, "report \(filed.id): it was destroyed without a list")
            ) { _ = try await casefile.verify() }
        }
    }
}
