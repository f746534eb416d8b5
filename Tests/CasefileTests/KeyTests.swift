import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// Keys of offices: restored by two of three, renewed with everything sealed anew, each act on record.
@Suite struct `The keys of an office` {
    private static let passwords = ["纸船 灯塔 蓝靛 七", "石桥 麦浪 远山 五", "茶碗 竹影 渡口 九"]

    /// A world with three escrow holders, whose offices' keys were made with them.
    private func withEscrow(_ engine: Engine, _ body: (SmallWorld) async throws -> Void) async throws {
        try await withWorld(engine) { world in
            var holders: [(holder: EscrowHolder, sealedKey: [UInt8])] = []
            for (index, password) in Self.passwords.enumerated() {
                let key = PrivateKey.generate()
                let sealed = try await world.casefile.gate.seal(secret: key.bytes, password: password, cost: .light)
                holders.append(
                    (EscrowHolder(position: index + 1, name: "托管人\(index)", publicKey: key.publicKey), sealed))
            }
            try await world.casefile.appoint(holders)
            // From the appointment on every new key is laid away.
            let office = try world.id("Q.inspection")
            try await world.casefile.renewKey(of: office, by: try world["q.inspector"])
            #expect(try await world.casefile.reseal(office, by: try world["q.inspector"], atMost: 1000) == 0)
            try await body(world)
        }
    }

    private func claims(_ world: SmallWorld, _ positions: Int...) -> [EscrowClaim] {
        positions.map { EscrowClaim(position: $0, password: Self.passwords[$0 - 1]) }
    }

    private func forgetEverybody(_ world: SmallWorld, _ office: OfficeID) async throws {
        try await world.casefile.database.write { tx in
            try tx.run("DELETE FROM office_grant WHERE office_id = \(office)")
            try Casefile.touchWorld(tx)
        }
    }

