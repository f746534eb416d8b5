import Kernel

/// Finds an organ's own people and the organ itself in what a reporter wrote (规则 15, 47, 48条).
/// The words are compared in memory at filing and never stored.
struct OwnOrganMatch {
    let world: World
    /// What was written of each party: looked through once.
    private let written: [ReportedParty: Written]

    /// What the words of one party say, whichever organ is asked about.
    private struct Written {
        var organs: Set<OrganID>
        var isGeneric: Bool
        var namesLeader: Bool
        var hasNoUnit: Bool
        /// Staff of that name, of any organ.
        var people: [StaffID]
    }

    init(world: World, parties: [ReportedParty]) {
        self.world = world
        var written: [ReportedParty: Written] = [:]
        for party in parties where written[party] == nil {
            let (unit, position) = (PlainName.normalised(party.unit), PlainName.normalised(party.position))
            let name = PlainName.normalised(party.name)
            // Unit, post and name together: people write "县纪委张三" into whichever field they meet first.
            let (organs, rest) = world.names.organsNamed(in: unit + position + name)
            written[party] = Written(
                organs: organs, isGeneric: Self.isGeneric(first: unit.isEmpty ? position : unit, rest: rest),
                namesLeader: [unit, position, name].contains { Array($0.utf8).holdAny(of: Self.leaderWords) },
                hasNoUnit: unit.isEmpty || Self.unknownWords.contains(unit)
                    || Array(unit.utf8).holdAny(of: Self.unknownParts),
                people: world.names.staff(inPlain: name))
        }
        self.written = written
    }

    /// Words that, with no organ's name before them, could mean any discipline organ.
    private static let genericWords = [
        "纪委", "监委", "纪检", "监察委", "监察局", "纪律检查", "监察机关", "disciplineinspection",
    ].map { Array($0.utf8) }
    /// Words that mean the organ that is spoken to when they stand first: its offices, "your commission".
    private static let addressWords = [
        "信访室", "信访举报室", "监督检查室", "审查调查室", "案管", "案件监督管理室", "干部监督室", "案件审理室", "审理室", "第一监督",
        "第二监督", "第三监督", "第四监督", "第一纪检", "第二纪检", "贵委", "你委", "本委", "贵单位", "你单位", "你们单位",
    ]
    /// Units of their own whose discipline office is not one of ours.
    private static let institutions = [
        "医院", "学校", "大学", "学院", "中学", "小学", "公司", "集团", "银行", "局", "厅", "厂", "中心", "研究院", "研究所",
    ].map { Array($0.utf8) }
    private static let leaderWords = ["书记", "监委主任", "监察委主任", "组长", "一把手", "主要负责人"].map { Array($0.utf8) }
    /// What people write for a unit that they do not know: anywhere in it, or as the whole of it.
    private static let unknownParts = ["不详", "不清楚", "不知道", "未知", "不明", "不晓得"].map { Array($0.utf8) }
    private static let unknownWords: Set = [
        "无", "没有", "unknown", "none", "na", "县里", "市里", "省里", "镇里", "乡里", "机关", "单位", "本单位",
    ]

    /// What the words say about one organ.
    enum Naming: Equatable {
        /// The words name this organ (an alias of it is the longest that fits).
        case this
        /// The words name a discipline organ, but not which one.
        case generic
        /// Another organ, or none at all.
        case other
    }

    /// The organs whose names stand in what was written of a party.
    func organs(namedBy party: ReportedParty) -> Set<OrganID> { written[party]?.organs ?? [] }

    func naming(of party: ReportedParty, for organ: Organ) -> Naming {
        guard let found = written[party] else { return .other }
        if found.organs.contains(organ.id) { return .this }
        if found.isGeneric {
            // A person managed by a named higher committee than the organ's own people cannot be one of them.
            if let rank = party.management.rank, rank > world.rank(of: organ), rank <= 3 { return .other }
            return .generic
        }
        return .other
    }

    private static func isGeneric(first: String, rest: String) -> Bool {
        if addressWords.contains(where: { first.hasPrefix($0) }) { return true }
        var plain = Array(rest.utf8)
        guard plain.holdAny(of: genericWords) else { return false }
        for word in genericWords { plain = plain.without(word) }
        return !plain.holdAny(of: institutions)
    }

    /// The consequence for an organ that would receive a report about this party.
    enum Consequence: Equatable {
        case none
        /// Own ordinary cadre: internal supervision and the deciding leader only.
        case `internal`(StaffID)
        case superior(Reason)
    }

    func consequence(of party: ReportedParty, for organ: Organ) -> Consequence {
        let naming = naming(of: party, for: organ)
        if party.kind == .unit {
            return naming == .other ? .none : .superior(.organItself)
        }
        guard let found = written[party] else { return .none }
        let sameName = found.people.filter { world.staff[$0]?.organ == organ.id }
        if naming != .other {
            if party.principal || found.namesLeader {
                return .superior(.ownLeader)
            }
            guard sameName.count == 1, let person = sameName.first else { return .superior(.ownOrganNotRuledOut) }
            return isPlainCadre(person) ? .internal(person) : .superior(.ownLettersOrLeader)
        }
        if sameName.isEmpty { return .none }
        // The name of one of ours, and no unit that would tell the two apart.
        return found.hasNoUnit ? .superior(.ownOrganNotRuledOut) : .none
    }

    /// Staff who may not read a report: named anywhere in it as somebody reported, kin of someone named, or tied to a unit
    /// that is named.
    static func barred(by parties: [ReportedParty], in world: World) -> [StaffID: BarReason] {
        var result: [StaffID: BarReason] = [:]
        let fields = Set(parties.flatMap { [$0.name, $0.unit, $0.position] }.map(PlainName.normalised))
        for field in fields where !field.isEmpty {
            for person in world.names.staff(inPlain: field) { result[person] = .reported }
        }
        for field in fields where !field.isEmpty {
            for person in world.names.kin(inPlain: field) where result[person] == nil { result[person] = .kin }
        }
        for field in fields where !field.isEmpty {
            for person in world.names.tied(inPlain: field) where result[person] == nil { result[person] = .unit }
        }
        return result
    }

    /// Not of the letters office, not a leader, not of internal supervision: those go to the superior.
    private func isPlainCadre(_ person: StaffID) -> Bool {
        !world.places(of: person).contains { place in
            switch world.offices[place.office]?.kind {
            case .letters, .leaders, .internal: true
            default: false
            }
        }
    }
}

extension Jurisdiction {
    /// The organ's own people whose names stand anywhere in a text, as parties that nobody judged yet.
    package static func own(of organ: Organ, namedIn texts: [String], in world: World) -> [ReportedParty] {
        let plain = texts.map(PlainName.normalised)
        return world.staff(of: organ.id).filter { person in
            ([person.name] + person.aliases).map(PlainName.normalised).contains { name in
                name.count >= 2 && plain.contains { $0.contains(name) }
            }
        }.map { ReportedParty(kind: .person, name: $0.name, unit: organ.name, management: .unknown) }
    }
}

/// Why a member of staff must not read a report (规则 48条).
package enum BarReason: String, Sendable, Codable {
    case reported, kin, recused
    /// Declared a present or former tie with the unit (任职回避).
    case unit
}
