import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// The people of an organ: added, changed, given roles, deactivated.
struct PeopleRoutes: Sendable {
    let services: Services

    private static let changeable = ["name", "name_en", "aliases", "kin", "units"]

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin/organs/:id/new-person") { request, context in
            let access = try await services.access(context)
            return try await newPerson(access, try access.organ(context), [:], nil, request, context)
        }
        routes.post("/admin/organs/:id/new-person") { request, context in try await addPerson(request, context) }
        routes.get("/admin/people/:id") { request, context in
            try await show(try await services.access(context), nil, request, context)
        }
        routes.get("/admin/people/:id/change") { request, context in
            let (person, organ) = try await services.access(context).person(context)
            return try await change(person, organ, person.values, nil, request, context)
        }
        routes.post("/admin/people/:id/change") { request, context in try await changePerson(request, context) }
        routes.post("/admin/people/:id/join") { request, context in try await join(request, context) }
        routes.post("/admin/people/:id/leave") { request, context in try await leave(request, context) }
        routes.post("/admin/people/:id/deactivate") { request, context in
            try await turn(isActive: false, request, context)
        }
        routes.post("/admin/people/:id/reactivate") { request, context in
            try await turn(isActive: true, request, context)
        }
    }

    private func addPerson(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let organ = try access.organ(context)
        let sent = try await request.form(context).values(["username", "roles"] + Self.changeable)
        let casefile = services.casefile
        do {
            let values = sent.merging(["organ": organ.code]) { _, new in new }
            let draft = DirectoryDraft(access.world)
            if draft.staff[(sent["username"] ?? "").trimmed.lowercased()] != nil {
                throw DirectoryError("username", .usernameTaken)
            }
            let person = try draft.person(values, at: casefile.clock.now())
            let password = OneTimePassword.make()
            let made: NewStaff
            do {
                made = try await person.withKey(password: password, mustChange: true, casefile: casefile)
            } catch SealingError.busy {
                throw SiteError.tooMany(retryAfter: 5)
            }
            try await unique("username", .usernameTaken) { try await casefile.enlarge(staff: [made]) }
            let texts = services.shell.texts(context)
            let roles = person.places.compactMap { place in
                access.world.offices[place.office].map { texts.place($0, place.role) }
            }
            let page = FirstPasswordPage(
                name: texts.name(person.staff), username: person.staff.username, password: password,
                ends: texts.ends(of: try await casefile.accountPolicy()),
                roles: texts.list(roles),
                back: LinkItem(label: texts.name(organ), href: "/admin/organs/\(organ.id)"))
            return try await services.draw(
                "first-password", page, title: texts.text("administration.person.added"), request, context, isOnce: true
            )
        } catch let error as DirectoryError {
            return try await newPerson(access, organ, sent, error, request, context)
        }
    }

    private func changePerson(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let (person, organ) = try access.person(context)
        let sent = try await request.form(context).values(Self.changeable)
        do {
            let values = sent.merging(["username": person.username]) { _, new in new }
            let changed = try DirectoryDraft(access.world).person(values, at: services.casefile.clock.now())
            try await services.casefile.change(staff: changed.staff)
            return .seeOther("/admin/people/\(person.id)?done=changed")
        } catch let error as DirectoryError {
            return try await change(person, organ, sent, error, request, context)
        }
    }

    private func join(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let (person, _) = try access.person(context)
        let form = try await request.form(context)
        do {
            let place = try access.place(form["roles"] ?? "", for: person)
            try access.checkJoining(person, place)
            try await services.casefile.join(person.id, office: place.office, role: place.role)
            return .seeOther("/admin/people/\(person.id)?done=role-added")
        } catch let error as DirectoryError {
            return try await show(access, error, request, context)
        }
    }

    private func leave(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let (person, _) = try access.person(context)
        let form = try await request.form(context)
        do {
            let place = try access.place(form["roles"] ?? "", for: person)
            try access.checkLeaving(person, place)
            try await services.casefile.leave(person.id, office: place.office, role: place.role)
            return .seeOther("/admin/people/\(person.id)?done=role-removed")
        } catch CasefileError.opensAlone {
            return try await show(access, DirectoryError("roles", .opensAlone), request, context)
        } catch let error as DirectoryError {
            return try await show(access, error, request, context)
        }
    }

    private func turn(isActive: Bool, _ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        var (person, _) = try access.person(context)
        _ = try await request.form(context)
        guard person.id != access.me.id else {
            return try await show(access, DirectoryError("active", .self), request, context)
        }
        person.active = isActive
        try await services.casefile.change(staff: person)
        return .seeOther("/admin/people/\(person.id)?done=" + (isActive ? "reactivated" : "deactivated"))
    }

    private func show(
        _ access: Access, _ error: DirectoryError?, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let (person, organ) = try access.person(context)
        let texts = services.shell.texts(context)
        let oneTime = try await services.casefile.peopleWithOneTimePassword()
        let page = PersonPage(
            person, organ, access, isOneTime: oneTime.contains(person.id),
            lastUse: try await services.casefile.lastUse(of: person.id), error: error, texts: texts)
        return try await services.draw(
            "person", page, title: texts.name(person), request, context, status: error.status)
    }

    private func newPerson(
        _ access: Access, _ organ: Organ, _ values: FieldValues, _ error: DirectoryError?, _ request: Request,
        _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let form = FieldMaker(texts: texts, values: values, error: error)
        let chosen = Set((values["roles"] ?? "").split(separator: ";").map(String.init))
        let places = access.world.offices(of: organ.id).flatMap { office in
            office.kind.roles.map { role in
                let value = "\(office.code):\(role.rawValue)"
                return FieldOption(value, texts.place(office, role), isChosen: chosen.contains(value))
            }
        }
        var fields = [
            form.line("name", labelled: "person_name", isRequired: true),
            form.line("name_en", labelled: "person_name_en"),
            form.line("username", isRequired: true, hasHint: true), form.lines("aliases"), form.lines("kin"),
            form.lines("units"),
        ]
        if !places.isEmpty {
            fields.append(
                FormField(
                    "roles", texts.text("administration.fields.roles"), .choices, error: form.summary["roles"],
                    options: places))
        }
        let page = FormPage(
            title: texts.text("administration.person.add"), about: texts.name(organ),
            back: LinkItem(label: texts.name(organ), href: "/admin/organs/\(organ.id)"), summary: form.summary,
            notes: [texts.text("administration.person.waiting-note")],
            action: "/admin/organs/\(organ.id)/new-person", fields: fields,
            submit: texts.text("administration.person.add-and-show"))
        return try await services.draw("form", page, title: page.title, request, context, status: error.status)
    }

    private func change(
        _ person: Staff, _ organ: Organ, _ values: FieldValues, _ error: DirectoryError?, _ request: Request,
        _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let form = FieldMaker(texts: texts, values: values, error: error)
        let page = FormPage(
            title: texts.text("administration.person.change"), about: texts.name(person),
            back: LinkItem(label: texts.name(person), href: "/admin/people/\(person.id)"), summary: form.summary,
            notes: [texts.text("administration.person.kin-note")], action: "/admin/people/\(person.id)/change",
            fields: [
                form.line("name", labelled: "person_name", isRequired: true),
                form.line("name_en", labelled: "person_name_en"), form.lines("aliases"), form.lines("kin"),
                form.lines("units"),
            ], submit: texts.text("administration.save"))
        return try await services.draw("form", page, title: page.title, request, context, status: error.status)
    }
}

