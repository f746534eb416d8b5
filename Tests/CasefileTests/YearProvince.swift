import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import WorkingDays

@testable import Casefile

/// Random numbers that a seed repeats (SplitMix64).
struct YearDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    mutating func pick<T>(_ choices: some Collection<T>) -> T? { choices.randomElement(using: &self) }

    mutating func id<Tag>() -> Identifier<Tag> {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &self) }
        bytes[6] = bytes[6] & 15 | 64
        bytes[8] = bytes[8] & 63 | 128
        return Identifier(bytes: bytes) ?? .random()
    }

    /// One of the entries, each as likely as its weight says; `nil` when all weigh nothing.
    mutating func weighed<T>(_ entries: [(T, Double)]) -> T? {
        let sum = entries.reduce(0) { $0 + max(0, $1.1) }
        guard sum > 0 else { return nil }
        var rest = Double.random(in: 0..<sum, using: &self)
        for (entry, weight) in entries where weight > 0 {
            rest -= weight
            if rest < 0 { return entry }
        }
        return entries.last { $0.1 > 0 }?.0
    }
}

/// A province with two cities, four counties, four townships and a dispatched team, every office with people in every
/// role. All names are invented; the reported bear other surnames than the staff.
struct YearProvince {
    struct Person {
        var viewer: Viewer
        var staff: Staff
    }

    let casefile: Casefile
    let clock: SettableClock
    let folder: String
    var people: [Person] = []
    var organs: [Organ] = []
    var offices: [Office] = []

    static let rows: [(code: String, place: String, level: OrganLevel, parent: String?, region: String)] = [
        ("P", "云省", .province, nil, "990000"),
        ("C1", "望市", .city, "P", "990100"), ("C2", "澜市", .city, "P", "990200"),
        ("Q1", "清棠县", .county, "C1", "990101"), ("Q2", "栎山县", .county, "C1", "990102"),
        ("Q3", "芦塘县", .county, "C2", "990201"), ("Q4", "白荻县", .county, "C2", "990202"),
        ("T1", "棠漪镇", .township, "Q1", "990101100"), ("T2", "石栎镇", .township, "Q2", "990102100"),
        ("T3", "芦口乡", .township, "Q3", "990201100"), ("T4", "荻花镇", .township, "Q4", "990202100"),
        ("D1", "清棠县民政局", .dispatched, "Q1", "990101"),
    ]

    private static let posts: [(OfficeKind, Role)] = [
        (.letters, .director), (.letters, .director), (.letters, .registrar), (.letters, .triage), (.letters, .triage),
        (.leaders, .deputy), (.leaders, .deputy), (.leaders, .principal),
        (.inspection, .director), (.inspection, .handler), (.inspection, .handler), (.inspection, .handler),
        (.investigation, .director), (.investigation, .handler), (.investigation, .handler),
        (.internal, .director), (.internal, .handler), (.custody, .custodian), (.custody, .custodian),
        (.administration, .administrator), (.caseSupervision, .director), (.caseSupervision, .member),
    ]

    static func make(_ engine: Engine, seed: UInt64) async throws -> YearProvince {
        let folder = NSTemporaryDirectory() + "year-" + Identifier<OrganTag>.random().description
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try await TestDatabase.make(engine)
        try await migrate(database, CasefileSchema.migrations)
        guard let start = Instant(rfc3339: "2026-01-04T08:30:00+08:00") else {
            throw SmallWorld.WorldError.nobody("time")
        }
        let clock = SettableClock(start)
        let places = rows.filter { $0.level != .dispatched }.map { "\($0.region)\t\($0.place)\n" }.joined()
        let casefile = Casefile(
            database: database, clock: clock.clock, workflow: try Workflow.shipped(),
            calendar: try WorkingDayTable.shipped(),
            regions: try RegionTable(text: "# source: test\n# licence: none\n# date: 2026-01-01\n" + places),
            keys: try KeysFolder.openOrCreate(path: folder + "/keys"),
            files: try FileStore(folder: folder + "/files"), gate: PasswordGate(), passwordCost: .light)
        var province = YearProvince(casefile: casefile, clock: clock, folder: folder)
        var dice = YearDice(seed: seed)
        try await province.settle(&dice)
        return province
    }

    private mutating func settle(_ dice: inout YearDice) async throws {
        var newStaff: [NewStaff] = []
        for row in Self.rows {
            guard let region = RegionCode(row.region) else { throw SmallWorld.WorldError.nobody(row.region) }
            let name = row.level == .dispatched ? "驻\(row.place)纪检监察组" : "\(row.place)纪律检查委员会监察委员会"
            let organ = Organ(
                id: dice.id(), code: row.code, name: name, nameEnglish: row.code, shortName: name, level: row.level,
                parent: organs.first { $0.code == row.parent }?.id, region: region,
                attachedUnit: row.level == .dispatched ? row.place : nil,
                aliases: row.level == .dispatched ? [name] : [row.place + "纪委监委", row.place + "纪委"])
            organs.append(organ)
            var here: [OfficeKind: Office] = [:]
            for kind in OfficeKind.allCases {
                let office = Office(
                    id: dice.id(), organ: organ.id, code: kind.rawValue, name: kind.rawValue,
                    nameEnglish: kind.rawValue, kind: kind)
                here[kind] = office
                offices.append(office)
            }
            for (index, post) in Self.posts.enumerated() {
                guard let office = here[post.0] else { continue }
                let key = PrivateKey.generate()
                let number = newStaff.count
                let kin = number % 7 == 3 ? [Kin(name: YearNames.kin(number), relation: "弟弟")] : []
                let person = Staff(
                    id: dice.id(), username: "\(row.code.lowercased()).\(post.0.rawValue).\(post.1.rawValue).\(index)",
                    name: YearNames.staff(number), nameEnglish: "\(number)", organ: organ.id, aliases: [], kin: kin,
                    active: true)
                newStaff.append(
                    NewStaff(
                        staff: person, places: [(office.id, post.1)], publicKey: key.publicKey, sealedKey: [0],
                        mustChange: false))
                people.append(
                    Person(viewer: Viewer(staff: person.id, organ: organ.id, privateKey: key), staff: person))
            }
        }
        try await casefile.enlarge(organs: organs, offices: offices, staff: newStaff)
    }

    func close() async {
        await casefile.database.close()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Invented names, each kind with surnames of its own.
enum YearNames {
    private static let given = [
        "有粮", "启恒", "若溪", "知远", "望舒", "怀瑾", "清和", "思齐", "修竹", "景行", "嘉树", "明川", "听澜", "云起", "春山", "秋实",
    ]

    private static func name(_ surnames: [String], _ number: Int) -> String {
        let given = Self.given
        let surname = surnames[number % surnames.count]
        return surname + given[(number / surnames.count) % given.count]
    }

    static func staff(_ number: Int) -> String {
        name(["史", "陶", "薛", "方", "袁", "柳", "鲍", "费", "廉", "岑", "雷", "贺", "倪", "汤", "殷", "罗", "毕"], number)
    }

    static func kin(_ number: Int) -> String { name(["郝", "邬", "安", "常", "乐", "于", "时", "傅", "皮", "卞", "齐"], number) }

    static func reported(_ number: Int) -> String {
        name(["钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨"], number)
    }
}
