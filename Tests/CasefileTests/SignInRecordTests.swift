import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Who signs in` {
    private func noted(_ kind: AccountEvent.Kind, _ account: Account) async throws -> Int {
        try await account.world.casefile.database.read { tx in
            try tx.scalar(
                "SELECT COUNT(*) FROM account_event WHERE staff_id = \(account.id) AND kind = \(kind.rawValue)") ?? 0
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `is on record for as long as the rules say, and an auditor of their organ reads it`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            for _ in 0..<3 { _ = try await account.signIn() }
            #expect(try await noted(.signedIn, account) == 3)
            let page = try await world.casefile.audit(AuditQuery(.accounts), by: try await world.auditor(of: "Q"))
            #expect(page.lines.filter { $0.about == account.id && $0.act == "signed-in" }.count == 3)
            world.clock.advance(seconds: 191 * 86_400)
            _ = try await account.signIn()
            #expect(try await noted(.signedIn, account) == 1, "what is older is forgotten")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `with a wrong password leaves one line in a quarter of an hour, however often it is tried`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            func guess() async throws {
                let opened = try await world.casefile.unlock(
                    username: account.username, password: "another long password")
                #expect(opened == nil)
            }
            for _ in 0..<3 { try await guess() }
            for _ in 0..<2400 where try await noted(.wrongPassword, account) == 0 {
                try await Task.sleep(for: .milliseconds(25))
            }
            #expect(try await noted(.wrongPassword, account) == 1)
            world.clock.advance(seconds: AccountEvent.guessSeconds + 1)
            try await guess()
            for _ in 0..<2400 where try await noted(.wrongPassword, account) == 1 {
                try await Task.sleep(for: .milliseconds(25))
            }
            #expect(try await noted(.wrongPassword, account) == 2)
            #expect(
                try await world.casefile.unlock(username: "nobody.at.all", password: "another long password") == nil)
            let view = try await world.casefile.account(
                of: try await account.session(try await account.signIn()), token: .random())
            #expect(view.events.contains { $0.kind == .wrongPassword }, "and the person learns of it")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `with a one-time password after its time begins nothing, and another is given`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let (first, second) = ("one of the first herons", "another of the herons")
            try await world.casefile.resetPassword(of: account.id, to: first, by: try world["q.admin"])
            let hours = try await world.casefile.accountPolicy()[.oneTimeHours]
            world.clock.advance(seconds: Int64(hours) * 3600 + 1)
            let late = try await account.unlocked(first)
            #expect(late.hasEnded)
            #expect(try await world.casefile.signIn(late, code: nil) == nil)
            try await world.casefile.resetPassword(of: account.id, to: second, by: try world["q.admin"])
            let signedIn = try await account.signIn(second)
            #expect(signedIn.mustChange)
            try await world.casefile.changePassword(
                of: try await account.session(signedIn), token: signedIn.token, from: second, to: Account.password)
            world.clock.advance(seconds: Int64(hours) * 7200)
            _ = try await account.signIn()
        }
    }
}
