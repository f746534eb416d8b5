package import Kernel

/// Phantom tags that keep identifiers of different things apart.
package enum OrganTag {}
package enum OfficeTag {}
package enum StaffTag {}
package enum ReportTag {}
package enum EventTag {}

package typealias OrganID = Identifier<OrganTag>
package typealias OfficeID = Identifier<OfficeTag>
package typealias StaffID = Identifier<StaffTag>
/// Random (UUIDv4): the id of a report says nothing of when it came.
package typealias ReportID = Identifier<ReportTag>
package typealias EventID = Identifier<EventTag>

/// Which party committee manages a cadre: the key of jurisdiction (规则 11–16条), highest first.
package enum ManagementLevel: String, Sendable, Codable, CaseIterable, Hashable {
    case central, provincial, municipal, county, township, other, unknown

    /// 0 is the highest; `nil` for a level nobody has told us yet.
    package var rank: Int? {
        switch self {
        case .central: 0
        case .provincial: 1
        case .municipal: 2
        case .county: 3
        case .township: 4
        case .other: 5
        case .unknown: nil
        }
    }

    /// The level of a rank that ``rank`` gives; whatever lies outside is the nearest.
    package init(rank: Int) {
        let known: [ManagementLevel] = [.central, .provincial, .municipal, .county, .township, .other]
        self = known[min(known.count - 1, max(0, rank))]
    }
}

/// Where an organ stands (domain.md §1). A dispatched team belongs to its parent, not to the unit it is attached to.
package enum OrganLevel: String, Sendable, Codable, CaseIterable, Hashable {
    case province, city, county, township, dispatched

    /// The highest management rank whose cadres an organ of this level may receive; `nil`: given by the parent.
    package var rank: Int? {
        switch self {
        case .province: 1
        case .city: 2
        case .county: 3
        case .township: 4
        case .dispatched: nil
        }
    }
}

/// One discipline-inspection and supervision organ.
package struct Organ: Sendable, Hashable {
    package var id: OrganID
    /// The institution's own code, unique in the installation (12 digits in the common scheme).
    package var code: String
    package var name: String
    package var nameEnglish: String
    package var shortName: String
    package var level: OrganLevel
    package var parent: OrganID?
    package var region: RegionCode
    /// The unit a dispatched team is attached to (驻在单位), under the names that people use for it and for what stands
    /// under it, between semicolons, the full name first.
    package var attachedUnit: String?
    /// Names under which people know it: matched against what reporters write.
    package var aliases: [String]
    /// How high the people may be managed whom a dispatched team was empowered to receive reports about (授权范围);
    /// `nil`: one level below its parent's.
    package var delegated: ManagementLevel?

    package init(
        id: OrganID, code: String, name: String, nameEnglish: String, shortName: String, level: OrganLevel,
        parent: OrganID?, region: RegionCode, attachedUnit: String?, aliases: [String],
        delegated: ManagementLevel? = nil
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.nameEnglish = nameEnglish
        self.shortName = shortName
        self.level = level
        self.parent = parent
        self.region = region
        self.attachedUnit = attachedUnit
        self.aliases = aliases
        self.delegated = delegated
    }
}

/// What an office of an organ is for (domain.md §1).
package enum OfficeKind: String, Sendable, Codable, CaseIterable, Hashable {
    /// 信访举报部门
    case letters
    /// 案件监督管理室
    case caseSupervision = "case-supervision"
    /// 监督检查室
    case inspection
    /// 审查调查室
    case investigation
    /// 案件审理室
    case trial
    /// 干部监督室 (reports about the organ's own cadres)
    case `internal`
    /// 分管领导、主要负责人
    case leaders
    /// Custodians of reporters' identities.
    case custody
    /// 综合室: administrators and auditors; holds no report.
    case administration

    /// Offices that receive and distribute.
    package var isIntake: Bool { self == .letters || self == .internal }
    /// Offices that a report may be referred to for handling.
    package var isHandling: Bool { self == .inspection || self == .investigation || self == .internal }
}

/// One office of one organ: the recipient of keys and of work.
package struct Office: Sendable, Hashable {
    package var id: OfficeID
    package var organ: OrganID
    package var code: String
    package var name: String
    package var nameEnglish: String
    package var kind: OfficeKind

    package init(
        id: OfficeID, organ: OrganID, code: String, name: String, nameEnglish: String, kind: OfficeKind
    ) {
        self.id = id
        self.organ = organ
        self.code = code
        self.name = name
        self.nameEnglish = nameEnglish
        self.kind = kind
    }
}

/// What a member does in an office.
package enum Role: String, Sendable, Codable, CaseIterable, Hashable {
    case director, registrar, triage, handler, member
    /// 分管领导
    case deputy
    /// 主要负责人
    case principal
    case custodian, administrator, auditor
}

/// One person's place in one office.
package struct Membership: Sendable, Hashable {
    /// By what right a person has the place.
    package enum Basis: Sendable, Hashable {
        case regular
        /// Handed over by the holder for a time.
        case delegation(from: StaffID)
        /// In the order of those who act while every holder is away.
        case standIn(position: Int)
    }

    package var staff: StaffID
    package var office: OfficeID
    package var role: Role
    /// Holds the office's key, and the place is in force: false for a newcomer until a colleague lets them in, and for
    /// a delegate or stand-in outside of their days.
    package var admitted: Bool
    package var basis: Basis
    /// Holds the office's key, in force or not: what must not reach this person must not be sealed to the office.
    package var holdsKey: Bool
    /// For a stand-in who comes next: those who must all be unable to act on a report before this one may.
    package var behind: Set<StaffID>

    package init(
        staff: StaffID, office: OfficeID, role: Role, admitted: Bool, basis: Basis = .regular, holdsKey: Bool? = nil,
        behind: Set<StaffID> = []
    ) {
        self.staff = staff
        self.office = office
        self.role = role
        self.admitted = admitted
        self.basis = basis
        self.holdsKey = holdsKey ?? admitted
        self.behind = behind
    }

    package var isRegular: Bool { basis == .regular }

    /// Whether the place is in force for a report on which these people must not act.
    package func acts(barred: Set<StaffID>) -> Bool {
        admitted || (!behind.isEmpty && behind.isSubset(of: barred))
    }
}

/// A declared relative (规则 48条: recusal).
package struct Kin: Sendable, Hashable, Codable {
    package var name: String
    package var relation: String

    package init(name: String, relation: String) {
        self.name = name
        self.relation = relation
    }
}

/// A member of staff.
package struct Staff: Sendable, Hashable {
    package var id: StaffID
    package var username: String
    package var name: String
    package var nameEnglish: String
    package var organ: OrganID
    package var aliases: [String]
    package var kin: [Kin]
    /// Units that this person declared a tie with, present or past (任职回避单位; 规则 48条).
    package var units: [String]
    package var active: Bool

    package init(
        id: StaffID, username: String, name: String, nameEnglish: String, organ: OrganID, aliases: [String],
        kin: [Kin], units: [String] = [], active: Bool
    ) {
        self.id = id
        self.username = username
        self.name = name
        self.nameEnglish = nameEnglish
        self.organ = organ
        self.aliases = aliases
        self.kin = kin
        self.units = units
        self.active = active
    }
}
