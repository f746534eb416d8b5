import Casefile
import Casework
import Entrance
import Kernel
import Mustache
import Site

/// The form of one act, drawn from the rules: what the API tells a client is what the page shows a person.
struct ActForm: MustacheParent {
    let name: String
    let label: String
    let source: String
    let due: String?
    let action: String
    /// How far the matter had come when the page was drawn.
    let seen: Int
    let isOpen: Bool
    let isSerious: Bool
    let summary: ErrorSummary?
    let parts: [ActFormPart]

    func child(named child: String) -> Any? {
        switch child {
        case "name": name
        case "label": label
        case "source": here(source.isEmpty ? nil : source)
        case "due": here(due)
        case "action": action
        case "seen": String(seen)
        case "open": isOpen
        case "serious": isSerious
        case "summary":
            here(summary?.naming(parts.flatMap { $0.rows.flatMap(\.fields) + [$0.field].compactMap { $0 } }))
        case "parts": parts
        default: nil
        }
    }
}

/// A field, or the rows of a list.
struct ActFormPart: MustacheParent {
    let field: FormField?
    let condition: String?
    /// What a model proposes for the field.
    let proposal: String?
    let legend: String?
    let rows: [ActFormRow]

    func child(named name: String) -> Any? {
        switch name {
        case "field": here(field)
        case "condition": here(condition)
        case "proposal": here(proposal)
        case "legend": here(legend)
        case "rows": rows
        default: nil
        }
    }
}

struct ActFormRow: MustacheParent {
    let heading: String
    let fields: [FormField]

    func child(named name: String) -> Any? {
        switch name {
        case "heading": heading
        case "fields": fields
        default: nil
        }
    }
}

/// Draws act forms for one report.
struct ActForms {
    let view: ReportView
    let regions: RegionTable
    let texts: Catalogue
    let language: String

    /// `failed`: the act that was refused, with what was typed and what is wrong.
    func all(address: String, failed: (name: String, typed: [String: [String]], errors: [FieldError])?) -> [ActForm] {
        view.acts.enumerated().map { index, act in
            let mine = failed?.name == act.rule.name ? failed : nil
            // A refused entry is named by its place in the form: dots of the path become dashes.
            let errors = mine?.errors.map {
                FieldError($0.field.replacing(".", with: "-"), $0.messageKey, $0.arguments)
            }
            let summary = errors.map { ErrorSummary($0, texts, form: act.rule.name) }
            return ActForm(
                name: act.rule.name, label: act.rule.label.text(language), source: act.rule.source.text(language),
                due: act.due?.text, action: "/desk/reports/\(view.id)/acts/\(act.rule.name)\(address)",
                seen: view.standing.sequence,
                isOpen: failed == nil ? index == 0 : mine != nil,
                isSerious: ["recuse", "send-up", "hand-above", "decline"].contains(act.rule.name), summary: summary,
                parts: act.rule.fields.filter { isAsked($0, act) }.map { part($0, act, mine?.typed ?? [:], summary) })
        }
    }

    /// What reporters wrote themselves nobody rewrites, and where nothing can be chosen nothing is asked.
    private func isAsked(_ rule: FieldRule, _ act: OfferedAct) -> Bool {
        if rule.prefill == "content", view.channel == .web { return false }
        if rule.options != nil, [.choice, .choices].contains(rule.kind), rule.allChoices(act.choices).isEmpty {
            return false
        }
        return rule.when.allSatisfy { name, values in
            guard let trigger = act.rule.fields.first(where: { $0.name == name }), trigger.kind == .choice else {
                return true
            }
            return trigger.allChoices(act.choices).contains { values.contains($0.value) }
        }
    }

    private func part(
        _ rule: FieldRule, _ act: OfferedAct, _ typed: [String: [String]], _ summary: ErrorSummary?
    ) -> ActFormPart {
        if rule.kind == .list {
            return ActFormPart(
                field: nil, condition: nil, proposal: nil, legend: rule.label.text(language),
                rows: rows(rule, act, typed, summary))
        }
        let name = rule.name
        let value = typed[name]?.first ?? prefilled(rule)
        return ActFormPart(
            field: field(name, rule, act, chosen: Set(typed[name] ?? []), value: value, error: summary?[name]),
            condition: condition(rule, act), proposal: proposal(for: rule), legend: nil, rows: [])
    }

    private func field(
        _ name: String, _ rule: FieldRule, _ act: OfferedAct, chosen: Set<String>, value: String?, error: String?
    ) -> FormField {
        let options = rule.allChoices(act.choices)
        let only = options.count == 1 && rule.required ? options.first?.value : nil
        var field = FormField(
            name, rule.label.text(language), kind(rule, options: options.count), value: value, error: error,
            options: options.map { choice in
                FieldOption(
                    choice.value, choice.label.text(language),
                    isChosen: chosen.contains(choice.value) || value == choice.value || only == choice.value)
            }, isRequired: rule.required)
        field.form = act.rule.name
        return field
    }

