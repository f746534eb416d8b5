import Casefile
import Casework
import Kernel
import Mustache
import Site

/// What everybody sees of their own: when they are away, what they handed over, who stands in for them.
struct AbsencePage: MustacheParent {
    let rows: [AwayRow]
    let handed: [HandedRow]
    let orders: [OwnOrder]
    let days: [FormField]
    /// The form that hands a post over; empty where there is none to hand over.
    let handOver: [FormField]
    let summary: ErrorSummary?
    /// Pages of those who arrange for others.
    let links: [LinkItem]

    /// What came in with a form that was not taken.
    struct Refused {
        var form: Form
        var faults: [FieldFault]
        /// Whether it was the form that hands over.
        var isHandOver: Bool
    }

    init(
        _ me: Staff, _ world: World, absences: [AbsenceRecord], delegations: [DelegationRecord], today: Day,
        refused: Refused?, texts: Catalogue
    ) {
        rows = absences.map { AwayRow($0, world, today: today, texts) }
        handed = delegations.map { HandedRow($0, world, today: today, texts) }
        orders = world.places(of: me.id)
            .filter { $0.isRegular && $0.role.isDeciding && world.offices[$0.office]?.kind.holdsReports == true }
            .map { OwnOrder(Seat(office: $0.office, role: $0.role), me, world, texts) }
            .sorted { $0.seat < $1.seat }
        let isHandOver = refused?.isHandOver == true
        let errors = ErrorSummary(
            texts.faults(refused?.faults ?? []), texts, form: isHandOver ? "hand-over" : "away")
        summary = errors.isEmpty ? nil : errors
        days = FormField.days(
            "away", isHandOver ? nil : refused?.form, errors: isHandOver ? nil : errors, texts: texts)
        let seats = world.seatsToHandOver(by: me.id, in: me.organ)
        let colleagues = world.staff(of: me.organ).sorted { $0.username < $1.username }
        let form = isHandOver ? refused?.form : nil
        let found = isHandOver ? errors : nil
        var fields: [FormField] = []
        if !seats.isEmpty {
            fields = [
                FormField(
                    "seat", texts.text("administration.away.seat"), .select, error: found?["seat"],
                    options: seats.map { seat, holder in
                        let value = "\(seat.office):\(seat.role.rawValue):\(holder)"
                        let label = texts.seat(seat, world)
                        return FieldOption(
                            value,
                            holder == me.id
                                ? label
                                : texts.format(
                                    "administration.away.seat-of",
                                    ["seat": label, "name": texts.person(holder, world)]),
                            isChosen: form?["seat"] == value)
                    }, isRequired: true),
                FormField(
                    "to", texts.text("administration.away.to"), .select, error: found?["to"],
                    options: colleagues.map { person in
                        FieldOption(
                            person.id.description, "\(texts.name(person)) \(person.username)",
                            isChosen: form?["to"] == person.id.description)
                    }, isRequired: true),
            ]
            fields += FormField.days("hand-over", form, errors: found, texts: texts)
            fields.append(
                FormField(
                    "reason", texts.text("administration.away.reason"), .select, error: found?["reason"],
                    options: DelegationReason.allCases.map {
                        FieldOption(
                            $0.rawValue, texts.text("administration.reasons." + $0.rawValue),
                            isChosen: form?["reason"] == $0.rawValue)
                    }, isRequired: true))
            for index in fields.indices { fields[index].form = "hand-over" }
        }
        handOver = fields
        var links: [LinkItem] = []
        if world.staff(of: me.organ).contains(where: { $0.id != me.id && world.mayDeclareAway($0.id, by: me.id) }) {
            links.append(
                LinkItem(label: texts.text("administration.away.title"), href: "/organs/\(me.organ)/away"))
        }
        links += world.offices(of: me.organ)
            .filter { $0.kind.holdsReports && world.mayArrange($0.id, by: me.id) }
            .map {
                LinkItem(
                    label: texts.format("administration.stand-ins.of", ["office": texts.name($0)]),
                    href: "/offices/\($0.id)/stand-ins")
            }
        self.links = links
    }

    func child(named name: String) -> Any? {
        switch name {
        case "rows": rows
        case "hasRows": !rows.isEmpty
        case "endAction": "/absence/end"
        case "handed": handed
        case "hasHanded": !handed.isEmpty
        case "orders": orders
        case "hasOrders": !orders.isEmpty
        case "days": days
        case "handOver": handOver
        case "mayHandOver": !handOver.isEmpty
        case "summary": here(summary)
        case "links": links
        case "hasLinks": !links.isEmpty
        default: nil
        }
    }
}

/// One of my posts and the names of those who stand in for it.
struct OwnOrder: MustacheParent {
    let seat: String
    let people: String

    init(_ seat: Seat, _ me: Staff, _ world: World, _ texts: Catalogue) {
        self.seat = texts.seat(seat, world)
        let order = world.standIns(for: seat).map { texts.person($0.staff, world) }
        people = order.isEmpty ? texts.text("administration.stand-ins.nobody") : order.joined(separator: " → ")
    }

    func child(named name: String) -> Any? {
        switch name {
        case "seat": seat
        case "people": people
        default: nil
        }
    }
}

extension FormField {
    /// First and last day, for one of the forms of a page.
    static func days(_ name: String, _ form: Form?, errors: ErrorSummary?, texts: Catalogue) -> [FormField] {
        ["first", "last"].map { field in
            var made = FormField(
                field, texts.text("administration.away." + field), .date, value: form?[field], error: errors?[field],
                isRequired: true)
            made.form = name
            return made
        }
    }
}

extension World {
    /// The places of stand-ins for a post, first to last.
    func standIns(for seat: Seat) -> [Membership] {
        func position(_ place: Membership) -> Int {
            if case .standIn(let position) = place.basis { position } else { 0 }
        }
        return members(of: seat.office).filter { $0.role == seat.role && position($0) > 0 }
            .sorted { position($0) < position($1) }
    }

    /// The posts, with their holders, that a person may hand over: their own first.
    func seatsToHandOver(by person: StaffID, in organ: OrganID) -> [(seat: Seat, holder: StaffID)] {
        let all = offices(of: organ).flatMap { office in
            members(of: office.id).filter(\.isRegular).map { (Seat(office: $0.office, role: $0.role), $0.staff) }
        }
        let mine = all.filter { mayDelegate($0.0, of: $0.1, by: person) }
        return mine.filter { $0.1 == person } + mine.filter { $0.1 != person }
    }
}
