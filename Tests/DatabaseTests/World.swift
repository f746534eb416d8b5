import Database
import DatabaseTesting
import Testing

/// A fresh database with a small schema, closed and removed at the end whatever happens.
func withDatabase(
    _ engine: Engine, readers: Int = 2, _ body: (any Database) async throws -> Void
) async throws {
    let database = try await TestDatabase.make(engine, readers: readers)
    do {
        try await migrate(database, [schema])
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

let schema = Migration(
    id: "0001-test",
    statements: [
        "CREATE TABLE organ (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE) STRICT",
        """
        CREATE TABLE paper (
            id INTEGER PRIMARY KEY NOT NULL,
            organ_id INTEGER REFERENCES organ (id),
            title TEXT, body BLOB, weight REAL,
            pages INTEGER CHECK (pages >= 0)
        ) STRICT
        """,
    ])

func count(_ table: String, in database: any Database) async throws -> Int {
    try await database.read { tx in try tx.scalar("SELECT COUNT(*) FROM \(raw: table)") ?? -1 }
}

func expect(
    _ table: String, holds number: Int, in database: any Database, at place: SourceLocation = #_sourceLocation
) async throws {
    let found = try await count(table, in: database)
    #expect(found == number, sourceLocation: place)
}

/// The error of the engine's contract that `body` throws, or nil.
func failure(_ body: () async throws -> Void) async -> DatabaseError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? DatabaseError
    }
}
