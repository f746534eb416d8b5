/// What a rule file must fulfil before anything runs on it.
struct WorkflowCheck {
    let file: String
    let workflow: Workflow
    let source: YAMLReader

    func run() throws(RuleFault) {
        try actsKnowTheirStages()
        try stagesAreReachableAndLeadOn()
        try limitsHaveActs()
    }

    private func line(of name: String, in section: String) -> RuleFault? {
        let part = source.maybe(section)
        let listed = part?.items.first { (try? $0.string("name")) == name }
        return (part?.maybe(name) ?? listed)?.fault("")
    }

    private func fault(_ section: String, _ name: String, _ reason: FaultWords) -> RuleFault {
        RuleFault(file: file, line: line(of: name, in: section)?.line ?? 0, reason: "\(name): \(reason)")
    }

    private func actsKnowTheirStages() throws(RuleFault) {
        for act in workflow.actOrder.compactMap({ workflow.acts[$0] }) {
            if act.actors.isEmpty { throw fault("acts", act.name, "nobody may do this act") }
            if act.source.isIncomplete { throw fault("acts", act.name, "the act has no source") }
            for actor in act.actors {
                if case .office(_, let roles) = actor, roles.isEmpty {
                    throw fault("acts", act.name, "an office without roles")
                }
            }
            for step in act.steps {
                for stage in [step.stage, step.to].compactMap({ $0 }) where workflow.stages[stage] == nil {
                    throw fault("acts", act.name, "no stage \"\(stage)\"")
                }
            }
            if case .stages(let stages) = act.waits, let stage = stages.first(where: { workflow.stages[$0] == nil }) {
                throw fault("acts", act.name, "waits at no known stage \"\(stage)\"")
            }
            var named = act.only.map { [$0] } ?? []
            if case .fact(let name) = act.waits { named.append(name) }
            for name in named where !Standing.claims.contains(name) {
                throw fault("acts", act.name, "no fact \"\(name)\"")
            }
            for approval in act.approval where approval.by.isEmpty || approval.source.isIncomplete {
                throw fault("acts", act.name, "an approval without anybody who approves, or without a source")
            }
            for field in act.fields where act.effect == "open-identity" && field.name == "window" {
                if field.choices.contains(where: { Int($0.value).map { $0 < 1 || $0 > 8760 } ?? true }) {
                    throw fault("acts", act.name, "a window is a number of hours, at most a year")
                }
            }
            if let last = act.approval.last, !last.when.isEmpty {
                throw fault("acts", act.name, "some requests would have nobody to agree: the last approval is for all")
            }
            for narrow in act.narrowed {
                if narrow.source.isIncomplete { throw fault("acts", act.name, "a narrowing without a source") }
                if narrow.roles.isEmpty { throw fault("acts", act.name, "narrowed to nobody") }
                // Those to whom a matter is narrowed are some of those who may act at all.
                let mayAct = act.actors.reduce(into: Set<Role>()) { all, actor in
                    if case .office(_, let roles) = actor { all.formUnion(roles) }
                }
                if !narrow.roles.union(narrow.otherwise).isSubset(of: mayAct) {
                    throw fault("acts", act.name, "narrowed to people who may not do it")
                }
            }
            try approvalsAskWhatIsThere(act)
            let conditions = act.narrowed.map(\.when) + act.steps.flatMap { [$0.when, $0.unless] }
            for condition in conditions + [act.guardCondition] {
                for name in condition.keys where !Standing.facts.contains(name) {
                    throw fault("acts", act.name, "no fact \"\(name)\"")
                }
            }
            for field in act.fields + act.fields.flatMap(\.item) {
                for stage in field.at where !act.steps.contains(where: { $0.stage == stage }) {
                    throw fault("acts", act.name, "field \"\(field.name)\" is asked at \"\(stage)\", where nobody acts")
                }
                let chooses = field.kind == .choice || field.kind == .choices
                if chooses, field.choices.isEmpty, field.options == nil {
                    throw fault("acts", act.name, "field \"\(field.name)\" has nothing to choose from")
                }
            }
        }
        for stage in workflow.stageOrder.compactMap({ workflow.stages[$0] })
        where workflow.publicStages[stage.publicStage] == nil {
            throw fault("stages", stage.name, "no public stage \"\(stage.publicStage)\"")
        }
        for stage in workflow.stages.values {
            guard let name = stage.evidence else { continue }
            guard let act = workflow.acts[name] else { throw fault("stages", stage.name, "no act \"\(name)\"") }
            if !act.steps.contains(where: { $0.stage == stage.name && $0.to != nil }) {
                throw fault("stages", stage.name, "the act \"\(name)\" leads nowhere from here")
            }
        }
    }

