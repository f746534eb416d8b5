import Mustache

/// One answer to choose from.
package struct FieldOption: MustacheParent, Sendable {
    package let value: String
    package let label: String
    package let hint: String?
    package let isChosen: Bool
    /// Set by the field that holds it.
    fileprivate(set) var id = ""
    fileprivate(set) var name = ""

    package init(_ value: String, _ label: String, hint: String? = nil, isChosen: Bool = false) {
        self.value = value
        self.label = label
        self.hint = hint
        self.isChosen = isChosen
    }

    package func child(named name: String) -> Any? {
        switch name {
        case "value": value
        case "label": label
        case "hint": here(hint)
        case "chosen": isChosen
        case "id": id
        case "name": self.name
        default: nil
        }
    }
}

/// A field with its label, hint and error, as the partial `field` draws it: `{{#title}}{{> field}}{{/title}}`.
package struct FormField: MustacheParent, Sendable {
    /// How the field is answered. `file` takes the `accept` attribute, `area` its number of rows.
    package enum Kind: Sendable, Equatable {
        case text, password, number, date, telephone, email, search, hidden, flag
        case area(rows: Int)
        case choice, choices, select
        case file(accept: String, multiple: Bool)
    }

    package let name: String
    package let label: String
    package let kind: Kind
    package var value: String
    package var hint: String?
    package var error: String?
    package var options: [FieldOption]
    /// What a select says where nothing is chosen; the shell's own words otherwise.
    package var emptyLabel: String?
    package var isRequired: Bool
    /// The `autocomplete` token, `off` unless a browser may remember the answer.
    package var autocomplete: String
    package var maximumLength: Int?
    /// Whether the label is the page's heading (one question a page).
    package var isHeading: Bool
    /// The name of the form, where a page holds several with fields of the same name; part of the `id`.
    package var form = ""

    package init(
        _ name: String, _ label: String, _ kind: Kind = .text, value: String? = nil, hint: String? = nil,
        error: String? = nil, options: [FieldOption] = [], emptyLabel: String? = nil, isRequired: Bool = false,
        autocomplete: String = "off",
        maximumLength: Int? = nil, isHeading: Bool = false
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.value = value ?? ""
        self.hint = hint
        self.error = error
        self.options = options
        self.emptyLabel = emptyLabel
        self.isRequired = isRequired
        self.autocomplete = autocomplete
        self.maximumLength = maximumLength
        self.isHeading = isHeading
    }

    var id: String { ErrorSummary.id(for: name, in: form) }

    /// What `aria-describedby` names: the hint, then the error.
    var describedBy: String? {
        let ids = [hint.map { _ in id + "-hint" }, error.map { _ in id + "-error" }].compactMap { $0 }
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }

    private var inputType: String? {
        switch kind {
        case .text: "text"
        case .password: "password"
        case .date: "date"
        case .telephone: "tel"
        case .email: "email"
        case .search: "search"
        case .number: "text"
        default: nil
        }
    }

    private var numbered: [FieldOption] {
        options.enumerated().map { position, option in
            var option = option
            option.id = position == 0 ? id : id + "-" + String(position)
            option.name = name
            return option
        }
    }

    package func child(named child: String) -> Any? {
        switch child {
        case "name": name
        case "label": label
        case "value": value
        case "hint": here(hint)
        case "error": here(error)
        case "id": id
        case "describedBy": here(describedBy)
        case "required": isRequired
        case "autocomplete": autocomplete
        case "maximumLength": here(maximumLength.map(String.init))
        case "heading": isHeading
        case "inputType": here(inputType)
        case "numeric": kind == .number
        case "hidden": kind == .hidden
        case "flag": kind == .flag
        case "isOn": !value.isEmpty
        case "area": if case .area(let rows) = kind { ["rows": String(rows)] } else { false }
        case "file":
            if case .file(let accept, let multiple) = kind {
                ["accept": accept, "multiple": multiple] as [String: Any]
            } else {
                false
            }
        case "select": kind == .select
        case "group": kind == .choice || kind == .choices
        case "optionType": kind == .choices ? "checkbox" : "radio"
        case "options": numbered
        case "emptyLabel": here(emptyLabel)
        default: nil
        }
    }
}

/// The list at the top of a form that was not taken, each line a link to its field; partial `error-summary`.
package struct ErrorSummary: MustacheParent, Sendable {
    private var lines: [[String: String]]
    private let messages: [String: String]
    private let isLinked: Bool
    private let joint: String

    /// `form`: the `form` of the fields, where they have one.
    package init(_ errors: [FieldError], _ texts: Catalogue, linked: Bool = true, form: String = "") {
        lines = errors.map {
            [
                "label": "", "message": texts.format($0.messageKey, $0.arguments),
                "href": "#" + Self.id(for: $0.field, in: form),
            ]
        }
        joint = texts.text("shell.error-joint")
        // Of several files each is named; of several faults in one answer each is told.
        messages = Dictionary(
            errors.map { ($0.field, texts.format($0.messageKey, $0.arguments)) },
            uniquingKeysWith: { first, next in first == next ? first : first + " " + next })
        isLinked = linked
    }

    /// Each line begins with what its field is called, so that two that are missing are told apart. A field that asks the
    /// page's own question goes without.
    package func naming(_ fields: [FormField]) -> ErrorSummary {
        let labels = Dictionary(
            fields.filter { !$0.isHeading }.map { ("#" + $0.id, $0.label) }, uniquingKeysWith: { first, _ in first })
        var named = self
        named.lines = lines.map { line in
            var line = line
            line["label"] = line["href"].flatMap { labels[$0] }.map { $0 + joint } ?? ""
            return line
        }
        return named
    }

    /// The message for one field, to stand beside it.
    package subscript(_ field: String) -> String? { messages[field] }
    /// Whether there is nothing to correct.
    package var isEmpty: Bool { lines.isEmpty }

    /// The `id` of the field of a name in a form.
    static func id(for field: String, in form: String = "") -> String {
        "f-" + (form.isEmpty ? "" : form + "-") + field
    }

    package func child(named name: String) -> Any? {
        switch name {
        case "lines": lines
        case "linked": isLinked
        default: nil
        }
    }
}
