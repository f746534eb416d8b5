import Casefile
import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import WorkingDays

@testable import Administration

/// The lists of a demo province, taken over into a fresh database.
struct House {
    let casefile: Casefile
    private let folder: String
    static let password = "a house with open doors"

    private static func empty(_ engine: Engine) async throws -> House {
        let database = try await TestDatabase.make(engine)
        try await migrate(database, CasefileSchema.migrations)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // As in the demonstration, nobody must have a second factor.
        try await database.write { tx in
            try tx.run("INSERT INTO setting (name, value) VALUES ('kind', 'demo')")
        }
        return House(
            casefile: Casefile(
                database: database, clock: .system, workflow: try .shipped(), calendar: try .shipped(),
                regions: try RegionTable(text: list("regions.tsv")),
                keys: try .openOrCreate(path: folder + "/keys"), files: try FileStore(folder: folder + "/files"),
                gate: PasswordGate(), passwordCost: .light), folder: folder)
    }

    /// An empty house, gone with its database and its files when the body is done.
    static func whileEmpty(_ engine: Engine, _ body: (House) async throws -> Void) async throws {
        let house = try await empty(engine)
        let result: Result<Void, any Error>
        do { result = .success(try await body(house)) } catch { result = .failure(error) }
        await house.casefile.database.close()
        try? FileManager.default.removeItem(atPath: house.folder)
        try result.get()
    }

    /// The same with all the lists in it.
    static func whileFull(_ engine: Engine, _ body: (House) async throws -> Void) async throws {
        try await whileEmpty(engine) { house in
            for name in ["organs", "offices", "staff"] { _ = try await house.take(name, list(name + ".csv")) }
            try await body(house)
        }
    }

    func take(_ name: String, _ csv: String) async throws -> ImportResult {
        switch name {
        case "organs": try await InstitutionImport.organs(csv: csv, into: casefile)
        case "offices": try await InstitutionImport.offices(csv: csv, into: casefile)
        default:
            try await InstitutionImport.staff(
                csv: csv, into: casefile, password: Self.password, mustChange: false)
        }
    }

    static func list(_ name: String) throws -> String {
        // Beside this file stand the sources: the lists are those that the demonstration ships.
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("Sources/mingjian/Resources/demo/" + name), encoding: .utf8)
    }
}
