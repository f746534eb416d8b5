import Kernel

extension RuleOverride {
    /// Refuses a change that would leave an act to nobody: wherever, in the organ or below it, somebody may do it by the
    /// rules above, somebody must be left who may. Looked at when a change is brought, not at every start: people come
    /// and go, and nobody is kept from work by a colleague's leaving.
    func refuseDesertion(
        _ before: Workflow, _ after: Workflow, below top: Organ, in world: World
    ) throws(RuleFault) {
        let changed = after.actOrder.compactMap { name -> (ActRule, ActRule)? in
            guard let old = before.acts[name], let new = after.acts[name], old.actors != new.actors else { return nil }
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
                    let place = top?.maybe("acts")?.maybe(new.name)?.maybe("by") ?? top
                    let reason: FaultWords = "\(new.name): nobody would be left to do it at \(organ.code)"
                    throw place?.fault(reason) ?? RuleFault(file: file, line: 1, reason: reason)
                }
            }
        }
    }
}

extension ActRule {
    /// Whether somebody of an office may do the act where the report lies with it, or waits for it.
    fileprivate func isLeft(toSomebodyOf office: Office, _ workflow: Workflow, _ world: World) -> Bool {
        let members = world.members(of: office.id).filter(\.isRegular)
        return actors.contains { actor in
            switch actor {
            case .handler, .signer: office.kind.isHandling && isDone(at: office.kind, workflow) && !members.isEmpty
            case .approver: false
            case .reader: office.kind != .administration && !members.isEmpty
            case .office(let relation, let roles):
                relation.isMet(by: office.kind) && (relation != .holder || isDone(at: office.kind, workflow))
                    && members.contains { roles.contains($0.role) }
            }
        }
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
        case .leaders, .senderLeaders, .ownLeaders: kind == .leaders
        case .custody: kind == .custody
        case .sender, .watcher, .alarmed: kind == .letters
        case .consulted: kind == .caseSupervision
        }
    }
}
