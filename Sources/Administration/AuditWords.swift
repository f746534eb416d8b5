import Casefile
import Casework
import Kernel
import Mustache
import Site

/// Named values for a template; every name is answered, so that nothing of an outer model shows through.
struct AuditEntry: MustacheParent {
    private let values: [String: Any]

    init(_ values: [String: Any?]) { self.values = values.mapValues { here($0) } }

    func child(named name: String) -> Any? { values[name] }
}

/// What an auditor reads, in words.
struct AuditWords {
    let world: World
    let workflow: Workflow
    let texts: Catalogue

    var language: String { texts.language.rawValue }

    func name(_ person: StaffID?) -> String {
        guard let staff = person.flatMap({ world.staff[$0] }) else { return texts.text("keys.software") }
        return "\(texts.name(staff)) \(staff.username)"
    }

    func place(_ organ: OrganID, _ office: OfficeID) -> String {
        [world.organs[organ].map { texts.name($0) }, world.offices[office].map { texts.name($0) }]
            .compactMap(\.self).joined(separator: " · ")
    }

    func item(_ item: AuditedItem) -> AuditEntry {
        AuditEntry([
            "href": "/audit/reports/\(item.id)", "number": item.number,
            "stage": workflow.stageLabel(item.stage, language), "holder": place(item.organ, item.office),
            "received": item.receivedAt.day.text,
        ])
    }

    func places(of person: StaffID) -> String {
        texts.list(
            world.places(of: person).filter(\.admitted).compactMap { place in
                world.offices[place.office].map { texts.place($0, place.role) + basis(place) }
            })
    }

    /// By what right somebody has a place, where it is not their own.
    private func basis(_ place: Membership) -> String {
        switch place.basis {
        case .regular: ""
        case .standIn: texts.text("audit.stands-in")
        case .delegation(let from): texts.format("audit.delegated", ["name": name(from)])
        }
    }

    private func because(_ because: Reader.Because) -> String {
        let ground = because.ground
        let seat = ground.place.flatMap { place in
            world.offices[place.office].map { texts.place($0, place.role) + basis(place) }
        }
        let why = texts.text("audit.ground.\(ground.kind.rawValue)")
        let since = because.since.map { texts.format("audit.since", ["at": $0.shortText]) }
        return [seat, why, since].compactMap(\.self).joined(separator: texts.text("audit.comma"))
    }

    func reader(_ reader: Reader) -> AuditEntry {
        let identity =
            switch reader.identity {
            case .closed: texts.text("audit.no")
            case .masked: texts.text("audit.identity.masked")
            case .open(let until): texts.format("audit.identity.open", ["until": until.shortText])
            }
        func yes(_ value: Bool) -> String { texts.text(value ? "audit.yes" : "audit.no") }
        return AuditEntry([
            "name": name(reader.staff),
            "organ": world.staff[reader.staff].flatMap { world.organs[$0.organ]?.shortName },
            "letter": yes(reader.letter), "papers": yes(reader.papers), "files": yes(reader.files > 0),
            "identity": identity, "because": reader.because.map(because),
        ])
    }

    func reach(_ reach: AuditedReach) -> AuditEntry {
        let seat = reach.office.flatMap { world.offices[$0] }.map { office in
            reach.role.map { texts.place(office, $0) } ?? texts.name(office)
        }
        return AuditEntry([
            "place": seat ?? "—", "why": texts.text("audit.ground.\(reach.kind.rawValue)"),
            "count": String(reach.reports.count),
            "reports": reach.reports.sorted { $0.number < $1.number }.map { report in
                AuditEntry(["href": "/audit/reports/\(report.id)", "number": report.number])
            },
        ])
    }

    /// One line of a list; with the list's own name where several lists stand together.
    func line(_ line: AuditLine, named: Bool = false) -> AuditEntry {
        let act = actName(line.list, line.act)
        return AuditEntry([
            "at": line.at.shortText, "by": name(line.by),
            "act": named && line.list != .audits && line.list != .openings
                ? texts.text("audit.list.\(line.list.rawValue)") + texts.text("audit.colon") + act : act,
            "about": texts.list(
                [
                    line.about == line.by ? nil : line.about.map { name($0) },
                    line.office.flatMap { world.offices[$0] }.map { texts.name($0) }, named ? nil : line.number,
                    detail(line),
                ].compactMap(\.self)),
        ])
    }

    private func detail(_ line: AuditLine) -> String? {
        switch line.list {
        case .identitySearches: workflow.label("identity-search-ground", line.detail, language)
        case .openings: workflow.label("identity-ground", line.detail, language)
        case .reads: line.detail.isEmpty ? nil : texts.text("audit.look-at.\(line.detail)")
        case .searches: texts.format("audit.mark", ["mark": line.detail])
        default: line.detail.isEmpty ? nil : line.detail
        }
    }

    private func actName(_ list: AuditList, _ act: String) -> String {
        switch list {
        case .keys: texts.text("keys.act.\(act)")
        case .accounts: texts.text("account.events.\(act)")
        default: texts.text("audit.act.\(list.rawValue).\(act)")
        }
    }

    func filter(
        _ list: AuditList, act: String?, first: String, last: String, _ summary: ErrorSummary
    ) -> [FormField] {
        var fields = [FormField("list", "", .hidden, value: list.rawValue)]
        if !list.acts.isEmpty {
            fields.append(
                FormField(
                    "act", texts.text("audit.filter.act"), .select,
                    options: list.acts.map { FieldOption($0, actName(list, $0), isChosen: $0 == act) }))
        }
        for (name, value) in [("first", first), ("last", last)] {
            fields.append(
                FormField(name, texts.text("audit.filter.\(name)"), .date, value: value, error: summary[name]))
        }
        return fields
    }
}
