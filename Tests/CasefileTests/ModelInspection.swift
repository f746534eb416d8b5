import Casework
import Kernel

@testable import Casefile

/// What must hold of one moment for every member of staff; every fault is a sentence.
struct Inspection {
    let model: Model
    let models: [Set<String>: Model]
    let moment: Moment
    let possible: [StaffID: [PossibleAct]]
    /// Organs and offices that the report is about: none of their people ever has it.
    let closed: Set<OrganID>
    let closedOffices: Set<OfficeID>
    /// What every person may see, by the rules under test.
    let reaches: [StaffID: Reach]
    let asked: [DoneAct]
    var faults: [String] = []

    var world: World { model.picture.world }
    var standing: Standing { moment.standing }

    mutating func run() {
        guard let custody = standing.custody else { return }
        let waiters = model.workflow.waiters(on: standing, world: world)
        if model.workflow.stages[standing.stage]?.phase == .end { endWaitsForLittle(waiters, custody) }
        for person in model.people {
            let reach = reaches[person.id] ?? .none
            let acts = possible[person.id] ?? []
            if !person.active {
                check(
                    reach.isNone && acts.isEmpty && held(by: person.id).isEmpty,
                    "\(person.username) has gone, and reads")
            }
            actsFollowReach(person, acts, reach)
            placesDecide(person, reach, custody)
            keysFollowReach(person, reach, custody)
            let waited = waiters.contains { isMeant($0, person) }
            let awaited = acts.contains { $0.rule.isWaitedFor(at: standing.stage, standing, in: world) }
            check(waited == awaited, "\(person.username) is waited for: \(waited), has such an act: \(awaited)")
        }
        keysStayInTheirOrgans(custody)
    }

    /// The identity, a request or the superior's word may still be on its way; nothing else is waited for.
    private mutating func endWaitsForLittle(_ waiters: [Waiter], _ custody: Custody) {
        let keepers = world.office(.custody, of: standing.identityOrgan ?? custody.organ)?.id
        let open = ["result-due", "result-unrecognised", "supervised", "alarmed", "demand-promised"].contains(
            where: standing.holds)
        let asked = !model.workflow.pending(on: standing).isEmpty
        let behind = standing.holds("identity-behind")
        check(
            waiters.allSatisfy { open || asked || (behind && $0.office == keepers) },
            "an archived report waits for nobody")
    }

    private mutating func actsFollowReach(_ person: Staff, _ acts: [PossibleAct], _ reach: Reach) {
        if standing.barred.contains(person.id) {
            check(reach == .none && acts.isEmpty, "\(person.username) is barred and sees nothing")
        }
        if reach.isNone { check(acts.isEmpty, "\(person.username) acts on what does not exist for them") }
        for act in acts {
            let name = act.rule.name
            if act.rule.actors == [.office(.custody, roles: [.custodian])] {
                check(reach.custody, "\(person.username) may \(name) without the identity")
                continue
            }
            // Everybody may stand aside.
            if name == "recuse" { continue }
            // Who is asked, who sent it, who looks on: they act on what they see from outside.
            let outside = ["decide", "supervise", "recognise", "call-in", "advise"].contains(name)
            let blind =
                name == "decide"
                && model.workflow.requests(for: person.id, on: standing, world: world)
                    .allSatisfy { ["open-identity", "release-hold", "request-recusal"].contains($0.rule.name) }
            check(
                reach.papers || (outside && reach.letter && reach.outline) || (blind && !reach.letter),
                "\(person.username) may \(name) without reading")
            if name == "approve" || name == "reject" {
                check(standing.proposer != person.id, "\(person.username) approves what they proposed")
            }
        }
        check(!reach.papers || (reach.letter && reach.outline), "\(person.username) has papers without the letter")
    }

    private func isMeant(_ waiter: Waiter, _ person: Staff) -> Bool {
        if standing.barred.contains(person.id) || waiter.except == person.id || !person.active { return false }
        if let staff = waiter.staff { return staff == person.id }
        return world.places(of: person.id, on: standing).contains {
            $0.office == waiter.office && waiter.roles.contains($0.role)
        }
    }

    mutating func check(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { faults.append(what()) }
    }
}
