package import Casework
import Kernel

/// A value of one field as it came from a form or from JSON.
package enum InputValue: Sendable, Hashable {
    case text(String)
    case flag(Bool)
    case list([String])
    case items([[String: InputValue]])

    var string: String? {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .list, .items: nil
        }
    }

    var isEmpty: Bool {
        switch self {
        case .text(let text): text.allSatisfy(\.isWhitespace)
        case .flag: false
        case .list(let list): list.isEmpty
        case .items(let items): items.isEmpty
        }
    }
}

package typealias ActInput = [String: InputValue]

/// Choices of fields that depend on the report: offices, organs, people, reported parties.
package typealias DynamicChoices = [String: [Choice]]

/// An act's fields checked against the rules: codes apart from words.
struct CheckedInput: Sendable {
    /// Single values: choices, dates, numbers, flags ("true"/"false"), free texts.
    var values: [String: String] = [:]
    var lists: [String: [String]] = [:]
    var items: [String: [[String: String]]] = [:]

    /// Free text of one field at most this long, in characters, where the rules do not tell otherwise.
    static let longest = 20_000

    static func check(
        _ input: ActInput, fields: [FieldRule], choices: DynamicChoices
    ) throws(CasefileError) -> CheckedInput {
        var checked = CheckedInput()
        var faults: [FieldFault] = []
        for field in fields {
            guard field.isAsked(given: input) else { continue }
            let path = field.name
            guard let value = input[field.name], !value.isEmpty else {
                if field.required { faults.append(FieldFault(path, "required")) }
                continue
            }
            switch (field.kind, value) {
            case (.list, .items(let entries)):
                var rows: [[String: String]] = []
                if entries.count > FilingLimits.parties { faults.append(FieldFault(path, "tooMany")) }
                for (index, entry) in entries.prefix(FilingLimits.parties).enumerated() {
                    do throws(CasefileError) {
                        rows.append(try check(entry, fields: field.item, choices: choices).values)
                    } catch {
                        if case .invalid(let inner) = error {
                            faults += inner.map { FieldFault("\(path).\(index).\($0.field)", $0.reason) }
                        }
                    }
                }
                checked.items[field.name] = rows
            case (.choices, .list(let list)):
                let allowed = Set(field.allChoices(choices).map(\.value))
                if list.contains(where: { !allowed.contains($0) }) { faults.append(FieldFault(path, "choice")) }
                if Set(list).count < list.count { faults.append(FieldFault(path, "choice")) }
                checked.lists[field.name] = list
            case (.choices, .text(let text)):
                if !field.allChoices(choices).contains(where: { $0.value == text }) {
                    faults.append(FieldFault(path, "choice"))
                }
                checked.lists[field.name] = [text]
            default:
                guard let text = value.string else {
                    faults.append(FieldFault(path, "kind"))
                    continue
                }
                if field.kind == .flag, field.required, field.code(text) != "true" {
                    faults.append(FieldFault(path, "required"))
                }
                if let reason = field.fault(in: text, choices: choices) { faults.append(FieldFault(path, reason)) }
                checked.values[field.name] = text
            }
        }
        if !faults.isEmpty { throw .invalid(faults) }
        return checked
    }
}

extension FieldRule {
    package func allChoices(_ dynamic: DynamicChoices) -> [Choice] {
        guard let options else { return choices }
        return dynamic[options] ?? []
    }

    /// Whether the field is asked, given what was chosen in others.
    func isAsked(given input: ActInput) -> Bool {
        when.allSatisfy { key, values in input[key]?.string.map(values.contains) ?? false }
    }

    /// A value as it stands in the open event: numbers and flags in one form only.
    func code(_ text: String) -> String {
        switch kind {
        case .number: Int(Digits.folded(text)).map(String.init) ?? ""
        case .flag: text == "on" ? "true" : text
        case .date: Day(text)?.text ?? ""
        default: text
        }
    }

    fileprivate func fault(in text: String, choices: DynamicChoices) -> String? {
        switch kind {
        case .text:
            if text.utf8.contains(0) { return "text" }
            return text.count > maximum ?? CheckedInput.longest ? "tooLong" : nil
        case .choice: return allChoices(choices).contains { $0.value == text } ? nil : "choice"
        case .date: return Day(text) == nil ? "date" : nil
        case .flag: return ["true", "false", "on", ""].contains(text) ? nil : "choice"
        case .number:
            guard let number = Int(Digits.folded(text)) else { return "number" }
            return number < (minimum ?? .min) || number > (maximum ?? .max) ? "range" : nil
        case .choices, .list: return "kind"
        }
    }
}
