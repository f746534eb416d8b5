import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Backups

@Suite struct `A backup` {
    static let pairs = TestDatabase.availableEngines.flatMap { from in
        TestDatabase.availableEngines.map { (from, $0) }
    }

    /// Restores into a fresh database of an engine, as the command does.
    private func restore(
        _ path: String, into engine: Engine, _ folder: String, known: [Migration] = steps,
        _ body: (any Database, RestoreTally) async throws -> Void
    ) async throws {
        let backup = try await SealedBackup.open(path: path, passphrase: passphrase, gate: PasswordGate())
        let head = try backup.check { _ in }
        let database = try await TestDatabase.make(engine)
        do {
            try await database.write { try HalfRestored.mark($0) }
            try await migrate(database, known.filter { head.schema.contains($0.id) })
            let tally = try await database.write { tx in
                let loader = try tx.loading {
                    var loader = BackupLoader(tx, files: folder + "/files", keys: folder + "/keys")
                    try backup.read(into: &loader) { _ in }
                    return loader
                }
                try HalfRestored.clear(tx)
                return loader.tally
            }
            try await migrate(database, known)
            try await body(database, tally)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private func count(_ sql: SQL, _ database: any Database) async throws -> Int? {
        try await database.read { try $0.scalar(sql) }
    }

    @Test(arguments: pairs)
    func `comes back whole on either engine, and says which file was gone`(_ from: Engine, _ into: Engine) async throws
    {
        try await World.with(from) { world in
            let (path, gone) = try await world.backUp()
            #expect(gone == [world.files[2]])
            let place = world.folder + "/elsewhere"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let before = try await World.rows(world.database)
            try await restore(path, into: into, place) { database, tally in
                #expect(try await World.rows(database) == before)
                #expect(tally == RestoreTally(rows: 454, files: 2, gone: gone, strangers: []))
                let isMarked = try await database.read { try HalfRestored.isMarked($0) }
                #expect(!isMarked)
                #expect(try await count("SELECT COUNT(*) FROM passing", database) == 0)
                // The rules of the schema hold again.
                await #expect(throws: DatabaseError.self) {
                    try await database.write { tx in
                        try tx.run("INSERT INTO letter (id, place_id) VALUES ('x', 9999)")
                    }
                }
            }
            #expect(try KeysFolder.open(path: place + "/keys").contents == world.keys.contents)
            for name in world.files.prefix(2) {
                let (one, other) = ("\(world.folder)/files/\(name)", "\(place)/files/\(name)")
                #expect(FileManager.default.contents(atPath: one) == FileManager.default.contents(atPath: other))
            }
        }
    }

    @Test(arguments: pairs)
    func `holds nothing of a column that is left empty, and the rest of its rows`(_ from: Engine, _ into: Engine)
        async throws
    {
        try await World.with(from) { world in
            var plan = World.plan
            plan.instead = ["letter": ["body": "NULL"]]
            let (path, _) = try await world.backUp(plan)
            let place = world.folder + "/elsewhere"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try await restore(path, into: into, place) { database, _ in
                let bodies = try await count("SELECT COUNT(*) FROM letter WHERE body IS NOT NULL", database)
                let stored = try await count("SELECT COUNT(*) FROM letter WHERE stored IS NOT NULL", database)
                #expect(bodies == 0 && stored == 3)
            }
            #expect(try await count("SELECT COUNT(*) FROM letter WHERE body IS NOT NULL", world.database) == 3)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `of an older schema is brought up to date after it was restored`(_ engine: Engine) async throws {
        try await World.with(engine) { world in
            let (path, _) = try await world.backUp()
            let place = world.folder + "/elsewhere"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try await restore(path, into: engine, place, known: steps + [later]) { database, _ in
                let pages = try await count("SELECT CAST(SUM(page) AS INTEGER) FROM letter", database)
                #expect(pages == 28)
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `whose rows break a rule leaves nothing but the mark of a restore that was cut off`(_ engine: Engine)
        async throws
    {
        try await World.with(engine) { world in
            let (path, _) = try await world.backUp()
            let place = world.folder + "/elsewhere"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let backup = try await SealedBackup.open(path: path, passphrase: passphrase, gate: PasswordGate())
            let database = try await TestDatabase.make(engine)
            try await database.write { try HalfRestored.mark($0) }
            let other = Migration(
                id: "0001-places",
                statements: [
                    "CREATE TABLE place (id INTEGER PRIMARY KEY NOT NULL, above INTEGER, name TEXT NOT NULL) STRICT",
                    "CREATE TABLE letter (id TEXT PRIMARY KEY NOT NULL, place_id INTEGER NOT NULL) STRICT",
                ])
            try await migrate(database, [other])
            await #expect(throws: BackupError.strangeColumn(table: "letter", column: "weight")) {
                try await database.write { tx in
                    try tx.loading {
                        var loader = BackupLoader(tx, files: place + "/files", keys: place + "/keys")
                        try backup.read(into: &loader) { _ in }
                    }
                    try HalfRestored.clear(tx)
                }
            }
            let isMarked = try await database.read { try HalfRestored.isMarked($0) }
            #expect(isMarked)
            #expect(try await count("SELECT COUNT(*) FROM place", database) == 0)
            await database.close()
        }
    }

    @Test func `that was cut, extended or altered anywhere is refused whole`() async throws {
        try await World.with(.sqlite) { world in
            let (path, _) = try await world.backUp()
            let whole = Array(try #require(FileManager.default.contents(atPath: path)))
            let places = [0, 17, 18, 20, 30, 60, 98, 99, 110, 124, 125, 200, 70_000, 150_000, whole.count - 1]
            var forgeries = places.map { place in
                var altered = whole
                altered[place] ^= 1
                return altered
            }
            // At the end of a chunk, in the middle of one, of the head, nothing at all, and one byte more.
            for length in [whole.count - 1, 124 + 65_552 * 2, 124 + 65_552, 150_000, 124, 99, 50, 18, 5, 0] {
                forgeries.append(Array(whole.prefix(length)))
            }
            forgeries.append(whole + [0])
            for forgery in forgeries {
                try Data(forgery).write(to: URL(fileURLWithPath: path))
                await #expect(throws: BackupError.self) {
                    let opened = try await SealedBackup.open(path: path, passphrase: passphrase, gate: PasswordGate())
                    _ = try opened.check { _ in }
                }
            }
            try Data(whole).write(to: URL(fileURLWithPath: path))
            await #expect(throws: BackupError.wrongPassphrase) {
                try await SealedBackup.open(path: path, passphrase: passphrase + "!", gate: PasswordGate())
            }
            let opened = try await SealedBackup.open(path: path, passphrase: passphrase, gate: PasswordGate())
            #expect(try opened.check { _ in }.schema == steps.map(\.id))
        }
    }

    @Test func `is not made without a file that is there and cannot be opened`() async throws {
        try await World.with(.sqlite) { world in
            let file = "\(world.folder)/files/\(world.files[1])"
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: file)
            await #expect(throws: SealingError.system(operation: "open", path: file, code: ELOOP)) {
                try await world.backUp()
            }
        }
    }

    @Test func `opens through a symbolic link`() async throws {
        try await World.with(.sqlite) { world in
            let (path, _) = try await world.backUp()
            let link = world.folder + "/latest"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "backup")
            let opened = try await SealedBackup.open(path: link, passphrase: passphrase, gate: PasswordGate())
            #expect(opened.path.hasSuffix(path))
            #expect(try opened.check { _ in }.schema == steps.map(\.id))
        }
    }

    @Test func `holds no word in the clear`() async throws {
        try await World.with(.sqlite) { world in
            let (path, _) = try await world.backUp()
            let bytes = try #require(FileManager.default.contents(atPath: path))
            for word in ["棠漪镇", "letter", "pepper", world.files[0]] { #expect(bytes.range(of: Data(word.utf8)) == nil) }
            for key in world.keys.contents.values { #expect(bytes.range(of: Data(key.bytes)) == nil) }
        }
    }
}
