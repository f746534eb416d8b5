import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

/// Who leaves takes no later key along, and leaves nothing behind that nobody opens.
@Suite struct `Somebody who leaves` {
    private static let unknown = ReportedParty(
        kind: .person, name: "汪启恒", unit: "某处", position: "干部", management: .unknown)

    private func title(_ id: ReportID, _ viewer: Viewer, _ world: SmallWorld) async throws -> String? {
        do {
            return try await world.casefile.report(id, for: viewer).letter?.title
        } catch is CasefileError {
            return nil
        }
    }

    private func file(
        _ world: SmallWorld, _ party: ReportedParty = SmallWorld.clerkOfTheTown
    ) async throws -> ReportID {
        try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([party]))).id
    }

    private func put(active: Bool, _ person: StaffID, _ world: SmallWorld) async throws {
        var staff = try #require(try await world.casefile.world().staff[person])
        staff.active = active
        world.clock.advance(seconds: 1)
        try await world.casefile.change(staff: staff)
    }

    private func generations(_ person: StaffID, _ world: SmallWorld) async throws -> [Int] {
        try await world.casefile.database.read { tx in
            try tx.rows("SELECT generation FROM office_grant WHERE staff_id = \(person) ORDER BY generation")
                .map { try $0.get("generation") }
        }
    }

    private func wraps(_ person: StaffID, _ world: SmallWorld) async throws -> Int {
        try await world.casefile.database.read { tx in
            let mine = Recipient.staff(person).description
            return try tx.scalar("SELECT COUNT(*) AS n FROM key_wrap WHERE recipient = \(mine)") ?? 0
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `and is deactivated loses the office's key, gets no later one, and is let in anew`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let office = try world.id("Q.letters")
            let account = try await Account.make(world, places: [(.letters, .registrar)], letInBy: ["q.director"])
            let before = try await file(world)
            try await put(active: false, account.id, world)
            #expect(try await generations(account.id, world) == [])
            let state = try await world.casefile.keyState(of: office)
            #expect(state.generations.last?.number == 2, "what comes now is sealed to a new key")
            #expect(state.events.contains { $0.act == .taken && $0.person == account.id })
            try await world.casefile.renewKey(of: office, by: try world["q.director"])
            #expect(try await generations(account.id, world) == [])
            let meanwhile = try await file(world)

            try await put(active: true, account.id, world)
            let viewer = try await account.signIn().viewer
            #expect(try await title(before, viewer, world) == nil)
            #expect(try await title(meanwhile, viewer, world) == nil)
            try await world.casefile.admit(account.id, to: office, by: try world["q.director"])
            #expect(try await title(before, viewer, world) != nil)
            #expect(try await title(meanwhile, viewer, world) != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `and was deactivated long ago is given no new key, and loses the old at the next sign-in of anybody`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let office = try world.id("Q.letters")
            let account = try await Account.make(world, places: [(.letters, .registrar)], letInBy: ["q.director"])
            try await world.casefile.database.write { tx in
                try tx.run("UPDATE staff SET active = 0 WHERE id = \(account.id)")
                try Casefile.touchWorld(tx)
            }
            #expect(try await generations(account.id, world) == [1])
            try await world.casefile.renewKey(of: office, by: try world["q.director"])
            #expect(try await generations(account.id, world) == [1])
            try await world.casefile.withdrawEndedKeys()
            #expect(try await generations(account.id, world) == [])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `as the only one of an office is not cut off: their password opens it once they are back`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let office = try world.id("Q.trial")
            let account = try await Account.make(world, places: [(.trial, .director)])
            try await put(active: false, account.id, world)
            #expect(try await generations(account.id, world) == [])
            try await put(active: true, account.id, world)
            let signedIn = try await account.signIn()
            let session = try await account.session(signedIn)
            #expect(try await world.casefile.account(of: session, token: signedIn.token).hasKeysOfBefore)
            try await world.casefile.takeBackKeys(of: session, with: Account.password)
            let opened = try await world.casefile.database.read { tx -> PrivateKey in
                var ring = try KeyRing.load(tx, for: signedIn.viewer)
                return try ring.officeKey(office, generation: 1)
            }
            #expect(try await world.casefile.picture().officeKeys[office]?.publicKey == opened.publicKey)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `does not take reports along that only they can open: these pass to the successor first`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let office = try world.id("Q.letters")
            let director = try world["q.director"]
            let id = try await file(world, Self.unknown)
            let next = try await Account.make(world, places: [(.letters, .director)], letInBy: ["q.triage"])
            let successor = try await next.signIn().viewer
            #expect(try await title(id, successor, world) == nil, "a clerk could not pass on what only directors read")
            #expect(try await world.casefile.reportsOpened(onlyBy: director.staff) == 1)
            await #expect(throws: CasefileError.opensAlone) {
                try await world.casefile.leave(director.staff, office: office, role: .director)
            }
            #expect(try await title(id, director, world) != nil, "nothing was changed")

            await world.casefile.handOnPersonal(of: director)
            #expect(try await title(id, successor, world) != nil)
            #expect(try await world.casefile.reportsOpened(onlyBy: director.staff) == 0)
            try await world.casefile.leave(director.staff, office: office, role: .director)
            #expect(try await title(id, successor, world) != nil)
            #expect(try await title(id, director, world) == nil)
            #expect(try await wraps(director.staff, world) == 0)
            _ = try await world.casefile.verify()
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `without coming back leaves what only they could open laid aside, under their password`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let office = try world.id("Q.letters")
            let account = try await Account.make(world, places: [(.letters, .director)], letInBy: ["q.director"])
            try await world.casefile.leave(try world["q.director"].staff, office: office, role: .director)
            let id = try await file(world, Self.unknown)
            #expect(try await title(id, try await account.signIn().viewer, world) != nil)
            try await put(active: false, account.id, world)
            #expect(try await wraps(account.id, world) == 0)
            #expect(try await world.casefile.verify().reports == 1, "laid aside is not lost")

            try await put(active: true, account.id, world)
            try await world.casefile.admit(account.id, to: office, by: try world["q.triage"])
            let signedIn = try await account.signIn()
            #expect(try await title(id, signedIn.viewer, world) == nil)
            try await world.casefile.takeBackKeys(
                of: try await account.session(signedIn), with: Account.password)
            #expect(try await title(id, signedIn.viewer, world) != nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `signs in once more, and colleagues who may read get what they lack, and nobody else`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(world, places: [(.letters, .director)], letInBy: ["q.director"])
            let id = try await file(world, Self.unknown)
            let barred = try await file(world, Self.unknown)
            let next = try await Account.make(
                world, "next.director", places: [(.letters, .director)], letInBy: ["q.triage"])
            try await world.casefile.database.write { tx in
                try tx.run("INSERT INTO bar (report_id, staff_id, reason) VALUES (\(barred), \(next.id), 'kin')")
            }
            #expect(try await wraps(next.id, world) == 0)
            _ = try await account.signIn()
            let held = try await wraps(next.id, world)
            #expect(held > 0)
            let successor = try await next.signIn().viewer
            #expect(try await title(id, successor, world) != nil)
            #expect(try await title(barred, successor, world) == nil)
            let mine = Recipient.staff(next.id).description
            let reports = try await world.casefile.database.read { tx in
                try tx.rows(
                    """
                    SELECT DISTINCT k.report_id FROM key_wrap w JOIN sealing_key k ON k.id = w.key_id
                    WHERE w.recipient = \(mine)
                    """
                ).map { try $0.get("report_id", as: ReportID.self) }
            }
            #expect(reports == [id], "never to whom it must not come")
            for clerk in ["q.registrar", "q.triage", "q.deputy"] {
                #expect(try await wraps(try world[clerk].staff, world) == 0, "\(clerk)")
            }
            _ = try await account.signIn()
            #expect(try await wraps(next.id, world) == held, "once is enough")
        }
    }
}
