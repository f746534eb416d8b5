import Casework
import Kernel

@testable import Casefile

/// The same need-to-know, told a second way: by where a person sits.
extension Inspection {
    mutating func placesDecide(_ person: Staff, _ reach: Reach, _ custody: Custody) {
        let places = world.places(of: person.id)
        let isCustodian = places.contains {
            $0.role == .custodian && world.offices[$0.office]?.organ == standing.identityOrgan
        }
        let isBarred = standing.barred.contains(person.id)
        check(
            reach.custody == (isCustodian && standing.hasReporter && !isBarred),
            "\(person.username) and the identity: \(reach)")
        let isClosed =
            closed.contains { world.lies(person.organ, within: $0) }
            || places.contains { closedOffices.contains($0.office) }
        check(!isClosed || reach == .none, "\(person.username) of those it is about: \(reach)")
        attachedUnitHasNothing(person, reach)
        if isBarred { return }
        lentPostsDecide(person, reach, custody)
        let looksOn = places.contains { $0.role == .director && standing.watchers[$0.office] != nil }
        let isAsked = isAsked(person, custody) || isConsulted(person, places, custody)
        caseSupervisionHoldsLittle(person, places, custody)
        let decides = decides(person, custody)
        if person.organ != custody.organ {
            check(reach.papers == decides, "\(person.username) of another organ, papers: \(reach)")
            let entitled = isSender(person) || looksOn || isAsked || decides
            let outline = entitled || isAskedByReporter(person, custody)
            check(
                reach.letter == entitled && reach.outline == outline, "\(person.username) of another organ: \(reach)")
        } else if !looksOn, !isAsked {
            check(reach.letter == reach.papers, "\(person.username), the letter without its papers: \(reach)")
            if !reach.letter || decides { return }
            check(worksOnIt(person, places, custody), "\(person.username), who has no part in it, reads: \(reach)")
        }
    }

    /// Sits where the report is, or took part while it was here.
    func worksOnIt(_ person: Staff, _ places: [Membership], _ custody: Custody) -> Bool {
        let tookPart = tookPart(person, custody)
        let phase = model.workflow.stages[standing.stage]?.phase
        if standing.team.contains(person.id), phase == .handling { return true }
        return places.contains { place in
            let isDirector = place.role == .director
            if place.office == custody.office, standing.handlers.contains(person.id) || isDirector { return true }
            if place.office == custody.intakeOffice, isDirector { return true }
            if place.office == custody.intakeOffice, [.registrar, .triage].contains(place.role) {
                let isHere = custody.office == custody.intakeOffice && phase != .end
                let told = standing.done.contains { $0.act == "notify" && $0.custody == custody.index }
                let owed =
                    standing.holds("real-name") && !standing.isRepeat && Self.accepted.contains(standing.stage) && !told
                return custody.audience != .director && (isHere || tookPart || owed)
            }
            return world.offices[place.office]?.kind == .leaders && tookPart
        }
    }

    /// Of the organ's case supervision, asked by the whole letters office, and neither answered nor overtaken.
    func isConsulted(_ person: Staff, _ places: [Membership], _ custody: Custody) -> Bool {
        let story = standing.done.filter { $0.custody == custody.index }
        guard custody.audience == .letters, world.offices[custody.office]?.kind == .letters,
            let asked = story.lastIndex(where: { $0.act == "consult" }),
            !story[asked...].contains(where: { ["advise", "classify"].contains($0.act) })
        else { return false }
        return places.contains { place in
            let office = world.offices[place.office]
            return place.acts(barred: standing.barred) && place.role == .director && office?.kind == .caseSupervision
                && office?.organ == custody.organ && story[asked].codes["consulted"] == place.office.description
        }
    }

    /// Who is in case supervision and nowhere else holds no key but while the office is asked, and never the papers'.
    private mutating func caseSupervisionHoldsLittle(_ person: Staff, _ places: [Membership], _ custody: Custody) {
        guard places.allSatisfy({ world.offices[$0.office]?.kind == .caseSupervision }) else { return }
        let held = held(by: person.id)
        let isAsked = places.contains { place in
            world.members(of: place.office).contains { isConsulted(person, [$0], custody) }
        }
        check(
            held.isEmpty || isAsked && held.allSatisfy { ["letter", "shared"].contains($0.kind) },
            "\(person.username), of case supervision, holds \(held.map(\.kind))")
    }

    /// Did something there, and not only with the identity, for which nobody sees the report.
    private func tookPart(_ person: Staff, _ custody: Custody) -> Bool {
        standing.done.contains { act in
            act.custody == custody.index && act.staff == person.id && act.act != "open-identity"
                && act.codes["request-act"] != "open-identity"
        }
    }

    /// From acceptance until the conclusion the notice of acceptance is owed (规则 26条).
    private static let accepted: Set = [
        "referred", "signed", "allocated", "disposal-proposed", "inquiring", "verifying", "report-signing",
        "outcome-proposed", "reminding", "passing-on", "case-filing", "transfer-proposed", "handling", "shelved",
    ]

