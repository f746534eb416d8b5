import Casework
import Database
import DatabaseTesting
import Sealing
import Synchronization
import Testing

@testable import Casefile

/// A database before whose first write somebody changes the directory.
private final class Restless: Database {
    let database: any Database
    private let isQuiet = Mutex(false)

    init(_ database: any Database) { self.database = database }

    var engine: Engine { database.engine }
    var counters: Counters { database.counters }
    func purge(_ tables: [String]) async throws -> Bool { try await database.purge(tables) }
    func close() async { await database.close() }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await database.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        let isFirst = isQuiet.withLock { quiet in
            defer { quiet = true }
            return !quiet
        }
        if isFirst {
            try await database.write { tx in
                try tx.run("UPDATE world_version SET version = version + 1 WHERE id = 1")
            }
        }
        return try await database.write(body)
    }
}

@Suite struct `Messages are imported` {
    @Test(arguments: TestDatabase.availableEngines)
    func `while somebody changes the directory, and none is lost`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let calm = world.casefile
            let casefile = Casefile(
                database: Restless(calm.database), clock: calm.clock, workflow: calm.workflow, calendar: calm.calendar,
                regions: calm.regions, keys: calm.keys, files: calm.files, gate: PasswordGate(), passwordCost: .light)
            let filing = Filing(
                organ: "Q", letter: Letter(title: "标题", content: "内容", reported: []), channel: .other)
            let filed = try await casefile.fileImported(filing, mark: [1])
            let tally = try await calm.verify()
            #expect(filed != nil && tally.reports == 1)
        }
    }
}
