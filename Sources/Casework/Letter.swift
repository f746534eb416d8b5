package import Kernel

/// 被反映人/单位: whom a report is about.
package struct ReportedParty: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case person, unit }
    package var kind: Kind
    package var name: String
    package var unit: String
    /// Unified social credit code (GB 32100) of the unit, if known.
    package var unitCode: String?
    package var position: String
    package var management: ManagementLevel
    /// First leader of the named unit.
    package var principal: Bool

    package init(
        kind: Kind, name: String, unit: String = "", unitCode: String? = nil, position: String = "",
        management: ManagementLevel, principal: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.unit = unit
        self.unitCode = unitCode
        self.position = position
        self.management = management
        self.principal = principal
    }
}

/// 反映人: kept apart from the report, sealed to custodians alone.
package struct Reporter: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case named, joint, organisation }
    package var kind: Kind
    package var name: String
    package var phone: String
    package var email: String
    package var address: String
    package var residentID: String
    /// When and how it is safe to make contact ("only evenings, say you are from the library").
    package var safeContact: String
    /// The others of a joint report, one a line.
    package var others: String

    package init(
        kind: Kind = .named, name: String, phone: String = "", email: String = "", address: String = "",
        residentID: String = "", safeContact: String = "", others: String = ""
    ) {
        self.kind = kind
        self.name = name
        self.phone = phone
        self.email = email
        self.address = address
        self.residentID = residentID
        self.safeContact = safeContact
        self.others = others
    }
}

/// How a report came (规则 7条). Codes of domain.md §3: 1 letter 2 visit 3 phone 4 web 5 other.
package enum Channel: String, Sendable, Codable, CaseIterable {
    case letter, visit, phone, web, other
}

/// What the reporter told, whole: sealed under the letter key. The title is sealed beside it for lists.
package struct Letter: Sendable, Hashable, Codable {
    package var title: String
    package var content: String
    /// What the reporter wants settled, apart from any punishment.
    package var demand: String?
    package var place: RegionCode?
    package var reported: [ReportedParty]
    /// When it happened, as told.
    package var happened: String
    /// Where it happened, as told.
    package var location: String
    /// The date on the letter, for paper and imports.
    package var dated: String?
    /// The sender's own number of an imported message.
    package var sourceID: String?

    package init(
        title: String, content: String, demand: String? = nil, place: RegionCode? = nil,
        reported: [ReportedParty], happened: String = "", location: String = "", dated: String? = nil,
        sourceID: String? = nil
    ) {
        self.title = title
        self.content = content
        self.demand = demand
        self.place = place
        self.reported = reported
        self.happened = happened
        self.location = location
        self.dated = dated
        self.sourceID = sourceID
    }

    /// All that was told in the reporter's own words, as it is compared with other letters and looked through.
    package var words: String { [title, content, demand ?? ""].joined(separator: "\n") }

    /// The highest management level among the reported; `.unknown` when none is known.
    package var highestManagement: ManagementLevel {
        reported.map(\.management).filter { $0 != .unknown }
            .min { ($0.rank ?? 9) < ($1.rank ?? 9) } ?? .unknown
    }
}
