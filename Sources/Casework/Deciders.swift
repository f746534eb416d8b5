import Kernel

extension World {
    /// Who decides for an organ: its own leaders if one of them is there who is neither barred nor the proposer, else
    /// the leaders of the nearest superior who has one; `nil` when nobody is left.
    package func deciders(
        of organ: OrganID, barred: Set<StaffID>, except proposer: StaffID?
    ) -> (office: OfficeID, people: [StaffID])? {
        guard let start = organs[organ] else { return nil }
        for organ in line(from: start) {
            let people = leaders(of: organ.id).filter { $0 != proposer && !barred.contains($0) }
            if !people.isEmpty, let office = office(.leaders, of: organ.id) { return (office.id, people) }
        }
        return nil
    }

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

    /// The offices that stand in a relation to the report. `asker` and `competence` matter to those who must agree.
    func offices(
        _ relation: ActorRule.Relation, in world: World, asker: StaffID? = nil, competence: ManagementLevel? = nil
    ) -> [OfficeID] {
        guard let custody else { return [] }
        func leaders(of organ: OrganID?) -> [OfficeID] {
            guard let organ, let able = world.organ(from: organ, atLeast: competence) else { return [] }
            let deciding = world.deciders(of: able, barred: barred, except: asker ?? proposer)?.office
            return [deciding ?? world.office(.leaders, of: able)?.id].compactMap(\.self)
        }
        return switch relation {
        case .holder: [custody.office]
        case .intake: [custody.intakeOffice]
        case .leaders: leaders(of: custody.organ)
        case .custody: [identityOrgan.flatMap { world.office(.custody, of: $0)?.id }].compactMap(\.self)
        case .sender: [senderCustody?.intakeOffice].compactMap(\.self)
        case .senderLeaders: leaders(of: senderCustody?.organ)
        case .ownLeaders: leaders(of: asker.flatMap { world.staff[$0]?.organ })
        case .watcher: watchers.keys.sorted { $0.description < $1.description }
        }
    }
}
