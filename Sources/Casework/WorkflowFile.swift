import Foundation
import Kernel

extension Workflow {
    /// The workflow that ships with the product.
    package static func shipped() throws(RuleFault) -> Workflow {
        try Workflow(file: "workflow.yaml", text: YAMLReader.text(ofShipped: "workflow"))
    }

    /// Parses and checks one rule file. Throws the first fault with its line.
    package init(file: String, text: String) throws(RuleFault) {
        let top = try YAMLReader(file: file, text: text)
        version = try top.string("version")
        effectiveFrom = try top.day("effectiveFrom")
        scope = top.maybe("appliesTo") == nil ? .new : try top.choice("appliesTo", RuleScope.self)
        (self.file, self.text) = (file, text)
        source = try top.at("source").bilingual()
        var vocabularies: [String: [Choice]] = [:]
        for (name, list) in try top.at("vocabularies").pairs { vocabularies[name] = try list.choices() }
        self.vocabularies = vocabularies
        var stages: [String: StageRule] = [:]
        var stageOrder: [String] = []
        for (name, value) in try top.at("stages").pairs {
            stages[name] = StageRule(
                name: name, label: try value.bilingual(), phase: try value.choice("phase", StageRule.Phase.self),
                publicStage: try value.string("public"), evidence: try value.maybe("evidence")?.string())
            stageOrder.append(name)
        }
        self.stages = stages
        self.stageOrder = stageOrder
        var publicStages: [String: Bilingual] = [:]
        for (name, value) in try top.at("publicStages").pairs { publicStages[name] = try value.bilingual() }
        self.publicStages = publicStages
        var acts: [String: ActRule] = [:]
        var actOrder: [String] = []
        for (name, value) in try top.at("acts").pairs {
            acts[name] = try Self.act(name, value, vocabularies: vocabularies)
            actOrder.append(name)
        }
        self.acts = acts
        self.actOrder = actOrder
        var limits: [LimitRule] = []
        for value in try top.at("limits").items { limits.append(try Self.limit(value)) }
        self.limits = limits
        longestSharedRun = try Self.positive(top.at("questions"), "longestSharedRun")
        leastTeam = try Self.positive(top.at("team"), "least")
        spotCheckOneIn = try Self.positive(top.at("spotCheck"), "oneIn")
        limitIndex = LimitIndex(limits, requests: Set(acts.values.filter { !$0.approval.isEmpty }.map(\.name)))
        let waited = actOrder.compactMap { acts[$0] }
        waitedFor = Dictionary(
            uniqueKeysWithValues: stageOrder.map { stage in (stage, waited.filter { $0.mayBeWaitedFor(at: stage) }) })
        try WorkflowCheck(file: file, workflow: self, source: top).run()
    }

    /// A number of the law that cannot be left out, with the article that it is from.
    private static func positive(_ value: YAMLReader, _ name: String) throws(RuleFault) -> Int {
        _ = try value.string("source")
        let number = try value.integer(name)
        guard number > 0 else { throw try value.at(name).fault("a number above zero is expected here") }
        return number
    }

    private static func condition(_ value: YAMLReader?) throws(RuleFault) -> Condition {
        guard let value else { return [:] }
        var result: Condition = [:]
        for (key, entry) in value.pairs {
            if entry.isList { result[key] = try value.strings(key) } else { result[key] = [try entry.string()] }
        }
        return result
    }

    private static func act(
        _ name: String, _ value: YAMLReader, vocabularies: [String: [Choice]]
    ) throws(RuleFault) -> ActRule {
        var steps: [Step] = []
        let from = try value.at("from")
        var alsoAtEnd = false
        if from.isList {
            for item in from.items {
                steps.append(
                    Step(
                        stage: try item.string("stage"), to: try item.maybe("to")?.string(),
                        when: try condition(item.maybe("when")), unless: try condition(item.maybe("unless"))))
            }
        } else if try from.string() == "always" {
            alsoAtEnd = true
        } else if try from.string() != "any" {
            throw from.fault("a list of stages, or \"any\", is expected here")
        }
        let actors = try Self.actors(value.at("by"))
        var fields: [FieldRule] = []
        for item in value.maybe("fields")?.items ?? [] { fields.append(try field(item, vocabularies)) }
        return ActRule(
            name: name, label: try value.at("label").bilingual(), source: try value.cited("source"), steps: steps,
            alsoAtEnd: alsoAtEnd,
            actors: actors, narrowed: try Self.narrowed(value.maybe("narrow")),
            notByProposer: try value.maybe("notBy")?.string() == "proposer",
            waits: try waits(value.maybe("waits")), only: try value.maybe("only")?.string(),
            once: try value.flag("once"),
            guardCondition: try condition(value.maybe("guard")), effect: try value.maybe("effect")?.string(),
            fields: fields, approval: try approval(value.maybe("approval")),
            competence: value.maybe("competence") == nil
                ? nil : try value.choice("competence", ManagementLevel.self),
            mark: try value.maybe("mark")?.string(), unmark: try unmarks(value))
    }

