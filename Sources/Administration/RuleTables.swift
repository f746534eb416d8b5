import Casework
import Mustache
import Site

/// One act as a line of the rules.
struct ActRow: MustacheParent {
    let name: String
    let code: String
    let who: [String]
    let ways: [String]
    let condition: String?
    let decided: String?
    let limits: [String]
    let source: String

    init(_ act: ActRule, _ words: RuleWords) {
        name = words.text(act.label)
        code = act.name
        var who = act.actors.map { words.who($0) }
        who += act.narrowed.map { words.narrowed($0) }
        if act.notByProposer { who.append(words.texts.text("rules.not-by-proposer")) }
        self.who = who
        ways = words.steps(act)
        condition = act.guardCondition.isEmpty ? nil : words.condition(act.guardCondition)
        let deciders = words.workflow.deciders(on: act)
        decided = deciders.isEmpty ? nil : words.who(deciders)
        limits = words.workflow.limits.filter { limit in
            limit.ends.contains { Moment($0).act == act.name }
        }.map { words.text($0.label) + " · " + words.length($0.count, $0.unit) }
        source = ([act.source] + act.narrowed.map(\.source) + act.approval.map(\.source)).map(words.text)
            .reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }.joined(separator: words.texts.language == .en ? "; " : "；")
    }

    func child(named name: String) -> Any? {
        switch name {
        case "name": self.name
        case "code": code
        case "who": who
        case "ways": ways
        case "condition": here(condition)
        case "decided": here(decided)
        case "limits": limits
        case "source": source
        default: nil
        }
    }
}

/// One limit as a line of the rules.
struct LimitRow: MustacheParent {
    let name: String
    let code: String
    let length: String
    let starts: String
    let ends: String
    let condition: String?
    let extensionText: String
    let pauses: [String]
    let source: String

    init(_ limit: LimitRule, _ words: RuleWords) {
        name = words.text(limit.label)
        code = limit.name
        length = words.length(limit.count, limit.unit)
        starts = words.moments(limit.starts)
        // The order of the acts in the file, so that the line reads the same every time.
        let order = words.workflow.actOrder
        ends =
            limit.atOnce.map(words.text)
            ?? words.moments(
                limit.ends.sorted { (order.firstIndex(of: $0) ?? .max, $0) < (order.firstIndex(of: $1) ?? .max, $1) })
        condition = limit.when.map { words.fact($0) }
        extensionText = [words.prolonging(limit.prolonging), words.planned(limit.planned)].compactMap(\.self)
            .joined(separator: " ")
        pauses = limit.pauses.map { pause in
            words.texts.format(
                "rules.pause",
                [
                    "name": words.text(pause.label), "from": words.moments(pause.starts),
                    "to": words.moments(pause.ends.sorted()), "source": words.text(pause.source),
                ])
        }
        source = words.text(limit.source)
    }

    func child(named name: String) -> Any? {
        switch name {
        case "name": self.name
        case "code": code
        case "length": length
        case "starts": starts
        case "ends": ends
        case "condition": here(condition)
        case "extension": extensionText
        case "pauses": pauses
        case "source": source
        default: nil
        }
    }
}

/// One difference between two versions.
struct DifferenceRow: MustacheParent {
    struct Part: MustacheParent {
        let name: String
        let before: String
        let after: String

        func child(named name: String) -> Any? {
            switch name {
            case "name": self.name
            case "before": here(before.isEmpty ? nil : before)
            case "after": here(after.isEmpty ? nil : after)
            default: nil
            }
        }
    }

    let kind: Mark
    let subject: String
    let name: String
    let parts: [Part]

    init(_ difference: RuleDifference, _ words: RuleWords) {
        let tone: Mark.Tone =
            switch difference.kind {
            case .added: .good
            case .removed: .bad
            case .changed: .warn
            }
        kind = Mark(tone, words.texts.text("rules.kinds.\(difference.kind.rawValue)"))
        subject = words.texts.text("rules.subjects.\(difference.subject.rawValue)")
        name = words.text(difference.label)
        parts = difference.parts.map { part in
            let (name, before, after) = words.part(part)
            return Part(name: name, before: before, after: after)
        }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "kind": kind
        case "subject": subject
        case "name": self.name
        case "parts": parts
        default: nil
        }
    }
}