    /// An approval's condition names facts of the report, or choices of the act's own form: values that can be chosen.
    private func approvalsAskWhatIsThere(_ act: ActRule) throws(RuleFault) {
        for (name, values) in act.approval.flatMap(\.when) where !Standing.facts.contains(name) {
            guard let field = act.fields.first(where: { $0.name == name && $0.kind == .choice }) else {
                throw fault("acts", act.name, "no fact \"\(name)\"")
            }
            let known = field.options == "limits" ? workflow.limits.map(\.name) : field.choices.map(\.value)
            for value in values where field.options == "limits" || field.options == nil {
                if !known.contains(value) {
                    throw fault("acts", act.name, "an approval asks \"\(value)\", which is no choice of the form")
                }
            }
        }
    }

    private func stagesAreReachableAndLeadOn() throws(RuleFault) {
        var reached: Set<String> = ["received"]
        var grew = true
        while grew {
            grew = false
            for step in workflow.acts.values.flatMap(\.steps) where reached.contains(step.stage) {
                if let to = step.to, reached.insert(to).inserted { grew = true }
            }
        }
        for name in workflow.stageOrder {
            guard let stage = workflow.stages[name] else { continue }
            if !reached.contains(name) { throw fault("stages", name, "the stage cannot be reached") }
            let leads = workflow.acts.values.contains { act in
                act.steps.contains { $0.stage == name && $0.to != nil && $0.to != name }
            }
            if stage.phase != .end, !leads { throw fault("stages", name, "the stage is a dead end") }
        }
    }

    private func limitsHaveActs() throws(RuleFault) {
        for limit in workflow.limits {
            if limit.source.zh.isEmpty { throw fault("limits", limit.name, "the limit has no source") }
            if limit.starts.isEmpty || limit.ends.isEmpty == (limit.atOnce == nil) {
                throw fault("limits", limit.name, "the limit never starts or never ends")
            }
            try areKnown(limit.starts + limit.ends, of: limit)
            if let fact = limit.when, !Standing.claims.contains(fact) {
                throw fault("limits", limit.name, "no fact \"\(fact)\"")
            }
            if limit.count < 0 || limit.count > 3660 { throw fault("limits", limit.name, "an absurd count") }
            if let more = limit.prolonging, more.most < 1 || more.count < 1 || more.count > 3660 {
                throw fault("limits", limit.name, "an absurd extension")
            }
            if let plan = limit.planned {
                let fields = workflow.acts[plan.act]?.fields ?? []
                if plan.source.zh.isEmpty || !fields.contains(where: { $0.name == plan.field && $0.kind == .date }) {
                    throw fault("limits", limit.name, "a planned day without a source, or that no form asks for")
                }
            }
            for pause in limit.pauses {
                if pause.starts.isEmpty || pause.ends.isEmpty || pause.source.zh.isEmpty {
                    throw fault("limits", limit.name, "the pause \"\(pause.name)\" has no start, end or source")
                }
                try areKnown(pause.starts + pause.ends, of: limit)
            }
        }
    }

    /// What moves a clock is an act of the rules or what the reporter does, at stages that there are.
    private func areKnown(_ tokens: [String], of limit: LimitRule) throws(RuleFault) {
        for token in tokens {
            let moment = Moment(token)
            if workflow.acts[moment.act] == nil, !Moment.ofReporters.contains(moment.act) {
                throw fault("limits", limit.name, "no act \"\(moment.act)\"")
            }
            for stage in [moment.from, moment.to].compactMap(\.self) where workflow.stages[stage] == nil {
                throw fault("limits", limit.name, "no stage \"\(stage)\"")
            }
        }
    }
}