    /// One mark, or a list of them.
    private static func unmarks(_ value: YAMLReader) throws(RuleFault) -> [String] {
        guard let marks = value.maybe("unmark") else { return [] }
        return marks.isList ? try value.strings("unmark") : [try marks.string()]
    }

    private static func narrowed(_ value: YAMLReader?) throws(RuleFault) -> [NarrowRule] {
        var result: [NarrowRule] = []
        for item in value?.items ?? [] {
            result.append(
                NarrowRule(
                    when: try condition(item.at("when")), roles: try item.roles("roles"),
                    otherwise: item.maybe("otherwise") == nil ? [] : try item.roles("otherwise"),
                    source: try item.cited("source")))
        }
        return result
    }

    static func actors(_ value: YAMLReader) throws(RuleFault) -> [ActorRule] {
        var actors: [ActorRule] = []
        for item in value.items {
            if item.maybe("person") != nil {
                switch try item.string("person") {
                case "handler": actors.append(.handler)
                case "signer": actors.append(.signer)
                case "approver": actors.append(.approver)
                case "reader": actors.append(.reader)
                case "reporter": actors.append(.reporter)
                default: throw item.fault("unknown person")
                }
            } else {
                let relation = try item.choice("office", ActorRule.Relation.self)
                actors.append(.office(relation, roles: try item.roles("roles")))
            }
        }
        return actors
    }

    private static func approval(_ value: YAMLReader?) throws(RuleFault) -> [ApprovalRule] {
        var result: [ApprovalRule] = []
        for item in value?.items ?? [] {
            result.append(
                ApprovalRule(
                    by: try actors(item.at("by")),
                    otherwise: try item.maybe("otherwise").map { (part) throws(RuleFault) in try actors(part) } ?? [],
                    isBlind: try item.flag("blind"), when: try condition(item.maybe("when")),
                    source: try item.cited("source")))
        }
        return result
    }

    private static func waits(_ value: YAMLReader?) throws(RuleFault) -> Waits {
        guard let value else { return .never }
        if value.isList {
            var stages: Set<String> = []
            for item in value.items { stages.insert(try item.string()) }
            return .stages(stages)
        }
        let text = try value.string()
        return text == "true" ? .always : text == "false" ? .never : .fact(text)
    }

    private static func field(
        _ value: YAMLReader, _ vocabularies: [String: [Choice]]
    ) throws(RuleFault) -> FieldRule {
        var choices: [Choice] = []
        if let name = try value.maybe("vocabulary")?.string() {
            guard let found = vocabularies[name] else { throw value.fault("no vocabulary \"\(name)\"") }
            choices = found
        } else if let values = value.maybe("values") {
            choices = try values.choices()
        }
        var item: [FieldRule] = []
        for entry in value.maybe("item")?.items ?? [] { item.append(try field(entry, vocabularies)) }
        return FieldRule(
            name: try value.string("name"), kind: try value.choice("type", FieldRule.Kind.self),
            label: try value.at("label").bilingual(), required: try value.flag("required"), choices: choices,
            options: try value.maybe("options")?.string(), item: item, when: try condition(value.maybe("when")),
            at: Set(value.maybe("at") == nil ? [] : try value.strings("at")),
            seal: value.maybe("seal") == nil ? .case : try value.choice("seal", FieldRule.Seal.self),
            minimum: value.maybe("min") == nil ? nil : try value.integer("min"),
            maximum: value.maybe("max") == nil ? nil : try value.integer("max"),
            prefill: try value.maybe("prefill")?.string())
    }

    static func limit(_ value: YAMLReader) throws(RuleFault) -> LimitRule {
        LimitRule(
            name: try value.string("name"), label: try value.at("label").bilingual(),
            starts: try value.strings("starts"),
            ends: Set(value.maybe("ends") == nil ? [] : try value.strings("ends")),
            atOnce: try value.maybe("atOnce")?.bilingual(), count: try value.integer("count"),
            unit: try value.choice("unit", LimitRule.Unit.self),
            when: try value.maybe("when")?.string(), source: try value.at("source").bilingual(),
            prolonging: try value.maybe("extension").map { (part) throws(RuleFault) in try prolonging(part) },
            planned: try value.maybe("planned").map { (part) throws(RuleFault) in
                LimitPlan(
                    act: try part.string("act"), field: try part.string("field"),
                    source: try part.at("source").bilingual())
            },
            pauses: try pauses(value.maybe("pauses")))
    }

    private static func prolonging(_ value: YAMLReader) throws(RuleFault) -> LimitExtension {
        LimitExtension(
            most: try value.integer("most"), count: try value.integer("count"),
            unit: try value.choice("unit", LimitRule.Unit.self), source: try value.at("source").bilingual())
    }

    private static func pauses(_ value: YAMLReader?) throws(RuleFault) -> [LimitPause] {
        var result: [LimitPause] = []
        for item in value?.items ?? [] {
            result.append(
                LimitPause(
                    name: try item.string("name"), label: try item.at("label").bilingual(),
                    starts: try item.strings("starts"), ends: Set(try item.strings("ends")),
                    source: try item.at("source").bilingual()))
        }
        return result
    }
}
