/// One thing in which two versions of the rules differ.
package struct RuleDifference: Sendable, Hashable {
    package enum Subject: String, Sendable, CaseIterable { case stage, act, limit }
    package enum Kind: String, Sendable, CaseIterable { case added, removed, changed }

    /// What of it changed, before and after.
    package enum Part: Sendable, Hashable {
        case label(Bilingual, Bilingual)
        case source(Bilingual, Bilingual)
        case actors([ActorRule], [ActorRule])
        case narrowed([NarrowRule], [NarrowRule])
        case steps([Step], [Step])
        case fields([FieldRule], [FieldRule])
        case notByProposer(Bool, Bool)
        case length(LimitRule, LimitRule)
        case prolonging(LimitExtension?, LimitExtension?)
        /// Anything else that a rule holds.
        case other
    }

    package var subject: Subject
    package var kind: Kind
    package var name: String
    package var label: Bilingual
    package var parts: [Part]

    /// From `old` to `new`, stages first, then acts, then limits, each in the order of the newer file.
    package static func between(_ old: Workflow, _ new: Workflow) -> [RuleDifference] {
        compare(.stage, old.stageOrder, new.stageOrder) {
            old.stages[$0]
        } _: {
            new.stages[$0]
        } label: {
            $0.label
        } parts: {
            parts($0, $1)
        }
            + compare(.act, old.actOrder, new.actOrder) {
                old.acts[$0]
            } _: {
                new.acts[$0]
            } label: {
                $0.label
            } parts: {
                parts($0, $1)
            }
            + compare(.limit, old.limits.map(\.name), new.limits.map(\.name)) { name in
                old.limits.first { $0.name == name }
            } _: { name in
                new.limits.first { $0.name == name }
            } label: {
                $0.label
            } parts: {
                parts($0, $1)
            }
    }

    private static func compare<Rule: Equatable>(
        _ subject: Subject, _ before: [String], _ after: [String], _ old: (String) -> Rule?, _ new: (String) -> Rule?,
        label: (Rule) -> Bilingual, parts: (Rule, Rule) -> [Part]
    ) -> [RuleDifference] {
        let gone = before.filter { !after.contains($0) }
        return (after + gone).compactMap { name in
            switch (old(name), new(name)) {
            case (nil, let rule?):
                RuleDifference(subject: subject, kind: .added, name: name, label: label(rule), parts: [])
            case (let rule?, nil):
                RuleDifference(subject: subject, kind: .removed, name: name, label: label(rule), parts: [])
            case (let first?, let second?) where first != second:
                RuleDifference(
                    subject: subject, kind: .changed, name: name, label: label(second), parts: parts(first, second))
            default: nil
            }
        }
    }

    private static func parts(_ old: StageRule, _ new: StageRule) -> [Part] {
        old.label == new.label ? [.other] : [.label(old.label, new.label)]
    }

    private static func parts(_ old: ActRule, _ new: ActRule) -> [Part] {
        var found: [Part] = []
        var rest = old
        if old.label != new.label { found.append(.label(old.label, new.label)) }
        if old.actors != new.actors { found.append(.actors(old.actors, new.actors)) }
        if old.narrowed != new.narrowed { found.append(.narrowed(old.narrowed, new.narrowed)) }
        if old.steps != new.steps { found.append(.steps(old.steps, new.steps)) }
        if old.notByProposer != new.notByProposer {
            found.append(.notByProposer(old.notByProposer, new.notByProposer))
        }
        if old.fields != new.fields { found.append(.fields(old.fields, new.fields)) }
        if old.source != new.source {
            found.append(.source(old.source, new.source))
        }
        rest.label = new.label
        rest.actors = new.actors
        rest.narrowed = new.narrowed
        rest.steps = new.steps
        rest.notByProposer = new.notByProposer
        rest.fields = new.fields
        rest.source = new.source
        return rest == new ? found : found + [.other]
    }

    private static func parts(_ old: LimitRule, _ new: LimitRule) -> [Part] {
        var found: [Part] = []
        var rest = old
        if old.label != new.label { found.append(.label(old.label, new.label)) }
        if (old.count, old.unit) != (new.count, new.unit) { found.append(.length(old, new)) }
        if old.prolonging != new.prolonging { found.append(.prolonging(old.prolonging, new.prolonging)) }
        if old.source != new.source { found.append(.source(old.source, new.source)) }
        rest.label = new.label
        rest.count = new.count
        rest.unit = new.unit
        rest.prolonging = new.prolonging
        rest.source = new.source
        return rest == new ? found : found + [.other]
    }
}