    /// A leader before whom a proposal lies: of this organ, or of the nearest above where none is left here.
    private func decides(_ person: Staff, _ custody: Custody) -> Bool {
        guard model.workflow.stages[standing.stage]?.phase == .decision, standing.proposer != person.id else {
            return false
        }
        // To end a verification, and to verify or ask a first leader one level down, a principal must be among them; a
        // verification ends by a deputy's word only where no principal is left in the whole line.
        let disposed = standing.done.last {
            ["dispose", "amend"].contains($0.act) && $0.custody == custody.index
                && ($0.act == "dispose" || $0.codes["first-leader"] != nil)
        }
        let isEnd = standing.stage == "outcome-proposed"
        let isForPrincipal =
            isEnd
            || standing.stage == "disposal-proposed" && ["inquiry", "verify"].contains(standing.disposal)
                && disposed?.codes["first-leader"] == "yes"
        return leads(
            person, custody.organ, except: standing.proposer, roles: [.deputy, .principal],
            needing: isForPrincipal ? [.principal] : nil, orAnyone: isEnd, asked: moment.decidedAfter)
    }

    /// Forwarded or assigned by this person's desk, and ever since below that desk's organ.
    private func isSender(_ person: Staff) -> Bool {
        standing.custodies.indices.dropLast().contains { index in
            let sender = standing.custodies[index]
            let rest = standing.custodies[(index + 1)...]
            let down = rest.first.map { $0.via == "forward" || $0.via == "assign" } ?? false
            let places = world.places(of: person.id).filter { $0.office == sender.intakeOffice }
            let tookPart = tookPart(person, sender)
            return down && (places.contains { $0.role == .director } || (tookPart && !places.isEmpty))
                && rest.allSatisfy { world.lies($0.organ, within: sender.organ) }
        }
    }

    /// Requests of the organ that holds it now, not decided yet.
    static func asked(_ standing: Standing) -> [DoneAct] {
        let names: Set = [
            "supervise", "extend", "pause", "ask-recusal", "protect", "report-up", "clarify", "determine-false",
            "trace",
        ]
        // Asked by the office that has the report, and lapsed when it goes to another.
        let own: Set = ["extend", "pause", "clarify", "determine-false", "trace"]
        let asked = standing.done.filter { act in
            act.custody == standing.custody?.index && names.contains(act.act)
                && (!own.contains(act.act) || act.codes["asked-at"] == standing.custody?.office.description)
        }
        if asked.isEmpty { return [] }
        let decided = Set(standing.done.filter { $0.act == "decide" }.compactMap { $0.codes["request"] })
        return asked.filter { !decided.contains(String($0.sequence)) }
    }

    /// Whose agreement each request needs, as the articles say it.
    private func isAsked(_ person: Staff, _ custody: Custody) -> Bool {
        asked.contains { act in
            if act.staff == person.id || act.codes["person"] == person.id.description { return false }
            let both: Set<Role> = [.deputy, .principal]
            let asker = act.staff.flatMap { world.staff[$0]?.organ }
            let gone = moment.requestedAfter[act.sequence]
            switch act.act {
            case "supervise": return leads(person, asker, except: act.staff, roles: both, asked: gone)
            case "extend" where custody.via == "assign":
                return leads(
                    person, standing.custodies.dropLast().last?.organ, except: act.staff, roles: both, asked: gone)
            case "extend", "pause", "ask-recusal", "protect":
                return leads(person, custody.organ, except: act.staff, roles: both, asked: gone)
            case "report-up", "clarify":
                return leads(person, custody.organ, except: act.staff, roles: [.principal], asked: gone)
            case "determine-false", "trace":
                let city = world.organs[custody.organ].map(world.line)?.first { world.rank(of: $0) <= 2 }
                return leads(person, city?.id, except: act.staff, roles: [.principal], asked: gone)
            default: return false
            }
        }
    }

    /// Whether this person decides for an organ: a leader there, or of the nearest organ above that has one left.
    private func leads(
        _ person: Staff, _ organ: OrganID?, except: StaffID?, roles: Set<Role>, needing: Set<Role>? = nil,
        orAnyone: Bool = false, asked gone: Set<String>?
    ) -> Bool {
        // Who decides was settled when it was asked; whoever has gone since decides nothing. Whoever is on leave may act
        // from there, and is not counted on.
        let world = self.world(after: gone)
        let onLeave = gone.flatMap { models[$0] }?.lent.away ?? model.lent.away
        guard person.active, let organ = organ.flatMap({ world.organs[$0] }), person.id != except,
            !standing.barred.contains(person.id)
        else { return false }
        for (place, wanted) in (orAnyone ? [needing, nil] : [needing]).flatMap({ wanted in
            world.line(from: organ).map { ($0, wanted ?? roles) }
        }) {
            let able = world.members(of: world.office(.leaders, of: place.id)?.id ?? .random()).filter {
                $0.admitted && $0.staff != except && !standing.barred.contains($0.staff) && roles.contains($0.role)
            }
            if able.contains(where: { wanted.contains($0.role) && !onLeave.contains($0.staff) }) {
                return able.contains { $0.staff == person.id }
            }
        }
        return false
    }
}
