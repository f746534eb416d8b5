import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

@Suite struct `The book of backups` {
    @Test(arguments: TestDatabase.availableEngines)
    func `a passphrase serves one month and ends with it`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let march = try #require(Month("2026-03"))
            let april = try #require(Month("2026-04"))
            let first = try await world.casefile.beginBackup(passphrase: "aa")
            world.clock.advance(seconds: 1)
            _ = try await world.casefile.beginBackup(passphrase: "aa")
            world.clock.advance(seconds: 31 * 86_400)
            await #expect(throws: BackupRefusal.passphraseOf(march)) {
                try await world.casefile.beginBackup(passphrase: "aa")
            }
            _ = try await world.casefile.beginBackup(passphrase: "bb")
            #expect(try await world.casefile.destroyBackups(of: march, by: "root") == 2)
            await #expect(throws: BackupRefusal.nothingOf(march)) {
                try await world.casefile.destroyBackups(of: march, by: "root")
            }
            // What was destroyed is remembered: its passphrase serves no other month either.
            await #expect(throws: BackupRefusal.passphraseOf(march)) {
                try await world.casefile.beginBackup(passphrase: "aa")
            }
            try await world.casefile.destroyBackups(of: april, by: "root")
            await #expect(throws: BackupRefusal.destroyed(april)) {
                try await world.casefile.beginBackup(passphrase: "cc")
            }
            let records = try await world.casefile.backups()
            #expect(records.map(\.month) == [march, march, april])
            #expect(records.first?.id == first.id)
            #expect(records.allSatisfy { $0.destroyedBy == "root" })
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `tells which months still hold what was destroyed since`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let march = try #require(Month("2026-03"))
            let given = try await world.casefile.beginBackup(passphrase: "aa")
            let kept = try await world.casefile.beginBackup(passphrase: "aa")
            world.clock.advance(seconds: 60)
            let destruction = world.clock.clock.now()
            world.clock.advance(seconds: 31 * 86_400)
            _ = try await world.casefile.beginBackup(passphrase: "bb")
            #expect(try await world.casefile.monthsOfBackups(by: destruction) == [march])
            // Given up with nothing left, it is forgotten; finished, or not known to be, it counts.
            try await world.casefile.withdrawBackup(given.id)
            #expect(try await world.casefile.monthsOfBackups(by: destruction) == [march])
            let file = BackupFile(bytes: 7, digest: "00")
            try await world.casefile.finishBackup(kept.id, file: file)
            try await world.casefile.withdrawBackup(kept.id)
            #expect(try await world.casefile.backups().map(\.file) == [file, nil])
            try await world.casefile.destroyBackups(of: march, by: "root")
            #expect(try await world.casefile.monthsOfBackups(by: destruction) == [])
            #expect(try await world.casefile.monthsOfBackups(by: world.clock.clock.now()).count == 1)
        }
    }
}
