import Casefile
import Casework
package import Hummingbird
import Kernel
import Mustache
import Sealing
package import Site

/// One's own account: open sessions, and what was kept over a reset.
package struct AccountRoutes: Sendable {
    let services: Services

    package init(_ services: Services) { self.services = services }

    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/account") { request, context in try await self.show(request, context, nil) }
        routes.post("/account/sessions/end") { request, context in
            let (session, token) = try self.entered(context)
            let form = try await request.form(context)
            guard let chosen = form["session"] else {
                return try await self.show(request, context, FieldError("session", "account.sessions.none"))
            }
            guard let name = SessionName(chosen) else { throw SiteError.notFound }
            if let error = try await self.unproven(form, session) {
                return try await self.show(request, context, error, chosen: name)
            }
            try await services.casefile.end(name, of: session)
            let isOver = try await services.casefile.session(token) == nil
            return Response.seeOther(isOver ? "/sign-in" : "/account?done=session-ended")
        }
        routes.post("/account/sessions/end-others") { request, context in
            let (session, token) = try self.entered(context)
            let form = try await request.form(context)
            if let error = try await self.unproven(form, session) {
                return try await self.show(request, context, error)
            }
            try await services.casefile.endOtherSessions(of: session, token: token)
            return Response.seeOther("/account?done=others-ended")
        }
        routes.post("/account/before") { request, context in try await self.takeBack(request, context) }
        SecondFactorRoutes(services: services).add(to: routes)
    }

    /// The session, where nothing is due before anything else.
    private func entered(_ context: SiteContext) throws(SiteError) -> (session: Session, token: SessionToken) {
        _ = try context.session
        return try context.ownSession
    }

    /// What is wrong with the password that ends sessions: a browser that was left open is not enough for it.
    private func unproven(_ form: Form, _ session: Session) async throws -> FieldError? {
        try services.limit.consume(SignInRoutes.perAccountAndAddress, for: session.person.username)
        guard let password = form["password"], !password.isEmpty else {
            return FieldError("password", "account.sessions.needed")
        }
        do {
            let isRight = try await services.casefile.isPassword(password, of: session)
            return isRight ? nil : FieldError("password", "account.sessions.wrong")
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        }
    }

    private func takeBack(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (session, _) = try entered(context)
        try services.limit.consume(SignInRoutes.perAccountAndAddress, for: session.person.username)
        let form = try await request.form(context)
        do {
            try await services.casefile.takeBackKeys(of: session, with: form["before"] ?? "")
            return Response.seeOther("/account?done=taken-back")
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        } catch CasefileError.invalid {
            return try await show(request, context, FieldError("before", "account.before.wrong"))
        }
    }

    private func show(
        _ request: Request, _ context: SiteContext, _ error: FieldError?, chosen: SessionName? = nil
    ) async throws -> Response {
        let (session, token) = try entered(context)
        let texts = services.shell.texts(context)
        let account = try await services.casefile.account(of: session, token: token)
        var frame = try await services.staffFrame(request, context, title: texts.text("account.title"))
        if request.method == .get, let done = request.query("done"), texts.has("account.done." + done) {
            frame.notice = PageNotice(.done, texts.text("account.done." + done))
        }
        return try services.shell.page(
            "entrance/own-account", AccountPage(account, session, error, chosen, texts), frame,
            status: error == nil ? .ok : .unprocessableContent)
    }
}

/// What a person sees of their own account.
struct AccountPage: MustacheParent {
    let facts: [[String: String]]
    let sessions: [[String: any Sendable]]
    let hasOthers: Bool
    let warning: String?
    let second: [String: any Sendable]
    let events: [[String: any Sendable]]
    let before: FormField?
    let password: FormField
    let summary: ErrorSummary?

    init(
        _ account: AccountView, _ session: Session, _ error: FieldError?, _ chosen: SessionName?, _ texts: Catalogue
    ) {
        let times: [(String, String?)] = [
            ("account.username", session.person.username), ("account.signed-in", account.signedIn?.shortText),
            ("account.before-that", account.before?.shortText ?? texts.text("account.never")),
        ]
        facts = times.compactMap { key, value in value.map { ["label": texts.text(key), "value": $0] } }
        sessions = account.sessions.map { open in
            [
                "name": open.name.description, "began": open.began.shortText, "seen": open.seen.shortText,
                "this": open.isThis, "chosen": open.name == chosen,
            ]
        }
        hasOthers = account.sessions.contains { !$0.isThis }
        let wrong = account.wrongCodesSinceBefore
        warning = wrong > 0 ? texts.format("account.wrong-codes", ["n": String(wrong)]) : nil
        let isOn = account.secondFactorSince != nil
        let left = account.recoveryCodesLeft
        second = [
            "on": isOn, "required": session.needsSecondFactor,
            "since": texts.format(
                "account.second.since", ["time": account.secondFactorSince?.shortText ?? ""]),
            "left": texts.format("account.second.left", ["n": String(left)]), "few": isOn && left < 3,
        ]
        let me = session.person.id
        events = account.events.map { event in
            let isOther = event.by != nil && event.by != me
            return [
                "at": event.at.shortText, "what": texts.text("account.events.\(event.kind.rawValue)"),
                "byOther": isOther,
            ]
        }
        let errors = ErrorSummary(error.map { [$0] } ?? [], texts)
        summary = errors.isEmpty ? nil : errors
        password = FormField(
            "password", texts.text("account.sessions.password"), .password, hint: texts.text("account.sessions.hint"),
            error: errors["password"], isRequired: true, autocomplete: "current-password")
        before =
            account.hasKeysOfBefore
            ? FormField(
                "before", texts.text("account.before.password"), .password, error: errors["before"], isRequired: true)
            : nil
    }

    func child(named name: String) -> Any? {
        switch name {
        case "facts": facts
        case "sessions": sessions
        case "hasOthers": hasOthers
        case "warning": here(warning)
        case "second": second
        case "events": events
        case "hasEvents": !events.isEmpty
        case "before": here(before)
        case "password": password
        case "summary": here(summary)
        default: nil
        }
    }
}
