import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import WorkingDays

@testable import Casefile

/// A province, a city, two counties, a township and a dispatched team, with just the people the stories need.
/// Every test builds its own; nothing is shared.
struct SmallWorld {
    let casefile: Casefile
    let clock: SettableClock
    let folder: String
    private(set) var people: [String: Viewer] = [:]
    private(set) var organs: [String: Organ] = [:]
    private(set) var offices: [String: Office] = [:]

    subscript(_ username: String) -> Viewer {
        get throws {
            guard let viewer = people[username] else { throw WorldError.nobody(username) }
            return viewer
        }
    }

    enum WorldError: Error { case nobody(String) }

    /// organ code, name, level, parent, region, aliases
    static let organRows: [(String, String, OrganLevel, String?, String, [String])] = [
        ("P", "云省纪律检查委员会监察委员会", .province, nil, "990000", ["云省纪委监委", "云省纪委", "省纪委"]),
        ("C", "望市纪律检查委员会监察委员会", .city, "P", "990100", ["望市纪委监委", "望市纪委", "市纪委"]),
        ("Q", "清棠县纪律检查委员会监察委员会", .county, "C", "990101", ["清棠县纪委监委", "清棠县纪委", "县纪委"]),
        ("R", "栎山县纪律检查委员会监察委员会", .county, "C", "990102", ["栎山县纪委监委", "栎山县纪委", "县纪委"]),
        ("T", "中共清棠县棠漪镇纪律检查委员会", .township, "Q", "990101100", ["棠漪镇纪委", "镇纪委"]),
        ("D", "清棠县纪委监委驻县民政局纪检监察组", .dispatched, "Q", "990101", ["驻县民政局纪检监察组"]),
    ]

    /// username, name, organ, office kinds with roles, kin
    static let staffRows: [(String, String, String, [(OfficeKind, Role)], [String])] =
        ["P", "C", "Q", "R", "T", "D"].flatMap { organ -> [(String, String, String, [(OfficeKind, Role)], [String])] in
            let o = organ.lowercased()
            return [
                ("\(o).director", "主任\(organ)", organ, [(.letters, .director)], []),
                ("\(o).registrar", "登记员\(organ)", organ, [(.letters, .registrar), (.custody, .custodian)], []),
                ("\(o).triage", "研判员\(organ)", organ, [(.letters, .triage)], []),
                ("\(o).deputy", "副书记\(organ)", organ, [(.leaders, .deputy)], []),
                ("\(o).principal", "书记\(organ)", organ, [(.leaders, .principal)], []),
                ("\(o).inspector", "监督主任\(organ)", organ, [(.inspection, .director)], []),
                ("\(o).handler", "承办人\(organ)", organ, [(.inspection, .handler)], organ == "Q" ? ["钱小亲"] : []),
                ("\(o).bystander", "旁观者\(organ)", organ, [(.inspection, .handler)], []),
                ("\(o).internal", "内监主任\(organ)", organ, [(.internal, .director)], []),
                ("\(o).custodian", "保管员\(organ)", organ, [(.custody, .custodian)], []),
                (
                    "\(o).supervisor", "案管主任\(organ)", organ, [(.caseSupervision, .director)],
                    organ == "Q" ? ["孙表亲"] : []
                ),
                ("\(o).supervising", "案管员\(organ)", organ, [(.caseSupervision, .member)], []),
                ("\(o).admin", "管理员\(organ)", organ, [(.administration, .administrator)], []),
            ]
        }

    static func make(_ engine: Engine, workflow: Workflow? = nil) async throws -> SmallWorld {
        let folder = NSTemporaryDirectory() + "small-world-" + Identifier<OrganTag>.random().description
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try await TestDatabase.make(engine)
        try await migrate(database, CasefileSchema.migrations)
        guard let start = Instant(rfc3339: "2026-03-02T09:30:00+08:00") else { throw WorldError.nobody("time") }
        let clock = SettableClock(start)
        let casefile = Casefile(
            database: database, clock: clock.clock, workflow: try workflow ?? Workflow.shipped(),
            calendar: try WorkingDayTable.shipped(),
            regions: try RegionTable(
                text:
                    "# source: test\n# licence: none\n# date: 2026-01-01\n990000\t云省\n990100\t望市\n990101\t清棠县\n990101100\t棠漪镇\n990102\t栎山县\n"
            ),
            keys: try KeysFolder.openOrCreate(path: folder + "/keys"),
            files: try FileStore(folder: folder + "/files"), gate: PasswordGate(), passwordCost: .light)
        var world = SmallWorld(casefile: casefile, clock: clock, folder: folder)
        try await world.settle()
        return world
    }

