import Casework
import Kernel

@testable import Casefile

/// Fills in an act's form as a client would that knows nothing but its fields. Names of fields stand here only where a
/// person looks at the report before writing: corrections, and the number of an earlier report.
struct YearForm {
    var dice: YearDice
    let view: ReportView
    let choices: DynamicChoices
    /// Numbers of the person's own organ.
    let numbers: [String]

    /// `nil`: a required choice has nothing to choose from.
    mutating func fill(_ rule: ActRule) -> ActInput? {
        var input: ActInput = [:]
        for field in rule.fields {
            guard asked(field, input) else { continue }
            if field.options == "reported", field.kind != .choice, !field.required { continue }
            let isAsked = field.required || field.options == "people-asked"
            guard isAsked || field.prefill == nil && dice.chance(0.5) else { continue }
            guard let value = value(of: field) else {
                if field.required { return nil }
                continue
            }
            input[field.name] = value
        }
        if rule.effect == "amend" { correct(&input) }
        // A correction corrects something.
        if rule.effect == "amend-identity" {
            input["phone"] = .text("199\(Int.random(in: 10_000_000...99_999_999, using: &dice))")
            input["id"] = nil
        }
        if rule.effect == "link" {
            guard let number = dice.pick(numbers) else { return nil }
            input["original"] = .text(number)
        }
        if input["agreed"] != nil { input["agreed"] = .text(dice.chance(0.75) ? "yes" : "no") }
        return input
    }

    private func asked(_ field: FieldRule, _ input: ActInput) -> Bool {
        field.when.allSatisfy { key, values in
            if case .text(let text) = input[key] { values.contains(text) } else { false }
        }
    }

    private mutating func value(of field: FieldRule, except taken: Set<String> = []) -> InputValue? {
        let offered = field.allChoices(choices).map(\.value).filter { !taken.contains($0) }
        switch field.kind {
        case .text: return .text("办理意见\(Int.random(in: 0..<1000, using: &dice))")
        case .choice: return dice.pick(offered).map { .text($0) }
        case .choices:
            guard !offered.isEmpty else { return nil }
            // A part is less than the whole.
            if field.options == "reported" { return dice.pick(offered).map { .list([$0]) } }
            let count = Int.random(in: min(2, offered.count)...min(3, offered.count), using: &dice)
            return .list(Array(offered.shuffled(using: &dice).prefix(count)))
        case .date: return .text("2027-0\(Int.random(in: 1...9, using: &dice))-11")
        case .flag: return field.required ? .flag(true) : .flag(dice.chance(0.5))
        case .number:
            let least = field.minimum ?? 1
            return .text(String(Int.random(in: least...min(field.maximum ?? 900, least + 900), using: &dice)))
        case .list: return rows(of: field)
        }
    }

    /// As many rows as there are parties to choose, each party once.
    private mutating func rows(of field: FieldRule) -> InputValue? {
        var rows: [[String: InputValue]] = []
        var taken: Set<String> = []
        let most = field.item.filter { $0.options != nil }.map { $0.allChoices(choices).count }.min() ?? 1
        for _ in 0..<max(1, most) {
            var row: [String: InputValue] = [:]
            for item in field.item where item.required || dice.chance(0.3) {
                guard let value = value(of: item, except: item.options == nil ? [] : taken) else {
                    return rows.isEmpty ? nil : .items(rows)
                }
                row[item.name] = value
                if item.options != nil, case .text(let text) = value { taken.insert(text) }
            }
            rows.append(row)
        }
        return .items(rows)
    }

    /// Corrects the title, or the reported: a level that became known, one more person.
    private mutating func correct(_ input: inout ActInput) {
        guard var parties = view.letter?.reported else { return }
        let unknown = parties.contains { $0.management == .unknown }
        guard unknown || dice.chance(0.4) else {
            input["title"] = .text("更正后的标题\(Int.random(in: 0..<1000, using: &dice))")
            return
        }
        for index in parties.indices where parties[index].management == .unknown {
            parties[index].management =
                dice.weighed([(.county, 60), (.township, 25), (.municipal, 15)]) ?? .county
        }
        if !unknown || parties.isEmpty {
            let name = YearNames.reported(Int.random(in: 0..<240, using: &dice))
            let own = dice.pick(view.world.staff(of: view.standing.custody?.organ ?? .random()).map(\.name).sorted())
            let level = dice.weighed([(ManagementLevel.county, 5), (.other, 4), (.municipal, 1)]) ?? .county
            parties.append(
                ReportedParty(
                    kind: .person, name: dice.chance(0.15) ? own ?? name : name, unit: "县供销社", position: "主任",
                    management: level))
        }
        input["reported"] = .items(
            parties.map { party in
                [
                    "kind": .text(party.kind.rawValue), "name": .text(party.name.isEmpty ? party.unit : party.name),
                    "unit": .text(party.unit), "position": .text(party.position),
                    "management": .text(party.management.rawValue), "principal": .flag(party.principal),
                ]
            })
    }
}
