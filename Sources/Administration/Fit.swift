import Casework

extension OrganLevel {
    /// Whether an organ of this level may stand right below one of the other. Levels may be left out, as where a city
    /// has no counties; below a township or a dispatched team stands nothing.
    func stands(below parent: OrganLevel) -> Bool {
        guard let above = parent.rank else { return false }
        guard let rank else { return parent != .township }
        return rank > above
    }
}

extension OfficeKind {
    /// An organ has several offices that supervise or investigate and at most one of every other kind: reports, keys
    /// and identities must have one place to go to.
    var isSingle: Bool { self != .inspection && self != .investigation }

    /// The roles that members of such an office may have, in the order of a list.
    var roles: [Role] {
        switch self {
        case .letters: [.director, .registrar, .triage]
        case .internal: [.director, .registrar, .triage, .handler, .member]
        case .inspection, .investigation, .caseSupervision, .trial: [.director, .handler, .member]
        case .leaders: [.principal, .deputy]
        case .custody: [.custodian]
        case .administration: [.administrator, .auditor]
        }
    }

    /// Whether being let in opens reports or identities to a member.
    var holdsReports: Bool { self != .administration }
}