    @Test(arguments: TestDatabase.availableEngines, [[1, 2], [1, 3], [3, 2]])
    func `any two of three escrow holders open a lost office for one of its members`(
        _ engine: Engine, pair: [Int]
    ) async throws {
        try await withEscrow(engine) { world in
            let office = try world.id("Q.inspection")
            let id = try await world.judged()
            try await world.allocated(id)
            try await forgetEverybody(world, office)
            world.clock.advance(seconds: 1)
            #expect(try await world.view(id, "q.handler")?.letter == nil, "the keys are lost")
            let inspector = try world["q.inspector"].staff
            try await world.casefile.restore(
                office, to: inspector, with: claims(world, pair[0], pair[1]), by: try world["q.admin"].staff)
            #expect(try await world.view(id, "q.inspector")?.letter != nil)
            #expect(try await world.view(id, "q.handler")?.letter == nil)
            world.clock.advance(seconds: 1)
            try await world.casefile.admit(try world["q.handler"].staff, to: office, by: try world["q.inspector"])
            #expect(try await world.view(id, "q.handler")?.letter != nil, "a colleague lets the others in")
            let events = try await world.casefile.keyState(of: office).events
            #expect(events.prefix(2).map(\.act) == [.letIn, .restored])
            #expect(events[1].detail == pair.sorted().map { String($0) }.joined(separator: " "))
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `one holder alone, a wrong password, and a stranger to the office open nothing`(_ engine: Engine)
        async throws
    {
        try await withEscrow(engine) { world in
            let office = try world.id("Q.inspection")
            try await forgetEverybody(world, office)
            let inspector = try world["q.inspector"].staff
            let tries: [([EscrowClaim], StaffID, String)] = [
                (claims(world, 1), inspector, "second"), (claims(world, 1, 1), inspector, "second"),
                (claims(world, 1) + [EscrowClaim(position: 2, password: "纸船 灯塔 蓝靛 八")], inspector, "second"),
                (claims(world, 1) + [EscrowClaim(position: 4, password: "x")], inspector, "second"),
                (claims(world, 1, 2), try world["r.inspector"].staff, "person"),
            ]
            for (claims, person, field) in tries {
                do {
                    try await world.casefile.restore(office, to: person, with: claims, by: nil)
                    Issue.record("opened")
                } catch CasefileError.invalid(let faults) {
                    #expect(faults.map(\.field) == [field])
                }
            }
            let state = try await world.casefile.keyState(of: office)
            #expect(state.generations.allSatisfy { $0.holders.isEmpty })
            #expect(state.events.filter { $0.act == .refused }.count == 1, "a wrong password is on record")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who must not read a report of the office is not the one whom the holders open it for`(_ engine: Engine)
        async throws
    {
        try await withEscrow(engine) { world in
            let office = try world.id("Q.inspection")
            let id = try await world.judged()
            try await world.allocated(id)
            let bystander = try world["q.bystander"].staff
            try await world.casefile.database.write { tx in
                try tx.run("INSERT INTO bar (report_id, staff_id, reason) VALUES (\(id), \(bystander), 'kin')")
            }
            try await forgetEverybody(world, office)
            await #expect(throws: CasefileError.invalid([FieldFault("person", "mustNotRead")])) {
                try await world.casefile.restore(office, to: bystander, with: claims(world, 2, 3), by: nil)
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `after a rotation the old key opens nothing, and everybody reads on`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let office = try world.id("Q.letters")
            var reports: [ReportID] = []
            for _ in 1...3 { reports.append(try await world.judged()) }
            let old = try await officeKey(world, office, "q.director", generation: 1)
            let wraps = try await wraps(world, office)
            #expect(wraps.count > 3 && wraps.allSatisfy { opens($0, with: old) })

            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.renewKey(of: office, by: try world["q.inspector"])
            }
            try await world.casefile.renewKey(of: office, by: try world["q.director"])
            #expect(try await world.casefile.keyState(of: office).behind == wraps.count)
            let new = try await world.judged()
            // Two at a time, by whoever is there: it goes on where it stopped.
            var left = try await world.casefile.reseal(office, by: try world["q.director"], atMost: 2)
            #expect(left == wraps.count - 2)
            for id in reports + [new] { #expect(try await world.view(id, "q.triage")?.letter != nil) }
            while left > 0 { left = try await world.casefile.reseal(office, by: try world["q.triage"], atMost: 2) }

            for wrap in try await self.wraps(world, office) { #expect(!opens(wrap, with: old)) }
            for id in reports + [new] { #expect(try await world.view(id, "q.triage")?.letter != nil) }
            let state = try await world.casefile.keyState(of: office)
            #expect(state.generations.map(\.number) == [2] && state.behind == 0)
            #expect(state.events.contains { $0.act == .ended } && state.events.contains { $0.act == .renewed })
            await #expect(throws: (any Error).self) { try await officeKey(world, office, "q.director", generation: 1) }
            #expect(try await world.casefile.verify().reports == 4)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who left, and kept the key, opens nothing once it is renewed and all is sealed anew`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let office = try world.id("Q.letters")
            let id = try await world.judged()
            let kept = try await officeKey(world, office, "q.triage", generation: 1)
            let person = try world["q.triage"].staff
            let now = world.clock.clock.now()
            try await world.casefile.database.write { tx in
                try tx.run("DELETE FROM membership WHERE staff_id = \(person)")
                try Casefile.withdrawKey(tx, of: person, from: office, at: now)
                try Casefile.touchWorld(tx)
            }
            #expect(try await world.view(id, "q.triage") == nil)
            let before = try await wraps(world, office)
            #expect(
                before.contains { opens($0, with: kept) }, "with the database, the old key still would")
            #expect(try await world.casefile.reseal(office, by: try world["q.director"], atMost: 1000) == 0)
            let after = try await wraps(world, office)
            #expect(after.allSatisfy { !opens($0, with: kept) })
            #expect(try await world.view(id, "q.director")?.letter != nil)
        }
    }

    private func officeKey(
        _ world: SmallWorld, _ office: OfficeID, _ username: String, generation: Int
    ) async throws -> PrivateKey {
        let viewer = try world[username]
        return try await world.casefile.database.read { tx in
            var ring = try KeyRing.load(tx, for: viewer)
            return try ring.officeKey(office, generation: generation)
        }
    }

    private typealias StoredWrap = (id: SealingKeyID, wrap: [UInt8])

    private func wraps(_ world: SmallWorld, _ office: OfficeID) async throws -> [StoredWrap] {
        try await world.casefile.database.read { tx in
            try tx.rows(
                "SELECT key_id, wrap FROM key_wrap WHERE recipient = \(Recipient.office(office).description)"
            ).map { (try $0.get("key_id"), try $0.get("wrap")) }
        }
    }

    private func opens(_ stored: StoredWrap, with key: PrivateKey) -> Bool {
        (try? HeldKey.opening(stored.wrap, with: key, id: stored.id)) != nil
    }
}
