import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `A lost password` {
    static let oneTime = "one-time-and-no-more"

    /// What the person can open of a report; `nil` where it does not exist for them or stays closed.
    private func title(_ id: ReportID, _ viewer: Viewer, _ world: SmallWorld) async throws -> String? {
        do {
            return try await world.casefile.report(id, for: viewer).letter?.title
        } catch is CasefileError {
            return nil
        }
    }

    private func wraps(_ person: StaffID, _ world: SmallWorld) async throws -> Int {
        try await world.casefile.database.read { tx in
            let mine = Recipient.staff(person).description
            let keys: Int? = try tx.scalar("SELECT COUNT(*) AS n FROM key_wrap WHERE recipient = \(mine)")
            let grants: Int? = try tx.scalar("SELECT COUNT(*) AS n FROM office_grant WHERE staff_id = \(person)")
            return (keys ?? 0) + (grants ?? 0)
        }
    }

    private func file(_ world: SmallWorld) async throws -> ReportID {
        let filed = try await world.casefile.file(
            Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
        return filed.id
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is reset: nothing opens until a colleague lets the person in, and then all does`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let account = try await Account.make(
                world, places: [(.letters, .registrar)], letInBy: ["q.director"])
            let before = try await file(world)
            let (app, codes, signedIn) = try await account.enrol()
            #expect(try await title(before, signedIn.viewer, world) != nil)
            let half = try await casefile.awaitCode(of: try await account.unlocked())

            await #expect(throws: CasefileError.notYourAct) {
                try await casefile.resetPassword(of: account.id, to: Self.oneTime, by: try world["r.admin"])
            }
            await #expect(throws: CasefileError.notYourAct) {
                try await casefile.resetPassword(of: account.id, to: Self.oneTime, by: try world["q.director"])
            }
            await #expect(throws: CasefileError.notYourAct) {
                let admin = try world["q.admin"]
                try await casefile.resetPassword(of: admin.staff, to: Self.oneTime, by: admin)
            }
            try await casefile.resetPassword(of: account.id, to: Self.oneTime, by: try world["q.admin"])

            // Sessions, second factor, recovery codes and the old password are gone.
            #expect(try await casefile.session(signedIn.token) == nil)
            #expect(try await casefile.waiting(half) == nil)
            #expect(try await casefile.unlock(username: account.username, password: Account.password) == nil)
            let again = try await account.signIn(Self.oneTime)
            #expect(again.mustChange)
            #expect(try await account.unlocked(Self.oneTime).codeIsDue == false)
            _ = (app, codes)
            // Neither the new key nor the old one opens anything, of before or of now.
            let after = try await file(world)
            #expect(try await wraps(account.id, world) == 0)
            for viewer in [again.viewer, signedIn.viewer] {
                #expect(try await title(before, viewer, world) == nil)
                #expect(try await title(after, viewer, world) == nil)
            }
            await #expect(throws: CasefileError.self) {
                try await casefile.admit(
                    account.id, to: try #require(world.offices["Q.letters"]).id, by: again.viewer)
            }
            #expect(try await casefile.resetPeople()[account.id] == account.now)

            try await casefile.admit(
                account.id, to: try #require(world.offices["Q.letters"]).id, by: try world["q.director"])
            #expect(try await title(before, again.viewer, world) != nil)
            #expect(try await title(after, again.viewer, world) != nil)
            // Whoever kept the key of before does not come in through the door that was opened again.
            #expect(try await title(before, signedIn.viewer, world) == nil)
            #expect(try await title(after, signedIn.viewer, world) == nil)
            #expect(try await casefile.verify().reports == 2)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `of the only one who holds an office loses nothing: the password of before opens it again`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let casefile = world.casefile
            let office = try #require(world.offices["Q.trial"]).id
            let account = try await Account.make(world, places: [(.trial, .director)])
            #expect(try await wraps(account.id, world) == 1, "the office's key was made for its first member")
            try await casefile.resetPassword(of: account.id, to: Self.oneTime, by: try world["q.admin"])
            let signedIn = try await account.signIn(Self.oneTime)
            #expect(try await wraps(account.id, world) == 0)
            let session = try await account.session(signedIn)
            #expect(try await casefile.account(of: session, token: signedIn.token).hasKeysOfBefore)
            await #expect(throws: CasefileError.invalid([FieldFault("before", "wrongPassword")])) {
                try await casefile.takeBackKeys(of: session, with: Self.oneTime)
            }
            #expect(try await wraps(account.id, world) == 0)
            try await casefile.takeBackKeys(of: session, with: Account.password)
            let opened = try await casefile.database.read { tx -> PrivateKey in
                var ring = try KeyRing.load(tx, for: signedIn.viewer)
                return try ring.officeKey(office, generation: 1)
            }
            #expect(try await casefile.picture().officeKeys[office]?.publicKey == opened.publicKey)
            #expect(try await casefile.account(of: session, token: signedIn.token).hasKeysOfBefore == false)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `of somebody who was named meanwhile does not give back what they must not read`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(
                world, places: [(.letters, .director)], letInBy: ["q.director"])
            // Only directors may read it, and of those there is one left after this.
            try await world.casefile.leave(
                try world["q.director"].staff, office: try #require(world.offices["Q.letters"]).id, role: .director)
            let unknown = ReportedParty(
                kind: .person, name: "汪启恒", unit: "某处", position: "干部", management: .unknown)
            let filed = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([unknown])))
            let signedIn = try await account.signIn()
            #expect(try await title(filed.id, signedIn.viewer, world) != nil)
            try await world.casefile.resetPassword(of: account.id, to: Self.oneTime, by: try world["q.admin"])
            let again = try await account.signIn(Self.oneTime)
            #expect(try await title(filed.id, again.viewer, world) == nil)
            let session = try await account.session(again)
            try await world.casefile.database.write { tx in
                try tx.run("INSERT INTO bar (report_id, staff_id, reason) VALUES (\(filed.id), \(account.id), 'kin')")
            }
            try await world.casefile.takeBackKeys(of: session, with: Account.password)
            #expect(try await title(filed.id, again.viewer, world) == nil)
            let mine = Recipient.staff(account.id).description
            let held = try await world.casefile.database.read { tx in
                try tx.exists("SELECT 1 FROM key_wrap WHERE recipient = \(mine)")
            }
            #expect(!held)
        }
    }
}
