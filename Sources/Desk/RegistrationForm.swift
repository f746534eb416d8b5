import Casework
import Entrance
import Kernel
import Site

extension Form {
    /// The boxes of reported people and units in which something was typed.
    var filledParties: [(number: Int, fields: Form)] {
        group("reported").filter { group in
            ["name", "unit", "position", "unitCode"].contains { group.fields.filled($0) != nil }
        }.map { ($0.number, $0.fields) }
    }

    /// A fault told of the n-th party that was filled in, at the box in which it stands.
    func placed(_ error: FieldError) -> FieldError {
        let parts = error.field.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, parts[0] == "reported", let position = Int(parts[1]) else { return error }
        let filled = filledParties
        guard filled.indices.contains(position) else { return error }
        return FieldError("reported.\(filled[position].number).\(parts[2])", error.messageKey, error.arguments)
    }
}

extension RegistrationInput {
    /// Reads the posted form; the same checks as for the API follow.
    init(form: Form) {
        channel = form["channel"]
        place = form["place"].flatMap { $0.trimmed.isEmpty ? nil : $0 }
        title = form["title"]
        content = form["content"]
        demand = form["demand"]
        happened = form["happened"]
        location = form["location"]
        dated = form["dated"]
        marks = form.all("marks")
        reported = form.filledParties.map { group in
            let fields = group.fields
            return Party(
                kind: fields["kind"], name: fields["name"], unit: fields["unit"],
                unitCode: fields.filled("unitCode"), position: fields["position"], management: fields["management"],
                principal: fields.isOn("principal"))
        }
        reporter = Person(
            kind: form["reporter-kind"], name: form["reporter-name"], phone: form["reporter-phone"],
            email: form["reporter-email"], address: form["reporter-address"],
            residentID: form["reporter-residentID"], safeContact: form["reporter-safeContact"],
            others: form["reporter-others"])
    }
}
