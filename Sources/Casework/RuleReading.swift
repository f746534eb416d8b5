extension Workflow {
    /// The acts that the rules allow at this point of a report's story, whoever does them, and where each leads.
    package func open(on standing: Standing, world: World) -> [PossibleAct] {
        actOrder.compactMap { name in
            acts[name].flatMap { act in
                step(of: act, on: standing, world: world).map { PossibleAct(rule: act, to: $0) }
            }
        }
    }

    /// Whether a proposed way could be taken as the matter stands: some act that it is for has a step whose conditions
    /// hold. Ways that no act is guarded by lead on by other rules.
    package func leadsOn(_ way: String, on standing: Standing, world: World) -> Bool {
        let acts = self.acts.values.filter { $0.guardCondition["proposal"]?.contains(way) == true }
        return acts.isEmpty
            || acts.contains { act in
                act.steps.contains { step in
                    standing.fulfils(step.when, in: world)
                        && (step.unless.isEmpty || !standing.fulfils(step.unless, in: world))
                }
            }
    }

    /// Who decides on what an act asks for: whoever must agree to it, and whoever may act where it leads, if it leads
    /// to a decision.
    package func deciders(on act: ActRule) -> [ActorRule] {
        var found: [ActorRule] = []
        for actor in act.approval.flatMap({ $0.by + $0.otherwise }) where !found.contains(actor) { found.append(actor) }
        let stages = Set(act.steps.compactMap(\.to)).filter { self.stages[$0]?.phase == .decision }
        guard !stages.isEmpty else { return found }
        for other in actOrder.compactMap({ acts[$0] })
        where other.steps.contains(where: { stages.contains($0.stage) && other.isAwaited(at: $0.stage) }) {
            for actor in other.actors where !found.contains(actor) { found.append(actor) }
        }
        return found
    }

    /// Each way from stage to stage with the acts that take it, in the order of the file; acts that change no stage
    /// are left out.
    package var ways: [(from: String, to: String, acts: [ActRule])] {
        var order: [[String]] = []
        var found: [[String]: [ActRule]] = [:]
        for act in actOrder.compactMap({ acts[$0] }) {
            for step in act.steps {
                guard let to = step.to, to != step.stage else { continue }
                let way = [step.stage, to]
                if found[way] == nil { order.append(way) }
                if found[way]?.contains(act) != true { found[way, default: []].append(act) }
            }
        }
        return order.map { (from: $0[0], to: $0[1], acts: found[$0] ?? []) }
    }
}

extension ActRule {
    /// Whether a report may wait for the act at a stage.
    fileprivate func isAwaited(at stage: String) -> Bool {
        switch waits {
        case .never: false
        case .stages(let stages): stages.contains(stage)
        case .always, .fact: true
        }
    }
}
