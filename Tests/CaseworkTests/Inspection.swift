import Casework
import Kernel
import Testing

/// What must hold of one standing for every member of staff.
struct Inspection {
    let story: Story
    let standing: Standing
    let possible: [StaffID: [PossibleAct]]
    let people: TestWorld

    private var world: World { story.world }

    func run() throws {
        let custody = try #require(standing.custody)
        let waiters = story.workflow.waiters(on: standing, world: world)
        let isEnd = story.workflow.stages[standing.stage]?.phase == .end
        if isEnd {
            // The identity may still be on its way; nothing else is waited for.
            let keepers = world.office(.custody, of: standing.identityOrgan ?? custody.organ)?.id
            let behind = standing.holds("identity-behind")
            check(
                waiters.allSatisfy { behind && $0.office == keepers }, "an archived report waits for nobody")
        } else {
            check(
                possible.values.contains { $0.contains { story.moves($0, standing) } },
                "somebody can move the report on")
        }
        for person in people.staff {
            let reach = Reach.of(person.id, on: standing, world: world, workflow: story.workflow)
            let acts = possible[person.id] ?? []
            actsFollowReach(person, acts, reach)
            placesDecide(person, acts, reach, custody)
            let waited = waiters.contains { isMeant($0, person) }
            let awaited = acts.contains { story.isWaitedFor($0, standing) }
            check(waited == awaited, "\(person.username) is waited for: \(waited), has such an act: \(awaited)")
        }
    }

    private func actsFollowReach(_ person: Staff, _ acts: [PossibleAct], _ reach: Reach) {
        if standing.barred.contains(person.id) {
            check(reach == .none && acts.isEmpty, "\(person.username) is barred and sees nothing")
        }
        if reach.isNone { check(acts.isEmpty, "\(person.username) acts on what does not exist for them") }
        for act in acts {
            let isCustody = act.rule.actors == [.office(.custody, roles: [.custodian])]
            check(isCustody ? reach.custody : reach.papers, "\(person.username) may \(act.rule.name) without reading")
            if act.rule.name == "approve" || act.rule.name == "reject" {
                check(standing.proposer != person.id, "\(person.username) approves what they proposed")
            }
        }
        check(!reach.papers || (reach.letter && reach.outline), "\(person.username) has papers without the letter")
    }

    /// The same need-to-know, told a second way: by where a person sits.
    private func placesDecide(_ person: Staff, _ acts: [PossibleAct], _ reach: Reach, _ custody: Custody) {
        let places = world.places(of: person.id)
        let offices = Set(places.map(\.office))
        let isCustodian = places.contains {
            $0.role == .custodian && world.offices[$0.office]?.organ == standing.identityOrgan
        }
        check(
            reach.custody == (isCustodian && standing.hasReporter && !standing.barred.contains(person.id)),
            "\(person.username) and the identity: \(reach)")
        if person.organ != custody.organ {
            check(!reach.papers, "\(person.username) of another organ has papers")
            let sent = isSender(person, offices)
            check(reach.letter == sent, "\(person.username) as sender: \(reach)")
            check(sent || reach == .none || isCustodianOnly(reach), "\(person.username) of another organ: \(reach)")
            return
        }
        let leaders = world.office(.leaders, of: custody.organ)?.id
        if offices.isDisjoint(with: [custody.intakeOffice, custody.office] + (leaders.map { [$0] } ?? [])) {
            check(reach == .none || isCustodianOnly(reach), "\(person.username) of another office: \(reach)")
        }
        let roles = Set(places.filter { $0.office == custody.intakeOffice }.map(\.role))
        if offices == [custody.intakeOffice], !roles.contains(.director), !standing.handlers.contains(person.id) {
            if custody.audience == .director {
                check(reach == .none, "\(person.username) beside the director: \(reach)")
            }
            if roles.isDisjoint(with: [.registrar, .triage]) {
                check(reach == .none, "\(person.username), not allocated, reads")
            }
            let tookPart = standing.done.contains { $0.custody == custody.index && $0.staff == person.id }
            if story.workflow.stages[standing.stage]?.phase == .end, !tookPart {
                check(reach == .none, "\(person.username) took no part and reads the archive")
            }
        }
        if offices == [custody.office], custody.office != custody.intakeOffice, !roles.contains(.director),
            !places.contains(where: { $0.role == .director }), !standing.handlers.contains(person.id)
        {
            check(reach == .none, "\(person.username), not allocated, reads")
        }
        if offices == (leaders.map { [$0] } ?? []), story.workflow.stages[standing.stage]?.phase != .decision,
            !standing.done.contains(where: { $0.custody == custody.index && $0.staff == person.id })
        {
            check(reach == .none, "\(person.username), who decided nothing, reads")
        }
    }

    private func isCustodianOnly(_ reach: Reach) -> Bool { reach.custody && !reach.letter && !reach.papers }

    /// Forwarded or assigned by this person's desk, and ever since below that desk's organ.
    private func isSender(_ person: Staff, _ offices: Set<OfficeID>) -> Bool {
        if standing.barred.contains(person.id) { return false }
        return standing.custodies.indices.dropLast().contains { index in
            let sender = standing.custodies[index]
            let rest = standing.custodies[(index + 1)...]
            let down = rest.first.map { $0.via == "forward" || $0.via == "assign" } ?? false
            let isDirector = world.places(of: person.id).contains {
                $0.office == sender.intakeOffice && $0.role == .director
            }
            let tookPart = standing.done.contains { $0.custody == sender.index && $0.staff == person.id }
            return down && offices.contains(sender.intakeOffice) && (isDirector || tookPart)
                && rest.allSatisfy { world.lies($0.organ, within: sender.organ) }
        }
    }

    private func isMeant(_ waiter: Waiter, _ person: Staff) -> Bool {
        if standing.barred.contains(person.id) || waiter.except == person.id { return false }
        if let staff = waiter.staff { return staff == person.id }
        return world.places(of: person.id).contains {
            $0.admitted && $0.office == waiter.office && waiter.roles.contains($0.role)
        }
    }

    private func check(_ holds: Bool, _ what: @autoclosure () -> String) {
        if holds { return }
        let way = standing.custodies.map { "\($0.via ?? "filed")→\(world.organs[$0.organ]?.code ?? "")" }
        let acts = standing.done.map { "\($0.act) \($0.staff.flatMap { world.staff[$0]?.username } ?? "")" }
        Issue.record("\(what()) — at \(standing.stage), \(way), \(standing.realName), after \(acts)")
    }
}
