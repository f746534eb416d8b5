import Database
import DatabaseTesting
import Synchronization
import Testing

@Suite struct `Writes that wait together commit together` {
    private struct Refused: Error {}

    @Test(arguments: TestDatabase.availableEngines)
    func `200 writes at once take fewer commits, and a failing one undoes only itself`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let before = database.counters
            let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let kept: Void? = try? await database.write { tx in
                            try tx.run("INSERT INTO organ (id, name) VALUES (\(number), \("organ \(number)"))")
                            if number % 10 == 3 { throw Refused() }
                            if number % 10 == 7 { try tx.run("INSERT INTO organ (id, name) VALUES (\(number), 'x')") }
                        }
                        return (number, kept != nil)
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            let rows = try await database.read { tx in try tx.rows("SELECT id FROM organ") }
            let stored = Set(try rows.map { try $0.get("id", as: Int.self) })
            #expect(stored == Set(outcomes.filter(\.value).keys))
            #expect(stored.count == 160)
            let after = database.counters
            #expect(after.jobs - before.jobs == 200)
            #expect(after.commits - before.commits < 100)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a cancelled caller's write is kept`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await database.write { tx in try tx.run("INSERT INTO organ (id, name) VALUES (1, '甲')") }
            }
            try await task.value
            #expect(task.isCancelled)
            try await expect("organ", holds: 1, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a read keeps its snapshot while others write`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let opened = Gate()
            let written = Gate()
            async let counts = database.read { tx in
                let first = try tx.scalar("SELECT COUNT(*) FROM organ", as: Int.self)
                opened.open()
                written.wait()
                return [first, try tx.scalar("SELECT COUNT(*) FROM organ", as: Int.self)]
            }
            await opened.wait()
            try await database.write { tx in try tx.run("INSERT INTO organ (id, name) VALUES (1, '甲')") }
            written.open()
            #expect(try await counts == [0, 0])
            try await expect("organ", holds: 1, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `closing finishes what was accepted and refuses the rest`(_ engine: Engine) async throws {
        let place = try await TestPlace(engine)
        let database = try await place.open()
        try await migrate(database, [schema])
        let errors = await withTaskGroup(of: DatabaseError?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    await failure {
                        try await database.write { tx in
                            try tx.run("INSERT INTO organ (id, name) VALUES (\(number), \("\(number)"))")
                        }
                    }
                }
            }
            Task { await database.close() }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.allSatisfy { $0 == nil || $0 == .closed })
        await database.close()
        #expect(await failure { try await database.write { _ in } } == .closed)
        #expect(await failure { try await database.read { _ in } } == .closed)

        let again = try await place.open()
        try await expect("organ", holds: errors.count { $0 == nil }, in: again)
        await again.close()
        await place.remove()
    }
}

/// Opens once; a thread or a task waits for it.
private final class Gate: Sendable {
    private let isOpen = Mutex(false)
    func open() { isOpen.withLock { $0 = true } }
    /// For the lane's thread, where nothing may be awaited.
    func wait() { while !isOpen.withLock({ $0 }) { pause() } }
    func wait() async { while !isOpen.withLock({ $0 }) { await Task.yield() } }
    private func pause() { _ = ContinuousClock.now }
}

@Suite struct `What is announced is waited for` {
    @Test(arguments: TestDatabase.availableEngines)
    func `writes announced together share a commit, and a later one needs no company`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let before = database.counters
            let announcements = (0..<8).map { _ in database.announce() }
            for (number, announcement) in announcements.enumerated() {
                Task {
                    try await database.write(announcement) { tx in
                        try tx.run("INSERT INTO organ (id, name) VALUES (\(number), \("organ \(number)"))")
                    }
                }
            }
            while database.counters.jobs - before.jobs < 8 { try await Task.sleep(for: .milliseconds(1)) }
            try await database.write { tx in try tx.run("INSERT INTO organ (id, name) VALUES (8, 'organ 8')") }
            try await expect("organ", holds: 9, in: database)
            #expect(database.counters.commits - before.commits <= 5)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an announcement that is dropped holds nobody up`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            for number in 0..<50 {
                var dropped = database.announce()
                let kept = database.announce()
                #expect(dropped != nil)
                dropped = nil
                try await database.write(kept) { tx in
                    try tx.run("INSERT INTO organ (id, name) VALUES (\(number), \("organ \(number)"))")
                }
            }
            try await expect("organ", holds: 50, in: database)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an announcement that is never kept delays others and stops nobody`(_ engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let idle = database.announce()
            for number in 0..<5 {
                try await database.write { tx in
                    try tx.run("INSERT INTO organ (id, name) VALUES (\(number), \("organ \(number)"))")
                }
            }
            try await expect("organ", holds: 5, in: database)
            withExtendedLifetime(idle) {}
        }
    }
}
