import Kernel

extension RuleOverride {
    /// Refuses a change that would leave an act to nobody: wherever, in the organ or below it, somebody may do it by the
    /// rules above, somebody must be left who may. Looked at when a change is brought, not at every start: people come
    /// and go, and nobody is kept from work by a colleague's leaving.
    func refuseDesertion(
        _ before: Workflow, _ after: Workflow, below top: Organ, in world: World
    ) throws(RuleFault) {
        let changed = after.actOrder.compactMap { name -> (ActRule, ActRule)? in
            guard let old = before.acts[name], let new = after.acts[name], old.isWiderOrOther(than: new) else {
                return nil
            }
            return (old, new)
        }
        guard !changed.isEmpty else { return }
        let organs = world.organs.values.filter { world.lies($0.id, within: top.id) }.sorted { $0.code < $1.code }
        for (old, new) in changed {
            for organ in organs {
                for office in world.offices(of: organ.id)
                where old.isLeft(toSomebodyOf: office, before, world)
                    && !new.isLeft(toSomebodyOf: office, after, world)
                {
                    let top = try? YAMLReader(file: file, text: text)
                    let entry = top?.maybe("acts")?.maybe(new.name)
                    let place = entry?.maybe("by") ?? entry?.maybe("notBy") ?? top
                    let reason: FaultWords = "\(new.name): nobody would be left to do it at \(organ.code)"
                    throw place?.fault(reason) ?? RuleFault(file: file, line: 1, reason: reason)
                }
            }
        }
    }
}

extension ActRule {
    /// Whether a change touches who may do the act.
    fileprivate func isWiderOrOther(than new: ActRule) -> Bool {
        actors != new.actors || notByProposer != new.notByProposer
    }

    /// Acts by which somebody becomes the proposer of what is decided.
    private static let proposing: Set = ["propose", "dispose", "review-appeal", "propose-return", "propose-transfer"]

    /// Whether these people are enough where whoever proposed may not act: two, or one who proposes nothing there.
    private func isEnough(_ people: Set<StaffID>, in office: Office, _ workflow: Workflow, _ world: World) -> Bool {
        guard notByProposer, office.kind != .leaders, people.count == 1 else { return !people.isEmpty }
        let roles = Set(world.members(of: office.id).filter { people.contains($0.staff) }.map(\.role))
        return !workflow.acts.values.contains { act in
            Self.proposing.contains(act.effect ?? "")
                && act.actors.contains { actor in
                    switch actor {
                    case .handler: office.kind.isHandling
                    case .office(.holder, let needed), .office(.intake, let needed): !needed.isDisjoint(with: roles)
                    default: false
                    }
                }
        }
    }

    /// Whether somebody of an office may do the act where the report lies with it, or waits for it. For leaders alone
    /// it makes no difference who proposed: where none is left, the superior's decide.
    fileprivate func isLeft(toSomebodyOf office: Office, _ workflow: Workflow, _ world: World) -> Bool {
        let members = world.members(of: office.id).filter(\.isRegular)
        let able = actors.map { actor -> Set<StaffID> in
            switch actor {
            case .handler, .signer:
                office.kind.isHandling && isDone(at: office.kind, workflow) ? Set(members.map(\.staff)) : []
            case .approver, .reporter: []
            case .reader: office.kind != .administration ? Set(members.map(\.staff)) : []
            case .office(let relation, let roles):
                relation.isMet(by: office.kind) && (relation != .holder || isDone(at: office.kind, workflow))
                    ? Set(members.filter { roles.contains($0.role) }.map(\.staff)) : []
            }
        }
        return isEnough(able.reduce([]) { $0.union($1) }, in: office, workflow, world)
    }

    /// Whether an office of this kind can hold a report on which the act may be done.
    private func isDone(at kind: OfficeKind, _ workflow: Workflow) -> Bool {
        if steps.isEmpty { return kind.isIntake || kind.isHandling }
        return steps.contains { step in
            switch workflow.stages[step.stage]?.phase {
            case .intake: kind.isIntake
            case .handling: kind.isHandling
            case .decision: kind.isIntake || kind.isHandling
            case .end, nil: true
            }
        }
    }
}

extension ActorRule.Relation {
    /// The kinds of office that can stand in the relation.
    fileprivate func isMet(by kind: OfficeKind) -> Bool {
        switch self {
        case .holder: kind.isIntake || kind.isHandling
        case .intake: kind.isIntake
        case .leaders, .senderLeaders, .superiorLeaders, .ownLeaders: kind == .leaders
        case .custody: kind == .custody
        case .sender, .watcher, .alarmed: kind == .letters
        case .consulted: kind == .caseSupervision
        }
    }
}
