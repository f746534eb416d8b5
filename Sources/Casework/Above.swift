extension Jurisdiction {
    /// Whether a report about these parties stands above every organ here, wherever it happened and whoever is asked:
    /// somebody is managed above the highest organ, or that organ itself or its first leader is named by name.
    ///
    /// A word or a name that may also mean somebody else ("the discipline office", a namesake) is not enough: where it
    /// leads is known only when the organ and the place are, and ``decide(organ:place:reported:hasReporter:in:)`` says so.
    package static func standsAbove(_ reported: [ReportedParty], in world: World) -> Bool {
        guard let root = world.root else { return false }
        let highest = world.rank(of: root)
        if reported.compactMap(\.management.rank).contains(where: { $0 < highest }) { return true }
        let match = OwnOrganMatch(world: world, parties: reported)
        return reported.contains { party in
            guard match.naming(of: party, for: root) == .this else { return false }
            return switch match.consequence(of: party, for: root) {
            case .superior(.organItself), .superior(.ownLeader): true
            default: false
            }
        }
    }
}
