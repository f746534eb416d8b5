package import Database
import DatabasePostgres
import DatabaseSQLite
import Foundation

/// Fresh databases for tests, on every engine at hand.
package enum TestDatabase {
    /// SQLite always; PostgreSQL when `MINGJIAN_TEST_POSTGRES` holds a server's URL (see `Scripts/with-postgres.sh`).
    package static let availableEngines: [Engine] = {
        if server != nil { return [.sqlite, .postgres] }
        print("MINGJIAN_TEST_POSTGRES is not set: PostgreSQL is left out, only SQLite is tested.")
        return [.sqlite]
    }()

    static var server: String? {
        ProcessInfo.processInfo.environment["MINGJIAN_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An empty database of its own; what it occupied goes when it is closed.
    package static func make(_ engine: Engine, readers: Int = 2) async throws -> any Database {
        let place = try await TestPlace(engine)
        return PlacedDatabase(inner: try await place.open(readers: readers), place: place)
    }
}

/// Where one fresh database lives, for tests that open it more than once. Call ``remove()`` at the end.
package final class TestPlace: Sendable {
    /// The engine behind it.
    package let engine: Engine
    /// The file's path on SQLite, the connection URL on PostgreSQL.
    package let address: String
    private let name: String

    /// An empty folder, or an empty schema on the test server.
    package init(_ engine: Engine) async throws {
        self.engine = engine
        name = "mj_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        switch engine {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            address = folder.appendingPathComponent("test.sqlite").path
        case .postgres:
            guard let server = TestDatabase.server else {
                throw DatabaseError.unavailable("MINGJIAN_TEST_POSTGRES is not set")
            }
            address = server + (server.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(name)"
            let name = name
            try await TestPlace.administer(server) { tx in try tx.run("CREATE SCHEMA \(raw: name)") }
        }
    }

    /// One more database over the same place, as another process would open it.
    package func open(readers: Int = 2) async throws -> any Database {
        switch engine {
        case .sqlite: try SQLiteDatabase.open(path: address, readers: readers)
        case .postgres: try await PostgresDatabase.open(url: address, readers: readers)
        }
    }

    /// Removes the files or the schema; the databases over it must be closed.
    package func remove() async {
        switch engine {
        case .sqlite:
            try? FileManager.default.removeItem(at: URL(fileURLWithPath: address).deletingLastPathComponent())
        case .postgres:
            guard let server = TestDatabase.server else { return }
            let name = name
            try? await TestPlace.administer(server) { tx in try tx.run("DROP SCHEMA \(raw: name) CASCADE") }
        }
    }

    private static func administer(
        _ server: String, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        let database = try await PostgresDatabase.open(url: server, readers: 1)
        do { try await database.write(body) } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// A database that takes its place along when it closes.
private struct PlacedDatabase: Database {
    let inner: any Database
    let place: TestPlace

    var engine: Engine { inner.engine }
    var counters: Counters { inner.counters }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.write(body)
    }

    func announce() -> Announcement? { inner.announce() }

    func purge(_ tables: [String]) async throws -> Bool { try await inner.purge(tables) }

    func write<T: Sendable>(
        _ announcement: Announcement?, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await inner.write(announcement, body)
    }

    func close() async {
        await inner.close()
        await place.remove()
    }
}
