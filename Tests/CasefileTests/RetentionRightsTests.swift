import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Testing

@testable import Casefile

@Suite struct `A list of what is to be destroyed` {
    @Test(arguments: TestDatabase.availableEngines)
    func `says nothing of a report to a director whose record is younger, unless they looked with their own keys`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let filed = try await world.kept()
            world.afterTenYears()
            let (director, colleague) = (try world["q.director"], try world["q.triage"])
            try await casefile.join(colleague.staff, office: try world.id("Q.letters"), role: .director)
            let first = try #require(try await casefile.drawDestructionLists(by: director).first)
            #expect(try await casefile.destructionLists(for: colleague).map(\.id) == [first])
            world.clock.advance(seconds: 60)
            for username in ["q.director", "q.triage"] {
                try await world.declareKin(username)
                #expect(try await casefile.destructionLists(for: try world[username]).isEmpty)
            }
            await #expect(throws: CasefileError.notFound) {
                try await casefile.strike(filed.id, from: first, ground: "value", by: colleague)
            }
            try await casefile.refuseDestruction(first, by: try world["q.deputy"])
            world.clock.advance(seconds: 60)
            let second = try #require(try await casefile.drawDestructionLists(by: director).first)
            #expect(try await casefile.destructionLists(for: director).map(\.id) == [second])
            #expect(try await casefile.destructionLists(for: colleague).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `holds what one office received: a director of letters sees nothing of internal supervision's`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let plain = try await world.kept()
            let own = try await world.keptInternally()
            let both = try world["q.director"]
            try await casefile.join(both.staff, office: try world.id("Q.internal"), role: .director)
            try await casefile.admit(both.staff, to: try world.id("Q.internal"), by: try world["q.internal"])
            world.afterTenYears()
            let lists = try await casefile.drawDestructionLists(by: both)
            #expect(lists.count == 2)
            let colleague = try world["q.triage"]
            try await casefile.join(colleague.staff, office: try world.id("Q.letters"), role: .director)
            func seen(_ viewer: Viewer) async throws -> [ReportID] {
                try await casefile.destructionLists(for: viewer).flatMap(\.entries).map(\.report)
            }
            #expect(Set(try await seen(both)) == [plain.id, own.id])
            #expect(try await seen(colleague) == [plain.id])
            #expect(try await seen(try world["q.internal"]) == [own.id])
            // Even on a list that came under one office once.
            let letters = try world.id("Q.letters")
            try await casefile.database.write { tx in
                try tx.run("UPDATE destruction_list SET office_id = \(letters)")
            }
            #expect(try await seen(colleague) == [plain.id])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is not carried out on the approval of somebody who left, or whose record changed, in the days of grace`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            try await world.kept()
            world.afterTenYears()
            let list = try await world.approvedList()
            world.clock.advance(days: 8)
            let deputy = try world["q.deputy"].staff
            func approvals() async throws -> Int? {
                try await casefile.destructionList(list, for: try world["q.director"]).entries.first?.approvals.count
            }
            func put(active: Bool) async throws {
                try await casefile.database.write { tx in
                    try tx.run("UPDATE staff SET active = \(active) WHERE id = \(deputy)")
                    try tx.run("DELETE FROM late_name")
                    try Casefile.touchWorld(tx)
                }
            }
            try await put(active: false)
            #expect(try await approvals() == 1)
            #expect(try await casefile.carryOutDestructions() == 0)
            try await put(active: true)
            try await world.declareKin("q.deputy")
            #expect(try await approvals() == 1)
            #expect(try await casefile.carryOutDestructions() == 0)
            try await put(active: true)
            #expect(try await casefile.carryOutDestructions() == 1)
            // What was destroyed is judged by its own day: neither the list nor verify asks who is in service now.
            try await put(active: false)
            #expect(try await approvals() == 2)
            _ = try await casefile.verify()
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is not complete while a file may still lie on the disk`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            try await world.kept()
            world.afterTenYears()
            let list = try await world.approvedList()
            world.clock.advance(days: 8)
            func entry() async throws -> DestructionList.Entry? {
                try await casefile.destructionList(list, for: try world["q.director"]).entries.first
            }
            // The disk does not answer for the folder.
            let (folder, away) = (casefile.files.folder, casefile.files.folder + ".away")
            try FileManager.default.moveItem(atPath: folder, toPath: away)
            try Data().write(to: URL(fileURLWithPath: folder))
            #expect(try await casefile.carryOutDestructions() == 1)
            #expect(try await entry()?.destroyedAt != nil)
            #expect(try await entry()?.isCleared == false)
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.moveItem(atPath: away, toPath: folder)
            try await clear(world) { try await entry()?.isCleared == true }
            #expect(try await entry()?.isCleared == true)
            #expect(try world.files().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is carried out for the rest where one report fails, and the failure is told`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let ids = [try await world.kept().id, try await world.kept(title: "第二件").id]
                .sorted { $0.description < $1.description }
            let (broken, whole) = (try #require(ids.first), try #require(ids.last))
            world.afterTenYears()
            let list = try await world.approvedList()
            world.clock.advance(days: 8)
            // The event that its destruction would write stands there already.
            try await casefile.database.write { tx in
                try tx.run("UPDATE report SET sequence = sequence - 1 WHERE id = \(broken)")
                try tx.run("UPDATE destruction_entry SET sequence = sequence - 1 WHERE report_id = \(broken)")
            }
            await #expect(throws: DatabaseError.self) { try await casefile.carryOutDestructions() }
            let entries = try await casefile.destructionList(list, for: try world["q.director"]).entries
            #expect(entries.filter { $0.destroyedAt != nil }.map(\.report) == [whole])
            #expect(try await world.view(broken, "q.director")?.letter != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `waits for a backup that was begun before the clock was set back`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            try await world.kept()
            world.afterTenYears()
            let list = try await world.approvedList()
            world.clock.advance(days: 40)
            let backup = try await casefile.beginBackup(passphrase: "aa")
            world.clock.advance(days: -32)
            #expect(try await casefile.carryOutDestructions() == 1)
            func shown() async throws -> DestructionList {
                try await casefile.destructionList(list, for: try world["q.director"])
            }
            try await clear(world) { try await shown().entries.allSatisfy(\.isCleared) }
            #expect(try await shown().entries.map(\.isCleared) == [true])
            #expect(try await shown().backups == [backup.month])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `takes two leaders: one and whoever holds their post by delegation are one approval`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let filed = try await world.kept()
            world.afterTenYears()
            let director = try world["q.director"]
            let list = try #require(try await casefile.drawDestructionLists(by: director).first)
            let principal = try world["q.principal"]
            let post = Seat(office: try world.id("Q.leaders"), role: .principal)
            try await casefile.delegate(
                post, from: principal.staff, to: try world["q.registrar"].staff,
                term: `When somebody is away`.days(world, 0, 6), reason: .travel, by: principal)
            for approver in ["q.principal", "q.registrar"] {
                try await casefile.approveDestruction(list, by: try world[approver])
            }
            world.clock.advance(days: 1)
            let handed: DelegationID = try #require(
                try await casefile.database.read { try $0.scalar("SELECT id FROM delegation") })
            try await casefile.endDelegation(handed, by: principal)
            world.clock.advance(days: 8)
            #expect(try await casefile.carryOutDestructions() == 0, "not after the delegation has ended, either")
            try await casefile.approveDestruction(list, by: try world["q.deputy"])
            world.clock.advance(days: 8)
            #expect(try await casefile.carryOutDestructions() == 1)
            _ = try await casefile.verify()
            #expect(try await world.view(filed.id, "q.director") == nil)
        }
    }

    /// Sweeps again until it is so: other tests read in the same server, and a sweep waits five seconds for them.
    private func clear(_ world: SmallWorld, until isSo: () async throws -> Bool) async throws {
        for _ in 1...20 {
            if try await isSo() { return }
            #expect(try await world.casefile.carryOutDestructions() == 0)
        }
    }
}