    private func kind(_ rule: FieldRule, options: Int) -> FormField.Kind {
        switch rule.kind {
        case .text: rule.name == "title" || rule.name == "letter-number" || isShort(rule) ? .text : .area(rows: 4)
        case .choice: options > 4 ? .select : .choice
        case .choices: .choices
        case .date: .date
        case .number: .number
        case .flag: .flag
        case .list: .text
        }
    }

    private func isShort(_ rule: FieldRule) -> Bool {
        ["name", "unit", "position", "happened", "location", "place", "phone", "email", "address", "id", "safe"]
            .contains(rule.name)
    }

    private func prefilled(_ rule: FieldRule) -> String? {
        switch rule.prefill {
        case "title": view.letter?.title
        case "content": view.letter?.content
        case "demand": view.letter?.demand
        case "happened": view.letter?.happened
        case "location": view.letter?.location
        case "place": view.letter?.place.flatMap { regions.fullName(of: $0) }
        default: nil
        }
    }

    /// "Fill in if … is chosen": said in words, because the page works without scripts.
    private func condition(_ rule: FieldRule, _ act: OfferedAct) -> String? {
        guard let (name, values) = rule.when.min(by: { $0.key < $1.key }),
            let trigger = act.rule.fields.first(where: { $0.name == name })
        else { return nil }
        let labels = trigger.allChoices(act.choices).filter { values.contains($0.value) }
            .map { $0.label.text(language) }
        if labels.isEmpty { return nil }
        return texts.format("desk.only-if", ["choices": labels.joined(separator: " / ")])
    }

    private func rows(
        _ rule: FieldRule, _ act: OfferedAct, _ typed: [String: [String]], _ summary: ErrorSummary?
    ) -> [ActFormRow] {
        let parties = view.letter?.reported ?? []
        let isCorrection = rule.prefill == "reported"
        let count = isCorrection ? parties.count + 1 : max(1, parties.count)
        return (0..<min(count, 50)).map { index in
            let known = index < parties.count ? parties[index] : nil
            let heading = known.map { $0.name.isEmpty ? $0.unit : $0.name } ?? texts.text("desk.another")
            let fields = rule.item.map { item in
                let name = "\(rule.name)-\(index)-\(item.name)"
                var value = typed[name]?.first
                if value == nil, typed.isEmpty {
                    value = isCorrection ? known.flatMap { partyValue($0, item.name) } : nil
                    if item.name == "party" { value = String(index + 1) }
                }
                let isOptionalRow = isCorrection && known == nil
                var field = field(name, item, act, chosen: [], value: value, error: summary?[name])
                if isOptionalRow { field.isRequired = false }
                return field
            }
            return ActFormRow(heading: "\(index + 1). \(heading)", fields: fields)
        }
    }

    private func partyValue(_ party: ReportedParty, _ name: String) -> String? {
        switch name {
        case "kind": party.kind.rawValue
        case "name": party.name
        case "unit": party.unit
        case "position": party.position
        case "management": party.management.rawValue
        case "principal": party.principal ? "yes" : ""
        default: nil
        }
    }
}

/// Turns a posted form into the input of an act.
enum ActFormInput {
    static func read(_ form: Form, rule: ActRule) -> (input: ActInput, typed: [String: [String]]) {
        var input: ActInput = [:]
        var typed: [String: [String]] = ["": []]
        for field in rule.fields {
            switch field.kind {
            case .list:
                var items: [[String: InputValue]] = []
                for (index, group) in form.group(field.name).enumerated() {
                    var item: [String: InputValue] = [:]
                    for entry in field.item {
                        let text = group.fields[entry.name] ?? ""
                        typed["\(field.name)-\(index)-\(entry.name)"] = [text]
                        if !text.trimmed.isEmpty {
                            item[entry.name] = entry.kind == .flag ? .flag(true) : .text(text)
                        }
                    }
                    // A row where only preselected choices came back was left empty by the person.
                    let texts = field.item.filter { $0.kind == .text }.map(\.name)
                    if texts.isEmpty ? !item.isEmpty : texts.contains(where: { item[$0] != nil }) { items.append(item) }
                }
                if !items.isEmpty { input[field.name] = .items(items) }
            case .choices:
                let values = form.all(field.name)
                typed[field.name] = values
                if !values.isEmpty { input[field.name] = .list(values) }
            case .flag:
                typed[field.name] = form.isOn(field.name) ? ["yes"] : []
                if form.isOn(field.name) { input[field.name] = .flag(true) }
            default:
                let value = form[field.name] ?? ""
                typed[field.name] = [value]
                if !value.trimmed.isEmpty { input[field.name] = .text(value) }
            }
        }
        return (input, typed)
    }
}
