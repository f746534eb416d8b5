import Casework
import Database
import DatabaseTesting
import Entrance
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import NIOEmbedded
import Sealing
import Site
import Synchronization
import WorkingDays

@testable import Casefile
@testable import Reporting

/// A county under a city that is the highest organ here, and the public's pages in front of it. Nothing is shared.
struct Town {
    let casefile: Casefile
    let clock: SettableClock
    let drafts: Drafts
    let folder: String
    private let responder: RouterResponder<SiteContext>
    /// Two people of the county who hold all its roles: what one proposes the other approves.
    let clerk: Viewer
    let colleague: Viewer
    let offices: [OfficeKind: Office]

    struct NoTown: Error {}

    static func make(
        _ engine: Engine, limits: DraftLimits, limit: RateLimit, visitors: String?
    ) async throws -> Town {
        let folder = NSTemporaryDirectory() + "town-" + DraftID.random().description
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try await TestDatabase.make(engine)
        try await migrate(database, CasefileSchema.migrations, ReportingSchema.migrations)
        guard let start = Instant(rfc3339: "2026-03-02T09:30:00+08:00"), let city = RegionCode("990100"),
            let county = RegionCode("990101")
        else { throw NoTown() }
        let clock = SettableClock(start)
        let casefile = Casefile(
            database: database, clock: clock.clock, workflow: try Workflow.shipped(),
            calendar: try WorkingDayTable.shipped(),
            regions: try RegionTable(
                text: "# date: 2026-01-01\n990000\t云省\n990100\t望市\n990101\t清棠县\n990101100\t棠漪镇\n990102\t栎山县\n"),
            keys: try KeysFolder.openOrCreate(path: folder + "/keys"),
            files: try FileStore(folder: folder + "/files"), gate: PasswordGate(), passwordCost: .light)
        let root = Organ(
            id: .random(), code: "C", name: "望市纪委监委", nameEnglish: "City organ", shortName: "望市", level: .city,
            parent: nil, region: city, attachedUnit: nil, aliases: ["望市纪委监委"])
        let organ = Organ(
            id: .random(), code: "Q", name: "清棠县纪委监委", nameEnglish: "County organ", shortName: "清棠县",
            level: .county, parent: root.id, region: county, attachedUnit: nil, aliases: ["清棠县纪委监委"])
        var offices: [OfficeKind: Office] = [:]
        var all: [Office] = []
        var staff: [NewStaff] = []
        var viewers: [Viewer] = []
        for home in [root, organ] {
            offices = [:]
            for kind in OfficeKind.allCases {
                let office = Office(
                    id: .random(), organ: home.id, code: kind.rawValue, name: kind.rawValue,
                    nameEnglish: kind.rawValue, kind: kind)
                offices[kind] = office
                all.append(office)
            }
            let roles: [(OfficeKind, Role)] = [
                (.letters, .director), (.custody, .custodian), (.inspection, .director), (.leaders, .deputy),
            ]
            for person in 0..<2 {
                let key = PrivateKey.generate()
                let record = Staff(
                    id: .random(), username: "\(home.code).\(person)", name: "某\(home.code)\(person)",
                    nameEnglish: "", organ: home.id, aliases: [], kin: [], active: true)
                staff.append(
                    NewStaff(
                        staff: record,
                        places: roles.compactMap { kind, role in offices[kind].map { ($0.id, role) } },
                        publicKey: key.publicKey, sealedKey: [0], mustChange: false))
                viewers.append(Viewer(staff: record.id, organ: home.id, privateKey: key))
            }
        }
        try await casefile.enlarge(organs: [root, organ], offices: all, staff: staff)
        let services = Services(
            shell: try Shell(bundles: [Entrance.bundle, Reporting.bundle]), casefile: casefile,
            limit: limit, navigation: [], publicURL: "http://localhost")
        let reporting = ReportingRoutes(
            services, limits: limits, visitors: try Reporting.visitorRules(visitors))
        let site = SiteRouter(shell: services.shell)
        reporting.add(to: site.routes)
        site.routes.post("/api/v1/reports") { try await reporting.filePublicly($0, $1) }
        guard viewers.count == 4 else { throw NoTown() }
        return Town(
            casefile: casefile, clock: clock, drafts: reporting.drafts, folder: folder,
            responder: site.routes.buildResponder(), clerk: viewers[2], colleague: viewers[3], offices: offices)
    }

    func count(_ table: String) async throws -> Int {
        try await casefile.database.read { tx in try tx.scalar("SELECT COUNT(*) FROM \(raw: table)") ?? 0 }
    }

    /// The files on the disk.
    var stored: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder + "/files")) ?? [] }

    func act(_ name: String, _ id: ReportID, by viewer: Viewer? = nil, _ input: ActInput = [:]) async throws {
        try await casefile.perform(name, on: id, by: viewer ?? clerk, input: input)
    }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: String

        var location: String { headers[.location] ?? "" }

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Answer {
        var fields = fields
        if !body.isEmpty { fields[.contentLength] = String(body.count) }
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let channel = NIOAsyncTestingChannel()
        let context = SiteContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        let response = try await responder.respond(to: request, context: context)
        let collector = Collector()
        try await response.body.write(collector)
        _ = try? await channel.finish()
        return Answer(
            status: response.status.code, headers: response.headers,
            body: String(decoding: collector.bytes.withLock { $0 }, as: UTF8.self))
    }
}

/// Runs a test in a town of its own.
func withTown(
    _ engine: Engine = .sqlite, limits: DraftLimits = .standard, limit: RateLimit = RateLimit(isOn: false),
    visitors: String? = nil, _ body: (Town) async throws -> Void
) async throws {
    let town = try await Town.make(engine, limits: limits, limit: limit, visitors: visitors)
    let result: Result<Void, any Error>
    do {
        try await body(town)
        result = .success(())
    } catch { result = .failure(error) }
    await town.casefile.database.close()
    try? FileManager.default.removeItem(atPath: town.folder)
    try result.get()
}

final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += buffer.readableBytesView } }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
