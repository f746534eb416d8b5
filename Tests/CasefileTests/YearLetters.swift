import Casework
import Kernel

@testable import Casefile

/// What the people of the province report in a year.
extension YearProvince {
    private static let bureaus = ["交通局", "水利局", "教育局", "农业农村局", "住房和城乡建设局", "财政局"]

    func filing(_ dice: inout YearDice) -> Filing {
        let county = dice.pick(organs.filter { $0.level == .county })
        let parties = (0..<(dice.weighed([(1, 70), (2, 22), (3, 8)]) ?? 1)).map { _ in party(&dice, near: county) }
        let city = county.flatMap { county in organs.first { $0.id == county.parent } }
        let chosen = dice.weighed([(nil, 35), (county?.code, 45), (city?.code, 12), ("P", 5), ("D1", 3)])
        let number = Int.random(in: 0..<100_000, using: &dice)
        let reporter =
            dice.chance(0.5)
            ? Reporter(
                kind: dice.weighed([(.named, 8), (.joint, 1), (.organisation, 1)]) ?? .named,
                name: YearNames.reported(number), phone: "199\(String(10_000_000 + number))") : nil
        return Filing(
            organ: chosen ?? nil,
            letter: Letter(
                title: "反映第\(number)号问题", content: "第\(number)号：三组的修路补偿款三年没有发下来，村里没有公示。",
                demand: dice.chance(0.6) ? "把钱发下来" : nil, place: county?.region, reported: parties,
                happened: "2025年", location: "前湾村"),
            reporter: reporter, channel: .web,
            marks: dice.chance(0.1) ? ["urgent"] : [])
    }

    /// Mostly somebody of the county; now and then somebody higher, unknown, or one of the organs' own people or kin.
    func party(_ dice: inout YearDice, near county: Organ?) -> ReportedParty {
        let row = Self.rows.first { $0.code == county?.code }
        let city = Self.rows.first { $0.code == row?.parent }
        let place = row?.place ?? "清棠县"
        let bureau = dice.pick(Self.bureaus) ?? "财政局"
        let name = YearNames.reported(Int.random(in: 0..<240, using: &dice))
        func person(_ name: String, _ unit: String, _ post: String, _ level: ManagementLevel, _ principal: Bool = false)
            -> ReportedParty
        {
            ReportedParty(
                kind: .person, name: name, unit: unit, position: post, management: level, principal: principal)
        }
        switch dice.weighed(
            [
                ("county", 34), ("township", 18), ("village", 16), ("city", 8), ("province", 3), ("central", 1),
                ("unknown", 8), ("unit", 5), ("civil", 3), ("own", 2), ("kin", 2), ("leader", 2), ("organ", 1),
            ]) ?? "county"
        {
        case "township":
            let town = Self.rows.first { $0.parent == row?.code && $0.level == .township }?.place ?? "棠漪镇"
            return person(name, town + "人民政府", "副镇长", .township)
        case "village": return person(name, "前湾村村民委员会", "会计", .other)
        case "city": return person(name, (city?.place ?? "望市") + bureau, "局长", .municipal, dice.chance(0.5))
        case "province": return person(name, "云省水利厅", "副厅长", .provincial)
        case "central": return person(name, "云省人民政府", "副省长", .central)
        case "unknown": return person(name, place + bureau, "干部", .unknown)
        case "unit":
            return ReportedParty(kind: .unit, name: place + bureau, management: .county)
        case "civil": return person(name, "清棠县民政局", "股长", dice.chance(0.5) ? .county : .other)
        case "own":
            let own = people.filter { $0.viewer.organ == county?.id }
            return person(dice.pick(own)?.staff.name ?? name, place + "纪委监委", "科员", .county)
        case "kin":
            let kin = dice.pick(people.compactMap(\.staff.kin.first))?.name
            return person(kin ?? name, place + bureau, "科长", .county)
        case "leader": return person(name, place + "纪委监委", "书记", .municipal, true)
        case "organ": return ReportedParty(kind: .unit, name: place + "纪委监委", management: .county)
        default: return person(name, place + bureau, "局长", .county, dice.chance(0.4))
        }
    }
}
