import Casefile
import Casework
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// Setting up the second factor, turning it off, and the recovery codes. Whoever must set one up before anything else
/// comes here with the session that they have; a one-time password is changed first.
struct SecondFactorRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/account/second-factor") { request, context in
            try await self.show(request, context, [])
        }
        routes.post("/account/second-factor") { request, context in
            let (session, _) = try self.entered(context)
            _ = try await request.form(context)
            try await services.casefile.beginSecondFactor(of: session)
            return Response.seeOther("/account/second-factor")
        }
        routes.post("/account/second-factor/confirm") { request, context in try await self.confirm(request, context) }
        routes.post("/account/second-factor/off") { request, context in
            let (session, token) = try self.entered(context)
            return try await self.withPassword(request, context) { password, _ in
                try await services.casefile.removeSecondFactor(of: session, token: token, password: password)
                return Response.seeOther("/account?done=second-off")
            }
        }
        routes.post("/account/recovery-codes") { request, context in
            let (session, _) = try self.entered(context)
            return try await self.withPassword(request, context) { password, _ in
                let codes = try await services.casefile.renewRecoveryCodes(of: session, password: password)
                return try await self.print(codes, request, context)
            }
        }
    }

    private func entered(_ context: SiteContext) throws(SiteError) -> (session: Session, token: SessionToken) {
        let found = try context.ownSession
        // A one-time password is changed first.
        if found.session.mustChange { _ = try context.session }
        return found
    }

    private func confirm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (session, token) = try entered(context)
        return try await withPassword(request, context) { password, form in
            let codes = try await services.casefile.confirmSecondFactor(
                of: session, token: token, password: password, code: form["code"] ?? "")
            return try await self.print(codes, request, context)
        }
    }

    /// An act that asks for the password once more, so that a session left open is not enough.
    private func withPassword(
        _ request: Request, _ context: SiteContext, _ act: (_ password: String, _ form: Form) async throws -> Response
    ) async throws -> Response {
        let session = try entered(context).session
        try services.limit.consume(SignInRoutes.perAccountAndAddress, for: session.person.username)
        let form = try await request.form(context)
        do {
            return try await act(form["password"] ?? "", form)
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        } catch CasefileError.invalid(let faults) {
            return try await show(
                request, context, faults.map { FieldError($0.field, "account.faults.\($0.reason)") })
        }
    }

    private func show(
        _ request: Request, _ context: SiteContext, _ errors: [FieldError]
    ) async throws -> Response {
        let (session, _) = try entered(context)
        let texts = services.shell.texts(context)
        let begun = session.hasSecondFactor ? nil : try await services.casefile.begunSecondFactor(of: session)
        let page = try SecondFactorPage(session, begun, errors, in: form(of: request), texts)
        let frame = try await services.staffFrame(request, context, title: texts.text("account.second.title"))
        return try services.shell.page(
            "entrance/second-factor", page, frame, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    /// Which of the page's forms was sent.
    private func form(of request: Request) -> String {
        switch request.uri.path {
        case "/account/second-factor/off": "off"
        case "/account/recovery-codes": "codes"
        default: ""
        }
    }

    private func print(
        _ codes: [RecoveryCode], _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let frame = try await services.staffFrame(request, context, title: texts.text("account.codes.title"))
        let page = RecoveryCodesPage(codes: codes.map(\.text), username: try context.ownSession.session.person.username)
        return try services.shell.page("entrance/recovery-codes", page, frame)
    }
}

struct SecondFactorPage: MustacheParent {
    let isOn: Bool
    let isRequired: Bool
    let isDue: Bool
    let summary: ErrorSummary?
    /// The secret to take into an app: as a picture, as text, as an address.
    let begun: [String: any Sendable]?
    let confirmFields: [FormField]
    let codesField: FormField
    let offField: FormField

    init(
        _ session: Session, _ begun: Authenticator?, _ errors: [FieldError], in sent: String, _ texts: Catalogue
    ) throws {
        isOn = session.hasSecondFactor
        isRequired = session.needsSecondFactor
        isDue = session.mustEnrol
        let errors = ErrorSummary(errors, texts, form: sent)
        summary = errors.isEmpty ? nil : errors
        self.begun = try begun.map { authenticator in
            let address = authenticator.address(
                issuer: texts.text("account.second.issuer"), account: session.person.username)
            return ["secret": authenticator.text, "address": address, "qr": try QRDrawing(address)]
        }
        func password(_ form: String) -> FormField {
            var field = FormField(
                "password", texts.text("account.password"), .password, error: form == sent ? errors["password"] : nil,
                isRequired: true, autocomplete: "current-password")
            field.form = form
            return field
        }
        confirmFields = [
            FormField(
                "code", texts.text("account.second.code"), error: errors["code"], isRequired: true,
                autocomplete: "one-time-code", maximumLength: 40),
            password(""),
        ]
        codesField = password("codes")
        offField = password("off")
    }

    func child(named name: String) -> Any? {
        switch name {
        case "on": isOn
        case "required": isRequired
        case "due": isDue
        case "summary": here(summary)
        case "begun": here(begun)
        case "confirmFields": confirmFields
        case "codesField": codesField
        case "offField": offField
        default: nil
        }
    }
}

/// The only time that recovery codes are shown.
struct RecoveryCodesPage: MustacheParent {
    let codes: [String]
    let username: String

    func child(named name: String) -> Any? {
        switch name {
        case "codes": codes.map { ["text": $0] }
        case "username": username
        default: nil
        }
    }
}
