package import Kernel

/// Why a report went where it went; each case has a text in both languages.
package enum Reason: String, Sendable, Codable, Hashable, CaseIterable {
    case chosenOrgan = "chosen-organ"
    case placeAndLevel = "place-and-level"
    case managedHigher = "managed-higher"
    case managementUnknown = "management-unknown"
    case organItself = "organ-itself"
    case ownLeader = "own-leader"
    case ownLettersOrLeader = "own-letters-or-leader"
    case ownOrganNotRuledOut = "own-organ-not-ruled-out"
    case ownCadre = "own-cadre"
    case noOneMayRead = "no-one-may-read"
    /// Somebody reported is outside what was delegated to a dispatched team.
    case outsideDelegation = "outside-delegation"
    /// A superior split this part off a report of its own.
    case splitOff = "split-off"
    // How a report came on, and why it stays; said in explanations, written in no event.
    case handedDown = "handed-down"
    case sentUp = "sent-up"
    case disputed = "disputed"
    case levelFits = "level-fits"
}

/// Who inside the receiving organ may open the report.
package enum Audience: String, Sendable, Codable, Hashable {
    /// 信访举报部门
    case letters
    /// The letters office's director alone: nobody knows yet whose matter it is (管辖待定).
    case director
    /// Internal supervision, for an own ordinary cadre.
    case `internal`
}

/// The answer to "whose matter is this?" (规则 11–16条, domain.md §2).
package enum Jurisdiction: Sendable, Equatable {
    case receive(organ: OrganID, audience: Audience, reasons: [Reason], barred: [StaffID: BarReason])
    /// The matter stands above the highest organ of this installation: nothing is stored.
    case aboveThisPlatform
    case noSuchOrgan
}

/// One step of the way to the receiving organ: why, and at which organ that was found.
struct Waypoint {
    var reason: Reason
    var organ: OrganID?
}

extension Jurisdiction {
    /// Decides who receives. `organ`, if competent, receives; a person managed higher, or the organ's own leader or
    /// letters office, moves it up; without an organ, the one of that management level over the place, else the
    /// nearest above. A question that cannot be answered is answered upward, never guessed and never sent down.
    package static func decide(
        organ code: String?, place: RegionCode?, reported: [ReportedParty], hasReporter: Bool = false,
        in world: World
    ) -> Jurisdiction {
        var way: [Waypoint] = []
        return decide(
            organ: code, place: place, reported: reported, hasReporter: hasReporter, in: world, noting: &way)
    }

    /// The same, with the way that the decision took.
    static func decide(
        organ code: String?, place: RegionCode?, reported: [ReportedParty], hasReporter: Bool, in world: World,
        noting way: inout [Waypoint]
    ) -> Jurisdiction {
        let ranks = reported.compactMap(\.management.rank)
        let unknown = reported.isEmpty || ranks.count < reported.count
        let highest = ranks.min()
        var current: Organ
        if let code {
            guard let chosen = world.organ(code: code) else { return .noSuchOrgan }
            current = chosen
            way.append(Waypoint(reason: .chosenOrgan, organ: chosen.id))
        } else {
            // A level that nobody knows is not below a county: the higher organ asks.
            let rank = unknown ? min(highest ?? 3, 3) : (highest ?? 3)
            guard let found = world.organ(over: place, rank: rank) else { return .noSuchOrgan }
            current = found
            way.append(Waypoint(reason: .placeAndLevel, organ: found.id))
        }
        let match = OwnOrganMatch(world: world, parties: reported)
        let barred = OwnOrganMatch.barred(by: reported, in: world)
        var climbed = 0
        var meant: OrganID?
        while climbed <= world.organs.count {
            climbed += 1
            let above: (from: Organ, reason: Reason)
            if let highest, highest < world.rank(of: current) {
                above = (current, .managedHigher)
            } else {
                // "The discipline office", without a name, means the first organ that could be asked about such a
                // person.
                let generic = meant ?? current.id
                meant = generic
                switch verdict(on: current, meant: generic, reported: reported, match: match, world: world) {
                case .up(let organ, let reason): above = (organ, reason)
                case .stay(let organ, let isInternal):
                    current = organ
                    let audience: Audience = isInternal ? .internal : unknown ? .director : .letters
                    if organ.level == .dispatched, !isInternal, !isDelegated(reported, to: organ) {
                        above = (organ, .outsideDelegation)
                        break
                    }
                    if isInternal { way.append(Waypoint(reason: .ownCadre, organ: organ.id)) }
                    if audience == .director { way.append(Waypoint(reason: .managementUnknown, organ: organ.id)) }
                    if readers(audience, of: organ, barred: barred, in: world).isEmpty
                        || !canDecide(organ, barred: barred, in: world)
                        || (hasReporter && !canKeepIdentity(organ, barred: barred, in: world))
                    {
                        above = (organ, .noOneMayRead)
                        break
                    }
                    return .receive(
                        organ: organ.id, audience: audience, reasons: way.map(\.reason), barred: barred)
                }
            }
            way.append(Waypoint(reason: above.reason, organ: above.from.id))
            guard let up = world.parent(of: above.from) else { return .aboveThisPlatform }
            current = up
        }
        return .noSuchOrgan
    }