    private mutating func settle() async throws {
        var organs: [Organ] = []
        for (code, name, level, parent, region, aliases) in Self.organRows {
            guard let region = RegionCode(region) else { throw WorldError.nobody(region) }
            let organ = Organ(
                id: .random(), code: code, name: name, nameEnglish: "Organ \(code)", shortName: name, level: level,
                parent: parent.flatMap { self.organs[$0]?.id }, region: region,
                attachedUnit: code == "D" ? "清棠县民政局" : nil, aliases: aliases)
            self.organs[code] = organ
            organs.append(organ)
        }
        var offices: [Office] = []
        for organ in organs {
            for kind in OfficeKind.allCases {
                let office = Office(
                    id: .random(), organ: organ.id, code: kind.rawValue, name: kind.rawValue,
                    nameEnglish: kind.rawValue, kind: kind)
                self.offices["\(organ.code).\(kind.rawValue)"] = office
                offices.append(office)
            }
        }
        var staff: [NewStaff] = []
        for (username, name, organ, places, kin) in Self.staffRows {
            guard let home = self.organs[organ] else { throw WorldError.nobody(organ) }
            let key = PrivateKey.generate()
            let person = Staff(
                id: .random(), username: username, name: name, nameEnglish: username, organ: home.id, aliases: [],
                kin: kin.map { Kin(name: $0, relation: "弟弟") }, active: true)
            let memberships: [(office: OfficeID, role: Role)] = places.compactMap { kind, role in
                self.offices["\(organ).\(kind.rawValue)"].map { ($0.id, role) }
            }
            staff.append(
                NewStaff(
                    staff: person, places: memberships, publicKey: key.publicKey, sealedKey: [0], mustChange: false))
            people[username] = Viewer(staff: person.id, organ: home.id, privateKey: key)
        }
        try await casefile.enlarge(organs: organs, offices: offices, staff: staff)
    }

    func close() async {
        await casefile.database.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: what the stories do

    static func letter(
        _ reported: [ReportedParty], title: String = "镇里截留补偿款", content: String = "三组的修路补偿款三年没有发下来。",
        place: String = "990101"
    ) -> Letter {
        Letter(
            title: title, content: content, demand: "把钱发下来", place: RegionCode(place), reported: reported,
            happened: "2025年", location: "前湾村")
    }

    static let clerkOfTheTown = ReportedParty(
        kind: .person, name: "汪启恒", unit: "棠漪镇人民政府", position: "镇长", management: .county)

    func holder(_ filed: Filed) -> ReceiptHolder { ReceiptHolder(filed.receipt, pepper: casefile.keys.pepper) }

    func act(_ name: String, _ id: ReportID, _ username: String, _ input: ActInput = [:]) async throws {
        try await casefile.perform(name, on: id, by: try self[username], input: input)
    }

    /// The report as somebody sees it; `nil` for whom it does not exist.
    func view(_ id: ReportID, _ username: String) async throws -> ReportView? {
        do {
            return try await casefile.report(id, for: try self[username])
        } catch CasefileError.notFound {
            return nil
        }
    }

    /// From the registrar's desk to the approved proposal, in one organ.
    func judge(_ id: ReportID, at o: String, way: String, _ target: ActInput = [:]) async throws {
        try await act("register", id, "\(o).registrar")
        // Only what has no substance, or repeats, is kept on file.
        let isBare = way == "keep"
        try await act(
            "classify", id, "\(o).triage",
            [
                "category": .text(isBare ? "no-substance" : "discipline-breach"),
                "problem": .text(isBare ? "" : "mass"),
                "opinion": .text(isBare ? "没有具体线索" : "有具体线索"),
            ])
        var proposal: ActInput = ["way": .text(way), "opinion": .text("建议办理")]
        proposal.merge(target) { $1 }
        try await act("propose", id, "\(o).triage", proposal)
        try await act("approve", id, "\(o).deputy", ["opinion": .text("同意")])
    }

    /// From referral to feedback.
    func handle(_ id: ReportID, at o: String) async throws {
        try await act("refer", id, "\(o).registrar")
        try await act("sign", id, "\(o).inspector")
        guard let handler = people["\(o).handler"] else { throw WorldError.nobody(o) }
        try await act("allocate", id, "\(o).inspector", ["handlers": .list([handler.staff.description])])
        try await act(
            "dispose", id, "\(o).handler",
            [
                "kind": .text("verify"), "opinion": .text("拟初步核实"), "plan": .text("调取账目，逐户核对"),
            ])
        try await act("approve", id, "\(o).deputy")
        try await act(
            "conclude", id, "\(o).handler",
            [
                "results": .items([["party": .text("1"), "finding": .text("true"), "handling": .text("first-form")]]),
                "end": .text("close"), "text": .text("经查属实"),
            ])
        try await act("countersign", id, "\(o).inspector")
        try await act("approve", id, "\(o).principal")
        try await act("feedback", id, "\(o).handler", ["way": .text("platform"), "text": .text("款项已补发")])
    }

    func id(_ office: String) throws -> OfficeID {
        guard let found = offices[office] else { throw WorldError.nobody(office) }
        return found.id
    }

    func office(_ key: String) throws -> InputValue { .text(try id(key).description) }

    func organ(_ key: String) throws -> InputValue {
        guard let organ = organs[key] else { throw WorldError.nobody(key) }
        return .text(organ.id.description)
    }
}

func withWorld(
    _ engine: Engine, workflow: Workflow? = nil, _ body: (SmallWorld) async throws -> Void
) async throws {
    let world = try await SmallWorld.make(engine, workflow: workflow)
    do {
        try await body(world)
    } catch {
        await world.close()
        throw error
    }
    await world.close()
}
