import Kernel

/// Finds an organ's own people and the organ itself in what a reporter wrote (规则 15, 47, 48条).
/// The words are compared in memory at filing and never stored.
struct OwnOrganMatch {
    let world: World

    /// Words that, with no organ's name before them, could mean any discipline organ.
    static let genericWords = ["纪委", "监委", "纪检", "监察委", "纪律检查", "监察机关", "disciplineinspection"]
    private static let leaderWords = ["书记", "监委主任", "监察委主任", "组长", "一把手", "主要负责人"]
    /// What people write for a unit that they do not know.
    private static let unknownWords: Set = ["不详", "不清楚", "不知道", "未知", "不明", "无", "没有", "unknown", "none", "na"]

    /// What the words say about one organ.
    enum Naming: Equatable {
        /// The words name this organ (an alias of it is the longest that fits).
        case this
        /// The words name a discipline organ, but not which one.
        case generic
        /// Another organ, or none at all.
        case other
    }

    /// Looks at unit, post and name together: people write "县纪委张三" into whichever field they meet first.
    func naming(of party: ReportedParty, for organ: Organ) -> Naming {
        let plain = PlainName.normalised([party.unit, party.position, party.name].joined(separator: "　"))
        guard !plain.isEmpty else { return .other }
        let named = world.names.organsNamed(in: plain)
        if named.contains(organ.id) { return .this }
        if !named.isEmpty { return .other }
        return Self.genericWords.contains { plain.contains($0) } ? .generic : .other
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
        let sameName = people(named: party.name, in: organ)
        if naming != .other {
            if party.principal || namesLeader(party) {
                return .superior(.ownLeader)
            }
            guard sameName.count == 1, let person = sameName.first else { return .superior(.ownOrganNotRuledOut) }
            return isPlainCadre(person) ? .internal(person) : .superior(.ownLettersOrLeader)
        }
        if sameName.isEmpty { return .none }
        // The name of one of ours, and no unit that would tell the two apart.
        let unit = PlainName.normalised(party.unit)
        return unit.isEmpty || Self.unknownWords.contains(unit) ? .superior(.ownOrganNotRuledOut) : .none
    }

    private func namesLeader(_ party: ReportedParty) -> Bool {
        [party.unit, party.position, party.name].map(PlainName.normalised).contains { plain in
            Self.leaderWords.contains { plain.contains($0) }
        }
    }

    /// Staff who may not read a report: named in it, or kin of someone named.
    func barred(by parties: [ReportedParty]) -> [StaffID: BarReason] {
        var result: [StaffID: BarReason] = [:]
        for party in parties where party.kind == .person {
            for person in world.names.staff(in: party.name) { result[person] = .reported }
            for person in world.names.kin(in: party.name) where result[person] == nil { result[person] = .kin }
        }
        return result
    }

    private func people(named text: String, in organ: Organ) -> [StaffID] {
        world.names.staff(in: text).filter { world.staff[$0]?.organ == organ.id }
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

/// Why a member of staff must not read a report (规则 48条).
package enum BarReason: String, Sendable, Codable {
    case reported, kin, recused
}
