import Administration
import ArgumentParser
import Backups
import Casefile
import Casework
import Database
import DatabasePostgres
import DatabaseSQLite
import Foundation
import Kernel
import Reporting
import Sealing
import WorkingDays

/// Where an installation lives.
struct PlaceOptions: ParsableArguments {
    @Option(help: "Folder of the database and the sealed files.")
    var data = "data"

    @Option(help: "Folder of the keys (mode 0700). Default: the data folder with -keys.")
    var keys: String?

    @Option(help: "postgres://… instead of the embedded database.")
    var databaseURL: String?

    var place: Place { Place(data: data, keys: keys ?? data + "-keys", databaseURL: databaseURL) }
}

struct Place: Sendable {
    var data: String
    var keys: String
    var databaseURL: String?

    var socket: String { data + "/control.sock" }
    var lock: String { data + "/owner.lock" }
    var files: String { data + "/files" }
    var log: String { data + "/log" }
    var models: String { data + "/models" }

    func openDatabase() async throws -> any Database {
        if let databaseURL { return try await PostgresDatabase.open(url: databaseURL, readers: 4) }
        return try SQLiteDatabase.open(path: data + "/mingjian.sqlite", readers: 4)
    }
}

/// Why an installation could not be opened; each says what to do.
enum PlaceError: Error, CustomStringConvertible {
    case wrongKeys(String)
    case noInstallation(String)
    case worldExists(String)
    case demoInProduction
    case halfRestored(String)
    case unknownSuite(String)

    var description: String {
        switch self {
        case .wrongKeys(let keys):
            "The keys in \(keys) do not belong to this database. Nothing was opened; give the right --keys."
        case .noInstallation(let data):
            "There is no installation in \(data). Run `mingjian init` for a real one or `mingjian demo` to look around."
        case .worldExists(let data): "There is an installation in \(data) already. Nothing was changed."
        case .demoInProduction:
            "This is a demonstration with documented passwords: it is not served in production mode."
        case .unknownSuite(let name):
            """
            \(name) is no suite of algorithms that this program seals with. It knows \
            \(SealingAlgorithm.allCases.map(\.name).joined(separator: ", ")).
            """
        case .halfRestored(let data):
            """
            A restore into this place (\(data)) was cut off: what lies here is half a backup and is not opened. Remove \
            the data folder and the keys folder, empty the PostgreSQL database if it is one, and restore again.
            """
        }
    }
}

/// An opened installation: database, keys, files, rules and calendars.
struct Installation: Sendable {
    let place: Place
    let casefile: Casefile
    private let lock: OwnerLock?

    /// Opens, migrates and checks. One process owns an embedded database; PostgreSQL takes several.
    static func open(
        _ place: Place, create: Bool, clock: Clock = .system, cost: PasswordCost = .standard,
        breached: BreachedList? = nil
    ) async throws -> Installation {
        let isNew = !FileManager.default.fileExists(atPath: place.keys)
        if isNew, !create { throw PlaceError.noInstallation(place.data) }
        try FileManager.default.createDirectory(
            atPath: place.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = place.databaseURL == nil ? try OwnerLock(path: place.lock) : nil
        let keys = try KeysFolder.openOrCreate(path: place.keys)
        let database = try await place.openDatabase()
        guard try await !database.read({ try HalfRestored.isMarked($0) }) else {
            await database.close()
            throw PlaceError.halfRestored(place.data)
        }
        try await migrate(database, CasefileSchema.migrations, ReportingSchema.migrations)
        let fingerprint = keys.fingerprint
        let known = try await database.write { tx -> String? in
            try SealingCommand.takeUp(
                tx.scalar("SELECT value FROM setting WHERE name = \(SealingCommand.setting)"))
            let known: String? = try tx.scalar("SELECT value FROM setting WHERE name = 'keys'")
            if known == nil { try tx.run("INSERT INTO setting (name, value) VALUES ('keys', \(fingerprint))") }
            return known
        }
        guard known == nil || known == fingerprint else { throw PlaceError.wrongKeys(place.keys) }
        let datasets = try await database.read { tx in
            try tx.rows("SELECT name, body FROM dataset").map {
                (try $0.get("name", as: String.self), try $0.get("body", as: String.self))
            }
        }
        let bodies = Dictionary(datasets, uniquingKeysWith: { first, _ in first })
        // What is looked up later is checked before anything is served.
        _ = try JurisdictionRules.shipped()
        _ = try AccountPolicy.shipped()
        let rules = try RuleBook.shipped()
        guard let workflow = rules.current(on: clock.now().day) else { throw PlaceError.noInstallation(place.data) }
        let casefile = Casefile(
            database: database, clock: clock, workflow: workflow,
            calendar: try WorkingDayTable.shipped(),
            regions: try bodies["regions"].map { try RegionTable(text: $0) } ?? RegionTable.shipped(), keys: keys,
            files: try FileStore(folder: place.files), gate: PasswordGate(breached: breached),
            passwordCost: cost,
            rules: rules, logFolder: place.log
        ).with(suggesters: try Suggesters(folder: place.models))
        try await casefile.finishRecomputing()
        return Installation(place: place, casefile: casefile, lock: lock)
    }

    func setting(_ name: String) async throws -> String? {
        try await casefile.database.read { tx in try tx.scalar("SELECT value FROM setting WHERE name = \(name)") }
    }

    func set(_ name: String, _ value: String) async throws {
        try await casefile.database.write { tx in
            try tx.run(
                """
                INSERT INTO setting (name, value) VALUES (\(name), \(value))
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """)
        }
    }

    /// Stores another list of places and answers the same door with it.
    func withRegions(_ text: String) async throws -> Casefile {
        _ = try await OpenDataImport.regions(text: text, into: casefile)
        return casefile.with(regions: try RegionTable(text: text))
    }

    func close() async { await casefile.close() }
}
