package import Kernel

/// One reason why a report is where it is, with the facts it rests on.
package struct JurisdictionStep: Sendable, Hashable {
    package var reason: Reason
    package var facts: [JurisdictionFact]

    package init(reason: Reason, facts: [JurisdictionFact]) {
        self.reason = reason
        self.facts = facts
    }
}

/// A fact of the letter or of the organs. Parties are meant by their place in the letter, from 0: whoever shows a fact
/// takes the name from there, so that nobody reads a name who may not read the letter.
package enum JurisdictionFact: Sendable, Hashable {
    case chosen(OrganID)
    case place(RegionCode)
    /// A party and the committee that manages it.
    case party(Int, ManagementLevel)
    /// An organ, and the highest level it receives about.
    case stands(OrganID, ManagementLevel)
    /// A party whose words name the organ, or that has the name of one of its people.
    case names(Int, OrganID)
    /// Nobody is named in a field of its own.
    case nobodyNamed
    /// A party that is not of the unit to which this team was sent.
    case outside(Int, OrganID)
    /// Nobody is left there to read, to decide or to keep the identity.
    case nobodyLeft(OrganID)
    /// From one organ to the next.
    case hop(from: OrganID, to: OrganID)
}

extension Jurisdiction {
    /// How ``decide(organ:place:reported:hasReporter:in:)`` comes to its answer: each step with its facts, and at the
    /// end, where an organ receives in the ordinary way, that the levels fit.
    package static func explain(
        organ code: String?, place: RegionCode?, reported: [ReportedParty], hasReporter: Bool = false,
        in world: World
    ) -> [JurisdictionStep] {
        var way: [Waypoint] = []
        let decision = decide(
            organ: code, place: place, reported: reported, hasReporter: hasReporter, in: world, noting: &way)
        if case .receive(let organ, .letters, _, _) = decision {
            way.append(Waypoint(reason: .levelFits, organ: organ))
        }
        let facts = JurisdictionFacts(place: place, reported: reported, world: world)
        return way.map { JurisdictionStep(reason: $0.reason, facts: facts.of($0.reason, at: $0.organ)) }
    }

    /// Why a stored report is where it is: how it was routed at filing, how it came on from organ to organ, and what the
    /// letter, as it stands now, says about the organ that holds it.
    package static func explain(
        _ standing: Standing, letter: Letter, in world: World
    ) -> [JurisdictionStep] {
        guard let first = standing.custodies.first, let holder = standing.custody.flatMap({ world.organs[$0.organ] })
        else { return [] }
        let facts = JurisdictionFacts(place: letter.place, reported: letter.reported, world: world)
        let filed = standing.done.first { $0.act == "file" }?.codes["reasons"] ?? ""
        let reasons = filed.split(separator: " ").compactMap { Reason(rawValue: String($0)) }
        // Which organ was asked first stands nowhere, unless it is the one that received. How a report found its first
        // holder is not told to the next.
        let asked = reasons.count == 1 ? first.organ : nil
        var steps =
            standing.custodies.count > 1
            ? [] : reasons.map { JurisdictionStep(reason: $0, facts: facts.of($0, at: asked)) }
        for (from, to) in zip(standing.custodies, standing.custodies.dropFirst()) {
            guard let reason = to.via.flatMap(Self.reason(of:)) else { continue }
            steps.append(JurisdictionStep(reason: reason, facts: [.hop(from: from.organ, to: to.organ)]))
        }
        let now = explain(organ: holder.code, place: letter.place, reported: letter.reported, in: world).dropFirst()
        let known = Set(steps.map(\.reason))
        return steps + now.filter { !known.contains($0.reason) }
    }

    private static func reason(of act: String) -> Reason? {
        switch act {
        case "forward", "assign": .handedDown
        case "send-up": .sentUp
        case "dispute": .disputed
        default: nil
        }
    }
}

/// Finds the facts that a reason rests on, in the letter as it stands.
struct JurisdictionFacts {
    let place: RegionCode?
    let reported: [ReportedParty]
    let world: World
    private let match: OwnOrganMatch

    init(place: RegionCode?, reported: [ReportedParty], world: World) {
        self.place = place
        self.reported = reported
        self.world = world
        match = OwnOrganMatch(world: world, parties: reported)
    }

    /// `organ`: where the reason was found; `nil` when that is not known any more.
    func of(_ reason: Reason, at organ: OrganID?) -> [JurisdictionFact] {
        let stands = organ.flatMap { world.organs[$0] }.map { organ in
            JurisdictionFact.stands(organ.id, ManagementLevel(rank: world.rank(of: organ)))
        }
        switch reason {
        case .chosenOrgan: return organ.map { [.chosen($0)] } ?? []
        case .placeAndLevel: return (place.map { [.place($0)] } ?? []) + levels { _ in true }
        case .managedHigher:
            let highest = reported.compactMap(\.management.rank).min()
            return levels { $0.rank == highest && highest != nil } + [stands].compactMap { $0 }
        case .managementUnknown:
            return reported.isEmpty ? [.nobodyNamed] : levels { $0 == .unknown }
        case .organItself, .ownLeader, .ownLettersOrLeader, .ownOrganNotRuledOut, .ownCadre:
            return named(reason, at: organ)
        case .outsideDelegation:
            guard let team = organ.flatMap({ world.organs[$0] }) else { return [] }
            let unit = AttachedUnit(team)
            return reported.indices.filter { !unit.covers(reported[$0]) }.map { .outside($0, team.id) }
        case .noOneMayRead: return organ.map { [.nobodyLeft($0)] } ?? []
        case .levelFits: return levels { _ in true } + [stands].compactMap { $0 }
        case .splitOff, .handedDown, .sentUp, .disputed: return []
        }
    }

    private func levels(_ isWanted: (ManagementLevel) -> Bool) -> [JurisdictionFact] {
        reported.indices.filter { isWanted(reported[$0].management) }.map { .party($0, reported[$0].management) }
    }

    /// The parties that give this reason, and the organ that each is of.
    private func named(_ reason: Reason, at organ: OrganID?) -> [JurisdictionFact] {
        reported.indices.flatMap { index -> [JurisdictionFact] in
            let party = reported[index]
            let near = organ.flatMap { world.organs[$0] }
            let written = match.organs(namedBy: party)
            let ofPeople = world.names.staff(inPlain: PlainName.normalised(party.name)).compactMap {
                world.staff[$0]?.organ
            }
            let candidates = near.map { [$0.id] } ?? Array(written.union(ofPeople))
            return candidates.compactMap { world.organs[$0] }.sorted { $0.code < $1.code }
                .filter { gives(reason, match.consequence(of: party, for: $0)) }.map { .names(index, $0.id) }
        }
    }

    private func gives(_ reason: Reason, _ consequence: OwnOrganMatch.Consequence) -> Bool {
        switch consequence {
        case .none: false
        case .superior(let found): found == reason
        case .internal: reason == .ownCadre
        }
    }
}
