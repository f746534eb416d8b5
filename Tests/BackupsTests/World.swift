import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Synchronization

@testable import Backups

let steps = [
    Migration(
        id: "0001-places",
        statements: [
            """
            CREATE TABLE place (id INTEGER PRIMARY KEY NOT NULL, above INTEGER REFERENCES place(id), name TEXT NOT NULL)
            STRICT
            """,
            "INSERT INTO place (id, above, name) VALUES (1, NULL, 'of the schema')",
        ]),
    Migration(
        id: "0002-letters",
        statements: [
            """
            CREATE TABLE letter (
              id TEXT PRIMARY KEY NOT NULL, place_id INTEGER NOT NULL REFERENCES place(id), weight REAL, body BLOB,
              stored TEXT
            ) STRICT
            """,
            "CREATE TABLE passing (id INTEGER NOT NULL) STRICT",
            "CREATE TABLE empty (id INTEGER NOT NULL) STRICT",
        ]),
]

let later = Migration(id: "0003-later", statements: ["ALTER TABLE letter ADD COLUMN page INTEGER NOT NULL DEFAULT 7"])
let passphrase = "Regenschirm, Teekessel und sieben Gänse"

/// A database with a little of everything, its files and its keys; removed at the end.
struct World {
    let database: any Database
    let folder: String
    let keys: KeysFolder
    let files = (0..<3).map { _ in Identifier<Any>.random().description }

    static func with(_ engine: Engine, _ body: (World) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "backups-" + Identifier<Any>.random().description
        try FileManager.default.createDirectory(atPath: folder + "/files", withIntermediateDirectories: true)
        let database = try await TestDatabase.make(engine)
        let world = World(
            database: database, folder: folder, keys: try KeysFolder.openOrCreate(path: folder + "/keys"))
        do {
            try await world.settle()
            try await body(world)
        } catch {
            await world.close()
            throw error
        }
        await world.close()
    }

    private func close() async {
        await database.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func settle() async throws {
        try await migrate(database, steps)
        let (files, folder) = (files, folder)
        try await database.write { tx in
            try tx.run("DELETE FROM place")
            // Whoever is above comes later in the order of the rows.
            for id in stride(from: 450, through: 1, by: -1) {
                try tx.run(
                    "INSERT INTO place (id, above, name) VALUES (\(id), \(id == 450 ? nil : id + 1), \("棠漪镇 \(id)"))")
            }
            for (number, name) in files.enumerated() {
                try tx.run(
                    """
                    INSERT INTO letter (id, place_id, weight, body, stored)
                    VALUES (\("信\(number)"), \(number + 1), \(number == 1 ? nil : 0.1 * Double(number)),
                      \([UInt8](repeating: UInt8(number), count: number * 70_000)), \(name))
                    """)
            }
            try tx.run("INSERT INTO letter (id, place_id) VALUES ('', \(7))")
            try tx.run("INSERT INTO passing (id) VALUES (1)")
        }
        for (number, name) in files.enumerated() where number < 2 {
            try Data(repeating: UInt8(number + 1), count: number * 200_000).write(
                to: URL(fileURLWithPath: "\(folder)/files/\(name)"))
        }
    }

    /// All rows of a database as texts, without those that a backup leaves out.
    static func rows(_ database: any Database) async throws -> [String: [String]] {
        try await database.read { tx in
            var found: [String: [String]] = [:]
            for table in try tx.tables() where table.name != "schema_migration" && table.name != "passing" {
                found[table.name] = try tx.rows("SELECT * FROM \(raw: table.name)").map { "\($0.values)" }.sorted()
            }
            return found
        }
    }

    static let plan = BackupPlan(
        without: ["passing"], only: [:], files: "SELECT stored FROM letter WHERE stored IS NOT NULL ORDER BY stored")

    /// Writes a backup and answers the file's path and which files were gone.
    func backUp(_ plan: BackupPlan = World.plan) async throws -> (path: String, gone: [String]) {
        let path = folder + "/backup"
        let bytes = Collected()
        let begun = try await SealedBackup.begin(
            passphrase: passphrase, gate: PasswordGate(), cost: .light, put: bytes.take)
        let gone = try await fill(begun, plan)
        try Data(bytes.all).write(to: URL(fileURLWithPath: path))
        return (path, gone)
    }

    func fill(_ begun: BackupWriter, _ plan: BackupPlan = World.plan) async throws -> [String] {
        let keys = keys.contents
        var (writer, names) = try await database.read { tx in
            var writer = begun
            let names = try writer.rows(tx, plan: plan, id: "b1", takenAt: 1, keys: keys) { _ in }
            return (writer, names)
        }
        let gone = try writer.files(names, in: folder + "/files") { _ in }
        try writer.finish()
        return gone
    }
}

/// Bytes that come in pieces.
final class Collected: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var all: [UInt8] { bytes.withLock { $0 } }
    func take(_ more: [UInt8]) { bytes.withLock { $0 += more } }
}
