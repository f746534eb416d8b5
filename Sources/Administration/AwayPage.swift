import Casefile
import Casework
import Kernel
import Mustache
import Site

/// Who of an organ is away, for those who may say it of others.
struct AwayPage: MustacheParent {
    let organ: String
    let back: LinkItem
    let endAction: String
    let action: String
    let rows: [AwayRow]
    let fields: [FormField]
    let summary: ErrorSummary?

    init(
        _ organ: Organ, _ people: [Staff], _ world: World, absences: [AbsenceRecord], back: LinkItem, today: Day,
        form: Form?, faults: [FieldFault], texts: Catalogue
    ) {
        self.organ = texts.name(organ)
        self.back = back
        action = "/organs/\(organ.id)/away"
        endAction = action + "/end"
        rows = absences.map { AwayRow($0, world, today: today, texts) }
        let errors = ErrorSummary(texts.faults(faults), texts, form: "away")
        summary = errors.isEmpty ? nil : errors
        var person = FormField(
            "person", texts.text("administration.away.person"), .select, error: errors["person"],
            options: people.map {
                FieldOption(
                    $0.id.description, "\(texts.name($0)) \($0.username)",
                    isChosen: form?["person"] == $0.id.description)
            }, isRequired: true)
        person.form = "away"
        fields = [person] + FormField.days("away", form, errors: errors, texts: texts)
    }

    func child(named name: String) -> Any? {
        switch name {
        case "organ": organ
        case "back": back
        case "action": action
        case "endAction": endAction
        case "rows": rows
        case "hasRows": !rows.isEmpty
        case "fields": fields
        case "summary": here(summary)
        default: nil
        }
    }
}