    /// A dispatched team receives about its attached unit and no other. Where nobody is named it may ask.
    static func isDelegated(_ reported: [ReportedParty], to team: Organ) -> Bool {
        let unit = AttachedUnit(team)
        return reported.allSatisfy(unit.covers)
    }

    private enum Verdict {
        case up(from: Organ, Reason)
        case stay(Organ, isInternal: Bool)
    }

    /// Looks at the organ and at every organ above it: whoever is reported there must not hold the report below.
    private static func verdict(
        on organ: Organ, meant: OrganID, reported: [ReportedParty], match: OwnOrganMatch, world: World
    ) -> Verdict {
        for candidate in world.line(from: organ).reversed() {
            var isInternal = false
            for party in reported {
                let naming = match.naming(of: party, for: candidate)
                if naming == .generic, candidate.id != meant { continue }
                switch match.consequence(of: party, for: candidate) {
                case .none: continue
                case .superior(let reason):
                    // A bare name that some superior's staff happen to share bars those people; it moves nothing.
                    if candidate.id != organ.id, reason == .ownOrganNotRuledOut, naming == .other { continue }
                    return .up(from: candidate, reason)
                case .internal: isInternal = true
                }
            }
            if isInternal {
                return world.office(.internal, of: candidate.id) == nil
                    ? .up(from: candidate, .ownCadre) : .stay(candidate, isInternal: true)
            }
        }
        return .stay(organ, isInternal: false)
    }

    /// The people who could open a report with this audience and judge it: admitted, active and not barred. A
    /// registrar alone could register it and no more.
    package static func readers(
        _ audience: Audience, of organ: Organ, barred: [StaffID: BarReason], in world: World
    ) -> [StaffID] {
        let kind: OfficeKind = audience == .internal ? .internal : .letters
        guard let office = world.office(kind, of: organ.id) else { return [] }
        return world.members(of: office.id)
            .filter { $0.admitted && barred[$0.staff] == nil }
            .filter { $0.role == .director || (audience != .director && $0.role == .triage) }
            .map(\.staff)
    }

    /// Whether somebody is left to approve. An organ that has named no leaders yet is not passed by for that.
    private static func canDecide(_ organ: Organ, barred: [StaffID: BarReason], in world: World) -> Bool {
        let leaders = world.leaders(of: organ.id)
        return leaders.isEmpty || leaders.contains { barred[$0] == nil }
    }

    /// Whether a custodian is left to keep the reporter's identity.
    private static func canKeepIdentity(_ organ: Organ, barred: [StaffID: BarReason], in world: World) -> Bool {
        guard let office = world.office(.custody, of: organ.id) else { return false }
        return world.members(of: office.id).contains { $0.admitted && barred[$0.staff] == nil }
    }

    /// Whether an organ may be given a report about these parties (I-1: the recipient check of every transfer).
    package static func mayReceive(_ organ: Organ, reported: [ReportedParty], in world: World) -> Bool {
        !recipients(among: [organ], reported: reported, in: world).isEmpty
    }

    /// Those of the organs that may be given a report about these parties: not the reported unit, nor any organ under
    /// it; not an organ below the level of a reported person; not one where nobody might read or decide.
    package static func recipients(among organs: [Organ], reported: [ReportedParty], in world: World) -> [Organ] {
        if reported.isEmpty || reported.contains(where: { $0.management == .unknown }) { return [] }
        let highest = reported.compactMap(\.management.rank).min()
        let match = OwnOrganMatch(world: world, parties: reported)
        let barred = OwnOrganMatch.barred(by: reported, in: world)
        return organs.filter { organ in
            if let highest, highest < world.rank(of: organ) { return false }
            if organ.level == .dispatched, !isDelegated(reported, to: organ) { return false }
            guard
                case .stay(let same, let isInternal) = verdict(
                    on: organ, meant: organ.id, reported: reported, match: match, world: world),
                same.id == organ.id, !isInternal
            else { return false }
            return !readers(.letters, of: organ, barred: barred, in: world).isEmpty
                && canDecide(organ, barred: barred, in: world)
        }
    }

    /// Whether a lower organ may be given a part of a report (规则 12条): it may receive about the people of that part,
    /// and nothing in the whole names it or forbids that its people hear of the matter (I-1, I-3).
    package static func mayReceivePart(
        _ organ: Organ, part: [ReportedParty], of whole: [ReportedParty], in world: World
    ) -> Bool {
        guard mayReceive(organ, reported: part, in: world) else { return false }
        let match = OwnOrganMatch(world: world, parties: whole)
        let barred = OwnOrganMatch.barred(by: whole, in: world)
        guard
            case .stay(let same, let isInternal) = verdict(
                on: organ, meant: organ.id, reported: whole, match: match, world: world),
            same.id == organ.id, !isInternal
        else { return false }
        return !readers(.letters, of: organ, barred: barred, in: world).isEmpty
            && canDecide(organ, barred: barred, in: world)
    }
}

extension Jurisdiction {
    /// Staff who are named among the reported, whose declared kin is, or who declared a tie with a unit that is named.
    package static func barred(by parties: [ReportedParty], in world: World) -> [StaffID: BarReason] {
        OwnOrganMatch.barred(by: parties, in: world)
    }
}
