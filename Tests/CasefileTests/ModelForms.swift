import Casework
import Kernel

@testable import Casefile

/// Every way to fill in a form that makes a difference to the way of the report, out of what the form offers.
struct ModelForms {
    let scene: Scene
    let edition: Int

    /// Fields whose value decides where the report goes or who has it.
    private static let telling: Set = [
        "way", "office", "organ", "category", "kind", "outcome", "status", "request", "agreed", "person", "copy-to",
        "end", "result", "state",
    ]

    func inputs(_ rule: ActRule, _ choices: DynamicChoices, at moment: Moment) -> [ActInput] {
        if rule.effect == "amend" { return corrections() }
        if rule.effect == "amend-identity" { return [["phone": .text("19900001209"), "reason": .text("录入有误")]] }
        return rule.fields.reduce(into: [[:]]) { inputs, field in
            inputs = inputs.flatMap { input in
                guard asked(field, input) else { return [input] }
                let values = self.values(field, choices, in: rule)
                if values.isEmpty { return field.required ? [] : [input] }
                var result = values.map { value in input.merging([field.name: value]) { $1 } }
                if !field.required, field.name == "copy-to" { result.append(input) }
                return result
            }
        }
    }

    private func asked(_ field: FieldRule, _ input: ActInput) -> Bool {
        field.when.allSatisfy { key, values in
            if case .text(let text) = input[key] { values.contains(text) } else { false }
        }
    }

    private func values(_ field: FieldRule, _ choices: DynamicChoices, in rule: ActRule) -> [InputValue] {
        let offered = field.allChoices(choices).map(\.value)
        guard field.required || field.name == "copy-to" || field.options == "people-asked" else { return [] }
        switch field.kind {
        case .choice where Self.telling.contains(field.name):
            return offered.filter { mayTry($0, field, choices, rule) }.map { .text($0) }
        case .choice: return offered.prefix(1).map { .text($0) }
        case .choices where field.options == "reported": return offered.suffix(1).map { .list([$0]) }
        case .choices where field.options == "office-members" && scene.everyActor:
            return [offered.prefix(1), offered.prefix(2), offered[...]].map { .list(Array($0)) }
        case .choices: return offered.isEmpty ? [] : [.list(Array(offered.prefix(2)))]
        case .text: return [.text("办理意见")]
        case .date: return [.text("2026-01-11")]
        case .flag: return [.flag(true)]
        case .number: return [.text("1")]
        case .list: return [.items(rows(field, choices))]
        }
    }

    /// One row for each of those the list is about.
    private func rows(_ field: FieldRule, _ choices: DynamicChoices) -> [[String: InputValue]] {
        let about = field.item.first { $0.options != nil }
        return (about?.allChoices(choices).map(\.value) ?? [""]).map { value in
            var row: [String: InputValue] = [:]
            for item in field.item where item.required {
                let first = item.name == about?.name ? value : item.allChoices(choices).first?.value
                row[item.name] = item.kind == .text ? .text("办理意见") : first.map { .text($0) }
            }
            return row
        }
    }

    private func mayTry(_ value: String, _ field: FieldRule, _ choices: DynamicChoices, _ rule: ActRule) -> Bool {
        switch (rule.name, field.name) {
        case ("propose", "way"): scene.ways.isEmpty || scene.ways.contains(value)
        case ("propose", "office"): value == choices["handling-offices"]?.first?.value
        case ("propose", "organ"): scene.lower.isEmpty || isLower(value)
        case ("classify", "category"): scene.categories.contains(value)
        case ("dispose", "kind"): scene.disposals.contains(value)
        case ("conclude", "end"): scene.ends.contains(value)
        case ("review-appeal", "outcome"), ("answer-suggestion", "outcome"), ("urge", "way"), ("notify", "way"),
            ("feedback", "way"), ("supervise", "way"), ("clarify", "way"):
            value == field.allChoices(choices).first?.value
        case ("demand", "state"): ["promised", "settled"].contains(value)
        case ("verify-identity", "status"): scene.everyActor || value == "real-name"
        default: true
        }
    }

    private func isLower(_ organ: String) -> Bool { lowerIDs.contains(organ) }
    var lowerIDs: Set<String> = []

    /// The next of the scene's letters.
    private func corrections() -> [ActInput] {
        guard edition + 1 < scene.letters.count else { return [] }
        let rows = scene.letters[edition + 1].map { party -> [String: InputValue] in
            [
                "kind": .text(party.kind.rawValue), "name": .text(party.name), "unit": .text(party.unit),
                "position": .text(party.position), "management": .text(party.management.rawValue),
            ]
        }
        return [["reported": .items(rows), "reason": .text("更正")]]
    }
}
