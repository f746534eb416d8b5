import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Accounts of staff` {
    @Test(arguments: TestDatabase.availableEngines)
    func `with a second factor the password alone begins nothing, and each code counts once`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let casefile = world.casefile
            let (app, codes, _) = try await account.enrol()
            #expect(codes.count == 10)
            #expect(try await casefile.signIn(username: account.username, password: Account.password) == nil)
            let unlocked = try await account.unlocked()
            #expect(unlocked.codeIsDue)
            #expect(try await casefile.signIn(unlocked, code: nil) == nil)
            for wrong in ["", "000000", "abcdef", codes[0].text + "x", app.code(at: account.now.adding(seconds: 90))] {
                #expect(try await casefile.signIn(unlocked, code: wrong) == nil)
            }
            let code = app.code(at: account.now)
            #expect(try await casefile.signIn(unlocked, code: code) != nil)
            #expect(try await casefile.signIn(unlocked, code: code) == nil, "seen once, good once")
            // The step before the one that was taken was read over the same shoulder.
            #expect(try await casefile.signIn(unlocked, code: app.code(at: account.now.adding(seconds: -30))) == nil)
            #expect(try await casefile.signIn(unlocked, code: app.code(at: account.now.adding(seconds: 30))) != nil)
            #expect(try await casefile.signIn(unlocked, code: codes[3].text.uppercased()) != nil)
            #expect(try await casefile.signIn(unlocked, code: codes[3].text) == nil, "struck out")
            let signedIn = try await account.signIn(code: codes[4].text)
            let view = try await casefile.account(of: try await account.session(signedIn), token: signedIn.token)
            #expect(view.recoveryCodesLeft == 8 && view.secondFactorSince != nil)
            #expect(view.events.filter { $0.kind == .wrongCode }.count == 8)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `who waits for the code has five minutes and opens nothing until then`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let (app, _, _) = try await account.enrol()
            let half = try await world.casefile.awaitCode(of: try await account.unlocked())
            #expect(try await world.casefile.session(half) == nil)
            let waiting = try #require(try await world.casefile.waiting(half))
            #expect(try await world.casefile.signIn(waiting, code: nil) == nil)
            #expect(try await world.casefile.signIn(waiting, code: app.code(at: account.now)) != nil)
            world.clock.advance(seconds: SessionLimits.codeSeconds + 1)
            #expect(try await world.casefile.waiting(half) == nil)
            let whole = try await account.signIn(code: app.code(at: account.now))
            #expect(try await world.casefile.waiting(whole.token) == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a second factor counts from its first code on, asks for the password and ends other sessions`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let casefile = world.casefile
            let (one, other) = (try await account.signIn(), try await account.signIn())
            let session = try await account.session(one)
            let app = try await casefile.beginSecondFactor(of: session)
            #expect(try await casefile.begunSecondFactor(of: session)?.bytes == app.bytes)
            #expect(try await account.unlocked().codeIsDue == false, "it was begun and not confirmed")
            func confirm(_ password: String, _ code: String) async throws -> Int {
                try await casefile.confirmSecondFactor(of: session, token: one.token, password: password, code: code)
                    .count
            }
            let code = app.code(at: account.now)
            await #expect(throws: CasefileError.invalid([FieldFault("code", "wrongCode")])) {
                try await confirm(Account.password, "12345")
            }
            await #expect(throws: CasefileError.invalid([FieldFault("password", "wrongPassword")])) {
                try await confirm("not my password at all", code)
            }
            #expect(try await confirm(Account.password, code) == 10)
            #expect(try await casefile.session(other.token) == nil)
            let now = try await account.session(one)
            #expect(now.hasSecondFactor)
            await #expect(throws: CasefileError.notNow) { try await casefile.beginSecondFactor(of: now) }
            await #expect(throws: CasefileError.invalid([FieldFault("password", "wrongPassword")])) {
                try await casefile.removeSecondFactor(of: now, token: one.token, password: "x")
            }
            world.clock.advance(seconds: 1)
            try await casefile.removeSecondFactor(of: now, token: one.token, password: Account.password)
            #expect(try await account.unlocked().codeIsDue == false)
            #expect(try await account.events() == [.secondFactorOff, .secondFactorOn])
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whoever must have a second factor is told so, and cannot turn it off`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let custodian = try await Account.make(world, places: [(.custody, .custodian)])
            let clerk = try await Account.make(world, "other.clerk", places: [(.letters, .triage)])
            #expect(try await custodian.session(try await custodian.signIn()).mustEnrol)
            #expect(try await clerk.session(try await clerk.signIn()).mustEnrol == false)
            let (app, _, _) = try await custodian.enrol()
            let signedIn = try await custodian.signIn(code: app.code(at: custodian.now))
            let session = try await custodian.session(signedIn)
            #expect(session.needsSecondFactor && !session.mustEnrol)
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.removeSecondFactor(
                    of: session, token: signedIn.token, password: Account.password)
            }
            // The root's administrator chooses otherwise; a county's does not, and nobody beyond the bounds.
            let choice = AccountChoice(requiredOf: [.triage], numbers: [.idleMinutes: 10])
            await #expect(throws: CasefileError.notYourAct) {
                try await world.casefile.choose(accounts: choice, by: try world["q.admin"])
            }
            await #expect(throws: CasefileError.invalid([FieldFault("least", "range")])) {
                try await world.casefile.choose(
                    accounts: AccountChoice(numbers: [.least: 14]), by: try world["p.admin"])
            }
            try await world.casefile.choose(accounts: choice, by: try world["p.admin"])
            let other = try await clerk.signIn()
            #expect(try await clerk.session(other).mustEnrol)
            #expect(try await custodian.session(signedIn).needsSecondFactor == false)
            world.clock.advance(seconds: 601)
            #expect(try await world.casefile.session(other.token) == nil, "ten minutes are over")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a password is long, longer where it stands alone, and none that says who one is`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let (_, _, signedIn) = try await account.enrol()
            let with = try await account.session(signedIn)
            func change(_ session: Session, to new: String, from old: String = Account.password) async throws {
                try await world.casefile.changePassword(of: session, token: signedIn.token, from: old, to: new)
            }
            await #expect(throws: SealingError.weakPassword(.context)) {
                try await change(with, to: "Newcomer.clerk.2026")
            }
            await #expect(throws: SealingError.weakPassword(.short)) { try await change(with, to: "eleven char") }
            try await change(with, to: "nine herons!")
            await #expect(throws: CasefileError.invalid([FieldFault("password", "tooShortAlone")])) {
                try await world.casefile.removeSecondFactor(of: with, token: signedIn.token, password: "nine herons!")
            }
            try await change(with, to: "a much longer sentence", from: "nine herons!")
            try await world.casefile.removeSecondFactor(
                of: with, token: signedIn.token, password: "a much longer sentence")
            let without = try await account.session(signedIn)
            await #expect(throws: SealingError.weakPassword(.short)) {
                try await change(without, to: "fourteen signs", from: "a much longer sentence")
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an ended session opens nothing from that moment, and nobody ends another's`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let stranger = try await Account.make(world, "other.clerk")
            let casefile = world.casefile
            let one = try await account.signIn()
            world.clock.advance(seconds: 600)
            let (two, three) = (try await account.signIn(), try await account.signIn())
            let session = try await account.session(two)
            let view = try await casefile.account(of: session, token: two.token)
            #expect(view.sessions.count == 3 && view.sessions.filter(\.isThis).count == 1)
            #expect(view.before != nil && view.signedIn == account.now)
            let first = try #require(view.sessions.min { $0.began < $1.began })
            let intruder = try await account.session(one)
            let theirs = try await stranger.session(try await stranger.signIn())
            await #expect(throws: CasefileError.notFound) { try await casefile.end(first.name, of: theirs) }
            #expect(try await casefile.session(one.token) != nil)
            try await casefile.end(first.name, of: session)
            #expect(try await casefile.session(one.token) == nil)
            await #expect(throws: CasefileError.notFound) { try await casefile.end(first.name, of: intruder) }
            try await casefile.endOtherSessions(of: session, token: two.token)
            #expect(try await casefile.session(three.token) == nil)
            #expect(try await casefile.session(two.token) != nil)
            await #expect(throws: CasefileError.notYourAct) {
                try await casefile.endSessions(of: account.id, by: try world["r.admin"])
            }
            try await casefile.endSessions(of: account.id, by: try world["q.admin"])
            #expect(try await casefile.session(two.token) == nil)
            #expect(try await casefile.lastUse(of: account.id) == account.now.day)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a thief of the tables finds no secret, no recovery code and no key in them`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let (app, codes, signedIn) = try await account.enrol()
            let half = try await world.casefile.awaitCode(of: try await account.unlocked())
            let columns = ["secret", "mark", "sealed_key", "token_hash", "kind", "username", "value"]
            let all = try await bytes(
                of: ["second_factor", "recovery_code", "session", "account_event", "staff", "setting"], world, columns)
            #expect(all.contains(bytes: Array(account.username.utf8)), "the search finds what lies open")
            let key = signedIn.viewer.privateKey.bytes
            let marks = codes.map { $0.mark(of: account.id.description, key: world.casefile.keys.index) }
            let texts =
                [app.text, app.text.filter { $0 != " " }] + codes.map(\.text) + [half.text, signedIn.token.text]
            for secret in [app.bytes, key] + marks + texts.map({ Array($0.utf8) }) {
                #expect(!all.contains(bytes: secret))
            }
            // With the row and the keys folder, and without the password: somebody else's key does not open it.
            let row: [UInt8]? = try await world.casefile.database.read {
                try $0.scalar("SELECT secret FROM second_factor")
            }
            #expect(throws: SealingError.wrongKey) {
                try Wrap.open(
                    try #require(row), with: try world["q.admin"].privateKey, binding: .authenticator(account.id))
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `wrong codes are slowed down wherever they come from, and nobody is shut out for good`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let account = try await Account.make(world)
            let (one, other) = (SignInBrake(world.casefile), SignInBrake(world.casefile))
            let person = account.id.description
            for _ in 0..<15 {
                #expect(try await one.wait(codeOf: person) == nil)
                try await other.failed(codeOf: person)
            }
            #expect(try await one.wait(codeOf: person) == 120)
            #expect(try await one.wait(codeOf: "another") == nil)
            for _ in 0..<20 { try await one.failed(codeOf: person) }
            world.clock.advance(seconds: 121)
            #expect(try await other.wait(codeOf: person) == nil)
        }
    }
}
