import Casefile
import Casework
import Kernel
import Mustache
import Site

/// Who stands in for the deciding roles of one office.
struct StandInsPage: MustacheParent {
    let title: String
    let organ: String
    let back: LinkItem
    let sections: [OrderSection]
    let summary: ErrorSummary?

    /// What came in with a form that was not taken.
    struct Refused {
        var role: Role
        var people: [String]
        var faults: [FieldFault]
    }

    init(_ office: Office, _ world: World, back: LinkItem, refused: Refused?, texts: Catalogue) {
        title = texts.format("administration.stand-ins.of", ["office": texts.name(office)])
        organ = world.organs[office.organ].map { texts.name($0) } ?? ""
        self.back = back
        let errors = refused.map { ErrorSummary(texts.faults($0.faults), texts, form: $0.role.rawValue) }
        summary = errors.flatMap { $0.isEmpty ? nil : $0 }
        sections = office.kind.roles.filter(\.isDeciding).map { role in
            OrderSection(
                Seat(office: office.id, role: role), world, refused: refused?.role == role ? refused : nil,
                errors: refused?.role == role ? errors : nil, texts: texts)
        }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "title": title
        case "organ": organ
        case "back": back
        case "sections": sections
        case "summary": here(summary)
        default: nil
        }
    }
}

/// The order for one role, and the form that changes it.
struct OrderSection: MustacheParent {
    let role: String
    let name: String
    let holders: String
    let rows: [OrderRow]
    let fields: [FormField]

    init(_ seat: Seat, _ world: World, refused: StandInsPage.Refused?, errors: ErrorSummary?, texts: Catalogue) {
        role = seat.role.rawValue
        name = texts.name(seat.role)
        let own = world.members(of: seat.office).filter { $0.isRegular && $0.role == seat.role }
        holders =
            own.isEmpty
            ? texts.text("administration.stand-ins.no-holder")
            : texts.list(
                own.map { place in
                    let person = texts.person(place.staff, world)
                    return world.away.contains(place.staff)
                        ? texts.format("administration.stand-ins.is-away", ["name": person]) : person
                })
        let order = world.standIns(for: seat)
        rows = order.enumerated().map { OrderRow($0.offset + 1, $0.element, world, texts) }
        let chosen = refused?.people ?? order.map { $0.staff.description }
        let candidates = world.candidates(for: seat)
        fields = (0..<max(3, chosen.count)).map { index in
            let name = "stand-in-\(index + 1)"
            var field = FormField(
                name, texts.format("administration.stand-ins.place", ["n": String(index + 1)]), .select,
                error: errors?[name],
                options: candidates.map { person in
                    FieldOption(
                        person.id.description, "\(texts.name(person)) \(person.username)",
                        isChosen: chosen.indices.contains(index) && chosen[index] == person.id.description)
                })
            field.form = seat.role.rawValue
            return field
        }
    }

    func child(named child: String) -> Any? {
        switch child {
        case "role": role
        case "name": name
        case "holders": holders
        case "rows": rows
        case "hasRows": !rows.isEmpty
        case "fields": fields
        default: nil
        }
    }
}

/// One stand-in and whether it is their turn.
struct OrderRow: MustacheParent {
    let position: String
    let name: String
    let state: Mark

    init(_ position: Int, _ place: Membership, _ world: World, _ texts: Catalogue) {
        self.position = String(position)
        name = texts.person(place.staff, world)
        let (tone, key): (Mark.Tone, String) =
            if !place.holdsKey {
                (.warn, "person.waits")
            } else if world.away.contains(place.staff) {
                (.warn, "away.away")
            } else if place.admitted {
                (.good, "stand-ins.acts")
            } else {
                (.plain, "stand-ins.ready")
            }
        state = Mark(tone, texts.text("administration." + key))
    }

    func child(named child: String) -> Any? {
        switch child {
        case "position": position
        case "name": name
        case "state": state
        default: nil
        }
    }
}
