import Casework
import Site

/// Says rules in words: labels from the rules themselves, the rest from the catalogue.
struct RuleWords: Sendable {
    let workflow: Workflow
    let texts: Catalogue

    var language: String { texts.language.rawValue }

    func text(_ words: Bilingual) -> String { words.text(language) }

    func stage(_ name: String) -> String { workflow.stageLabel(name, language) }

    func act(_ name: String) -> String { workflow.acts[name].map { text($0.label) } ?? name }

    /// The catalogue's word under a key, or the code itself where a newer rule file knows more than the catalogue.
    private func word(_ key: String, _ code: String) -> String {
        texts.has("rules.\(key).\(code)") ? texts.text("rules.\(key).\(code)") : code
    }

    func who(_ actor: ActorRule) -> String {
        if case .office(let relation, let roles) = actor {
            let names = Role.allCases.filter(roles.contains).map { texts.name($0) }
            return texts.format(
                "rules.of-office",
                ["office": word("offices", relation.rawValue), "roles": names.joined(separator: comma)])
        }
        return word("people", String(describing: actor))
    }

    func narrowed(_ rule: NarrowRule) -> String {
        func names(_ roles: Set<Role>) -> String {
            Role.allCases.filter(roles.contains).map { texts.name($0) }.joined(separator: comma)
        }
        let words = texts.format(
            "rules.narrowed", ["roles": names(rule.roles), "condition": condition(rule.when)])
        if rule.otherwise.isEmpty { return words }
        return words + texts.format("rules.narrowed-otherwise", ["roles": names(rule.otherwise)])
    }

    func who(_ actors: [ActorRule]) -> String { texts.list(actors.map(who)) }

    var comma: String { texts.language == .en ? ", " : "、" }

    func condition(_ condition: Condition) -> String {
        condition.sorted { $0.key < $1.key }.map { key, values in
            let names = values.map { value(of: key, $0) }
            return texts.format(
                "rules.is", ["fact": word("facts", key), "values": names.joined(separator: texts.text("rules.or"))])
        }.joined(separator: comma)
    }

    /// A value that a condition names: by the rules' own list, by the act that it is, or by the catalogue.
    private func value(of fact: String, _ value: String) -> String {
        if fact == "stage" { return stage(value) }
        if fact == "limit", let limit = workflow.limits.first(where: { $0.name == value }) { return text(limit.label) }
        let named = [
            "proposal": ["way"], "disposal": ["disposal", "appeal-outcome"], "end": ["verification-end"],
            "spot-check": ["spot-check-result"],
        ]
        let lists = named[fact] ?? [fact]
        for list in lists {
            let label = workflow.label(list, value, language)
            if label != value { return label }
        }
        if fact == "via", let act = workflow.acts[value] { return text(act.label) }
        return word("values.\(fact)", value)
    }

    func step(_ step: Step) -> String {
        var words = stage(step.stage)
        if let to = step.to, to != step.stage { words += " → " + stage(to) }
        if !step.when.isEmpty { words += texts.format("rules.when", ["condition": condition(step.when)]) }
        if !step.unless.isEmpty { words += texts.format("rules.unless", ["condition": condition(step.unless)]) }
        return words
    }

    func steps(_ act: ActRule) -> [String] {
        if act.steps.isEmpty { return [texts.text(act.alsoAtEnd ? "rules.always" : "rules.any-stage")] }
        return act.steps.map(step)
    }

    /// `sign@incoming` as 「签收（待签收）」, `file` as the filing.
    func moment(_ token: String) -> String {
        let moment = Moment(token)
        var name =
            switch moment.act {
            case "file": texts.text("rules.filing")
            case "reporter-file": texts.text("rules.evidence")
            case "repeat-evidence": texts.text("rules.repeat-evidence")
            default: act(moment.act)
            }
        if let from = moment.from { name = texts.format("rules.at-stage", ["act": name, "stage": stage(from)]) }
        if let to = moment.to { name = texts.format("rules.to-stage", ["act": name, "stage": stage(to)]) }
        return name
    }

    func moments(_ tokens: some Sequence<String>) -> String {
        tokens.map(moment).joined(separator: texts.text("rules.or"))
    }

    func length(_ count: Int, _ unit: LimitRule.Unit) -> String {
        if unit == .working, count == 0 { return texts.text("rules.same-day") }
        return texts.format("rules.units.\(unit.rawValue)", ["n": String(count)])
    }

    func prolonging(_ rule: LimitExtension?) -> String {
        guard let rule else { return texts.text("rules.no-extension") }
        return texts.format(
            "rules.extension",
            ["most": String(rule.most), "length": length(rule.count, rule.unit), "source": text(rule.source)])
    }

    /// `nil` where no day is planned for the limit.
    func planned(_ plan: LimitPlan?) -> String? {
        guard let plan else { return nil }
        let field = workflow.acts[plan.act]?.fields.first { $0.name == plan.field }
        return texts.format(
            "rules.planned", ["field": field.map { text($0.label) } ?? plan.field, "source": text(plan.source)])
    }

    func fact(_ name: String) -> String { word("facts", name) }

    func fields(_ fields: [FieldRule]) -> String {
        fields.map { text($0.label) + ($0.required ? texts.text("rules.required") : "") }.joined(separator: comma)
    }

    /// What of a rule changed, before and after.
    func part(_ part: RuleDifference.Part) -> (name: String, before: String, after: String) {
        switch part {
        case .label(let old, let new): (texts.text("rules.parts.label"), text(old), text(new))
        case .source(let old, let new): (texts.text("rules.parts.source"), text(old), text(new))
        case .actors(let old, let new): (texts.text("rules.parts.actors"), who(old), who(new))
        case .narrowed(let old, let new):
            (texts.text("rules.parts.narrowed"), texts.list(old.map(narrowed)), texts.list(new.map(narrowed)))
        case .steps(let old, let new):
            (texts.text("rules.parts.steps"), texts.list(old.map(step)), texts.list(new.map(step)))
        case .fields(let old, let new): (texts.text("rules.parts.fields"), fields(old), fields(new))
        case .notByProposer(let old, let new):
            (texts.text("rules.parts.not-by-proposer"), yes(old), yes(new))
        case .length(let old, let new):
            (texts.text("rules.parts.length"), length(old.count, old.unit), length(new.count, new.unit))
        case .prolonging(let old, let new): (texts.text("rules.parts.extension"), prolonging(old), prolonging(new))
        case .other: (texts.text("rules.parts.other"), "", "")
        }
    }

    private func yes(_ flag: Bool) -> String { texts.text(flag ? "rules.yes" : "rules.no") }
}
