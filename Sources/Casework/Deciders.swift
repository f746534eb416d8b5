import Kernel

extension World {
    /// The nearest organ, from this one upward, that stands at a level or above.
    func organ(from id: OrganID, atLeast level: ManagementLevel?) -> OrganID? {
        guard let level = level?.rank else { return id }
        guard let start = organs[id] else { return nil }
        return line(from: start).first { rank(of: $0) <= level }?.id
    }
}

extension Standing {
    /// The custody of the organ that forwarded or assigned the report to where it is now.
    package var senderCustody: Custody? {
        guard let custody, custody.via == "forward" || custody.via == "assign" else { return nil }
        return custodies.last { $0.index < custody.index }
    }

    /// The offices that stand in a relation to the report. Where no leader was left when a decision was asked for, the
    /// superior's leaders decide: who it is was settled then, and the keys went there.
    func offices(
        _ relation: ActorRule.Relation, in world: World, asker: StaffID? = nil
    ) -> [OfficeID] {
        guard let custody else { return [] }
        func leaders(of organ: OrganID?) -> [OfficeID] {
            [organ.flatMap { world.office(.leaders, of: $0)?.id }].compactMap(\.self)
        }
        return switch relation {
        case .holder: [custody.office]
        case .intake: [custody.intakeOffice]
        case .leaders: deciding.map { [$0] } ?? leaders(of: custody.organ)
        case .custody: [identityOrgan.flatMap { world.office(.custody, of: $0)?.id }].compactMap(\.self)
        case .sender: [senderCustody?.intakeOffice].compactMap(\.self)
        case .senderLeaders: leaders(of: senderCustody?.organ)
        case .superiorLeaders:
            leaders(of: world.organs[custody.organ].flatMap { world.parent(of: $0)?.id })
        case .ownLeaders: leaders(of: asker.flatMap { world.staff[$0]?.organ })
        case .consulted: [consulted(in: world)].compactMap(\.self)
        case .watcher: watchers.keys.sorted { $0.description < $1.description }
        case .alarmed:
            watchers.filter { $0.value == "alarm" }.keys.sorted { $0.description < $1.description }
        }
    }
}
