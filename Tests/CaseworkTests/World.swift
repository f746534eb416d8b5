import Casework
import Kernel
import Testing

/// A small province: two cities, three counties, two towns, a dispatched team, each with people in every office.
/// People are called by organ and post: `qingtang.letters.director`.
struct TestWorld {
    var organs: [Organ] = []
    var offices: [Office] = []
    var staff: [Staff] = []
    var memberships: [Membership] = []

    /// Posts of every organ; the second word is the role.
    static let posts = [
        "letters.director", "letters.registrar", "letters.triage", "case-supervision.director", "inspection.director",
        "inspection.handler", "inspection.member", "investigation.director", "trial.director", "internal.director",
        "internal.handler", "leaders.principal", "leaders.deputy", "custody.custodian", "administration.auditor",
    ]
    private static let given = [
        "耘之", "书宁", "映雪", "禾生", "怀垅", "闻笛", "砚秋", "望舒", "听澜", "林渠", "以恒", "云帆", "涧松", "采薇", "清越",
    ]

    static func province() -> TestWorld {
        var world = TestWorld()
        world.add("yunlan", "云澜省", "省", .province, nil, "990000", surname: "邵")
        world.add("wangchuan", "望川市", "市", .city, "yunlan", "990100", surname: "章")
        world.add("jizhou", "霁州市", "市", .city, "yunlan", "990200", surname: "梁")
        world.add("qingtang", "清棠县", "县", .county, "wangchuan", "990101", surname: "温")
        world.add("lishan", "栎山县", "县", .county, "wangchuan", "990102", surname: "裴")
        world.add("yanbo", "砚泊县", "县", .county, "jizhou", "990201", surname: "尹")
        world.add("tangyi", "棠漪镇", "镇", .township, "qingtang", "990101100", surname: "郝")
        world.add("shuangqiao", "霜桥镇", "镇", .township, "qingtang", "990101102", surname: "谈")
        world.add(
            "team", "清棠县纪委监委派驻县民政局纪检监察组", "", .dispatched, "qingtang", "990101", surname: "符",
            aliases: ["驻县民政局纪检监察组", "民政局纪检组"], attached: "清棠县民政局")
        return world
    }

    func build() -> World {
        World(version: 1, organs: organs, offices: offices, staff: staff, memberships: memberships)
    }

    func organ(_ code: String) throws -> Organ { try #require(organs.first { $0.code == code }) }
    func person(_ username: String) throws -> Staff { try #require(staff.first { $0.username == username }) }
    func office(_ code: String) throws -> Office { try #require(offices.first { $0.code == code }) }

    /// Changes one member of staff.
    mutating func change(_ username: String, _ body: (inout Staff) -> Void) {
        for index in staff.indices where staff[index].username == username { body(&staff[index]) }
    }

    /// Gives somebody one more place.
    mutating func seat(_ username: String, in office: String, as role: Role) throws {
        memberships.append(
            Membership(staff: try person(username).id, office: try self.office(office).id, role: role, admitted: true))
    }

    /// Towns and teams have no internal supervision, as in life.
    private mutating func add(
        _ code: String, _ place: String, _ suffix: String, _ level: OrganLevel, _ parent: String?, _ region: String,
        surname: String, aliases: [String]? = nil, attached: String? = nil
    ) {
        guard let region = RegionCode(region) else { return }
        let id = OrganID.random()
        let isOrdinary = level != .dispatched
        organs.append(
            Organ(
                id: id, code: code, name: isOrdinary ? "中共\(place)纪律检查委员会" : place, nameEnglish: code + " commission",
                shortName: isOrdinary ? place + "纪委监委" : "派驻县民政局纪检监察组", level: level,
                parent: organs.first { $0.code == parent }?.id, region: region, attachedUnit: attached,
                aliases: aliases ?? [
                    place + "纪委", place + "监委", place + "监察委员会", suffix + "纪委监委", suffix + "纪委", suffix + "监委",
                ]))
        for (post, given) in zip(Self.posts, Self.given) {
            let parts = post.split(separator: ".").map(String.init)
            guard let kind = OfficeKind(rawValue: parts[0]), let role = Role(rawValue: parts[1]),
                kind != .internal || level.rank ?? 9 < 4
            else { continue }
            if !offices.contains(where: { $0.organ == id && $0.kind == kind }) {
                offices.append(
                    Office(
                        id: .random(), organ: id, code: "\(code).\(kind.rawValue)", name: kind.rawValue,
                        nameEnglish: kind.rawValue, kind: kind))
            }
            let person = Staff(
                id: .random(), username: "\(code).\(post)", name: surname + given, nameEnglish: "", organ: id,
                aliases: [], kin: [], active: true)
            staff.append(person)
            if let office = offices.last {
                memberships.append(Membership(staff: person.id, office: office.id, role: role, admitted: true))
            }
        }
    }
}

/// Somebody who is reported; managed by the county unless told otherwise.
func person(
    _ name: String, unit: String = "清棠县水务局", position: String = "", _ management: ManagementLevel = .county,
    unitCode: String? = nil, principal: Bool = false
) -> ReportedParty {
    ReportedParty(
        kind: .person, name: name, unit: unit, unitCode: unitCode, position: position, management: management,
        principal: principal)
}

/// A unit that is reported.
func unit(_ name: String, _ management: ManagementLevel = .county) -> ReportedParty {
    ReportedParty(kind: .unit, name: name, management: management)
}