extension Access {
    /// The role in an office of the person's own organ that a form names as `office-code:role`.
    func place(_ text: String, for person: Staff) throws(DirectoryError) -> Place {
        let halves = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, let role = Role(rawValue: halves[1]) else {
            throw DirectoryError("roles", text.isEmpty ? .required : .role)
        }
        guard let office = world.offices(of: person.organ).first(where: { $0.code == halves[0] }) else {
            throw DirectoryError("roles", .officeUnknown)
        }
        return Place(office: office.id, role: role)
    }

    /// Whether the administrator may give the role. Letting in is not theirs: without it the newcomer reads nothing.
    /// An office without anybody who could let them in would take them in unasked, so not for themselves.
    func checkJoining(_ person: Staff, _ place: Place) throws(DirectoryError) {
        guard person.active else { throw DirectoryError("roles", .inactive) }
        guard let kind = world.offices[place.office]?.kind, kind.roles.contains(place.role) else {
            throw DirectoryError("roles", .roleOffice)
        }
        let hasColleague = world.members(of: place.office).contains { $0.isRegular && $0.admitted && $0.staff != me.id }
        if person.id == me.id, kind.holdsReports, !hasColleague { throw DirectoryError("roles", .selfFirst) }
    }

    /// Whether the administrator may take the role away without closing the office or shutting themselves out.
    func checkLeaving(_ person: Staff, _ place: Place) throws(DirectoryError) {
        let held = world.places(of: person.id).filter { $0.isRegular && $0.office == place.office }
        guard held.contains(where: { $0.role == place.role }) else { throw DirectoryError("roles", .role) }
        if person.id == me.id, place.role == .administrator { throw DirectoryError("roles", .self) }
        if held.count == 1, world.isLastHolder(person.id, of: place.office) {
            throw DirectoryError("roles", .lastHolder)
        }
    }
}

extension Staff {
    /// What may be changed on a page, as a form holds it.
    fileprivate var values: FieldValues {
        [
            "name": name, "name_en": nameEnglish, "aliases": aliases.joined(separator: "\n"),
            "kin": kin.map { "\($0.name)：\($0.relation)" }.joined(separator: "\n"),
            "units": units.joined(separator: "\n"),
        ]
    }
}
