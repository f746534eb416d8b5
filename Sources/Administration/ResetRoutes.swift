import Casefile
import Casework
import Entrance
import Hummingbird
import Mustache
import Sealing
import Site

/// A lost password: what a reset does is said before it is done. And ending all of a person's sessions.
struct ResetRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin/people/:id/reset") { request, context in try await self.ask(request, context, []) }
        routes.post("/admin/people/:id/reset") { request, context in try await self.reset(request, context) }
        routes.post("/admin/people/:id/end-sessions") { request, context in
            let access = try await services.access(context)
            let (person, _) = try access.person(context)
            _ = try await request.form(context)
            try await services.casefile.endSessions(of: person.id, by: try context.viewer)
            return Response.seeOther("/admin/people/\(person.id)?done=sessions-ended")
        }
    }

    /// Whom an administrator may reset: everybody in reach but themselves.
    private func other(_ access: Access, _ context: SiteContext) throws(SiteError) -> (person: Staff, organ: Organ) {
        let found = try access.person(context)
        guard found.person.id != access.me.id else { throw .forbidden }
        return found
    }

    private func ask(
        _ request: Request, _ context: SiteContext, _ errors: [FieldError]
    ) async throws -> Response {
        let access = try await services.access(context)
        let (person, _) = try other(access, context)
        let texts = services.shell.texts(context)
        let summary = ErrorSummary(errors, texts)
        let alone = access.offices(heldAloneBy: person)
        let reports = try await services.casefile.reportsOpened(onlyBy: person.id)
        var notes = ["gone", "let-in", "new-key"].map { texts.text("accounts.reset.\($0)") }
        var fields: [FormField] = []
        if !alone.isEmpty {
            notes.append(
                texts.format("accounts.reset.would-close", ["offices": texts.list(alone.map { texts.name($0) })]))
        }
        if reports > 0 {
            notes.append(texts.format("accounts.reset.would-close-reports", ["n": String(reports)]))
        }
        if !alone.isEmpty || reports > 0 {
            fields.append(
                FormField(
                    "aware", texts.text("accounts.reset.aware"), .flag, error: summary["aware"], isRequired: true))
        }
        let page = FormPage(
            title: texts.text("accounts.reset.title"), about: "\(texts.name(person)) (\(person.username))",
            back: LinkItem(label: texts.name(person), href: "/admin/people/\(person.id)"), summary: summary,
            notes: notes, action: "/admin/people/\(person.id)/reset", fields: fields,
            submit: texts.text("accounts.reset.action"))
        return try await services.draw(
            "form", page, title: page.title, request, context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func reset(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let (person, _) = try other(access, context)
        let form = try await request.form(context)
        let closesNothing =
            try await services.casefile.reportsOpened(onlyBy: person.id) == 0
            && access.offices(heldAloneBy: person).isEmpty
        guard closesNothing || form.isOn("aware") else {
            return try await ask(request, context, [FieldError("aware", "accounts.reset.not-aware")])
        }
        let password = OneTimePassword.make()
        do {
            try await services.casefile.resetPassword(of: person.id, to: password, by: try context.viewer)
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        }
        let texts = services.shell.texts(context)
        let page = FirstPasswordPage(
            name: texts.name(person), username: person.username, password: password,
            ends: texts.ends(of: try await services.casefile.accountPolicy()),
            roles: texts.list(
                access.world.sortedPlaces(of: person.id).map { texts.place($0.office, $0.role) }),
            back: LinkItem(label: texts.name(person), href: "/admin/people/\(person.id)"))
        return try await services.draw(
            "reset-password", page, title: texts.text("accounts.reset.done"), request, context, isOnce: true)
    }
}

extension Access {
    /// The offices that nobody could open any more without this person.
    fileprivate func offices(heldAloneBy person: Staff) -> [Office] {
        let held = Set(world.places(of: person.id).filter(\.holdsKey).map(\.office))
        return held.filter { office in
            !world.members(of: office).contains { $0.staff != person.id && $0.holdsKey }
        }.compactMap { world.offices[$0] }.filter(\.kind.holdsReports).sorted { $0.code < $1.code }
    }
}
