import Casework
import Mustache
import Site

/// The fields of the registration form, filled with what was typed.
struct RegistrationFields {
    let texts: Catalogue
    let workflow: Workflow
    let language: String
    let form: Form
    let summary: ErrorSummary
    let rank: String

    private func field(
        _ name: String, _ key: String, _ kind: FormField.Kind = .text, required: Bool = false, hint: String? = nil
    ) -> FormField {
        FormField(
            name, texts.text("desk.register.\(key)"), kind, value: form[name], hint: hint.map { texts.text($0) },
            error: summary[name], isRequired: required)
    }

    private func choice(
        _ name: String, _ key: String, _ options: [(String, String)], chosen: String?, required: Bool = true
    ) -> FormField {
        FormField(
            name, texts.text("desk.register.\(key)"), options.count > 4 ? .select : .choice, error: summary[name],
            options: options.map { FieldOption($0.0, $0.1, isChosen: $0.0 == (form[name] ?? chosen)) },
            isRequired: required)
    }

    /// Any file may be chosen: what is taken is told by its bytes.
    var scans: FormField {
        FormField(
            "files", texts.text("desk.register.scans-label"), .file(accept: "", multiple: true),
            hint: texts.text("desk.register.scans-hint"), error: summary["files"])
    }

    var basics: [FormField] {
        [
            choice(
                "channel", "channel",
                Channel.allCases.map { ($0.rawValue, texts.text("desk.channel.\($0.rawValue)")) }, chosen: "letter"),
            field("title", "report-title", required: true),
            field("content", "content", .area(rows: 12), required: true),
            field("dated", "dated", .date),
            field("happened", "happened"),
            field("location", "location"),
            field("demand", "demand", .area(rows: 3)),
        ]
    }

    /// One who is reported: a box of the form.
    struct PartyFields {
        let heading: String
        let fields: [FormField]

        /// As a line of the summary of faults calls them: "Reported person 2: Name".
        var named: [FormField] {
            fields.map { FormField($0.name, heading + " · " + $0.label) }
        }

        var entry: Entry { Entry(["heading": heading, "fields": fields]) }
    }

    /// The most that the form takes; more are added by a correction.
    static let mostParties = 20

    func parties(_ rows: Int) -> [PartyFields] {
        let typed = (form.group("reported").map(\.number).max() ?? -1) + 1
        let wanted = typed + (form["more"] == nil ? 0 : 1)
        return (0..<min(Self.mostParties, max(rows, wanted))).map { index in
            let at = "reported-\(index)-"
            let fields = [
                choice(
                    at + "kind", "party-kind",
                    [("person", texts.text("desk.person")), ("unit", texts.text("desk.unit"))], chosen: "person"),
                field(at + "name", "party-name"),
                field(at + "unit", "party-unit"), field(at + "position", "party-position"),
                choice(
                    at + "management", "party-management",
                    (workflow.vocabularies["management"] ?? []).map { ($0.value, $0.label.text(language)) },
                    chosen: rank),
                field(at + "principal", "party-principal", .flag),
                field(at + "unitCode", "party-code"),
            ]
            return PartyFields(
                heading: texts.format("desk.register.party", ["n": String(index + 1)]), fields: fields)
        }
    }

    var reporter: [FormField] {
        [
            choice(
                "reporter-kind", "reporter-kind",
                Reporter.Kind.allCases.map { ($0.rawValue, texts.text("desk.reporter.\($0.rawValue)")) },
                chosen: "named", required: false),
            field("reporter-name", "reporter-name", hint: "desk.register.anonymous-hint"),
            field("reporter-phone", "reporter-phone", .telephone), field("reporter-residentID", "reporter-id"),
            field("reporter-address", "reporter-address"), field("reporter-email", "reporter-email", .email),
            field("reporter-safeContact", "reporter-safe"), field("reporter-others", "reporter-others", .area(rows: 2)),
        ]
    }

    var marks: FormField {
        FormField(
            "marks", texts.text("desk.register.marks"), .choices,
            options: (workflow.vocabularies["sensitivity"] ?? []).map {
                FieldOption($0.value, $0.label.text(language), isChosen: form.all("marks").contains($0.value))
            })
    }
}
