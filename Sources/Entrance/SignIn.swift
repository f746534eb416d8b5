import Casefile
import Casework
import HTTPTypes
package import Hummingbird
import Mustache
import Sealing
package import Site

/// Signing in and out, for pages and for the API.
package struct SignInRoutes: Sendable {
    let services: Services
    private let brake: SignInBrake

    package init(_ services: Services) {
        self.services = services
        brake = SignInBrake(services.casefile)
    }

    // Every try counts in the memory of this process, before the password is looked at; failures count in the database
    // as well, for all processes and across restarts.
    private static let perAccountAndAddress = RateLimit.Rule(SignInBrake.accountAndAddress)
    private static let perAccount = RateLimit.Rule(SignInBrake.account)
    private static let perAddress = RateLimit.Rule(SignInBrake.address)

    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/sign-in") { request, context in
            try self.page(request, context, username: "", error: nil, back: request.query("to") ?? "")
        }
        routes.post("/sign-in") { request, context in try await self.submit(request, context) }
        routes.post("/sign-out") { request, context in try await self.signOut(request, context) }
        routes.get("/password") { request, context in try await self.passwordPage(request, context, nil) }
        routes.post("/password") { request, context in try await self.changePassword(request, context) }
        routes.post("/api/v1/session") { request, context in try await self.apiSignIn(request, context) }
        routes.delete("/api/v1/session") { request, context in try await self.apiSignOut(request, context) }
    }

    private func signIn(_ username: String, _ password: String, _ context: SiteContext) async throws -> SignedIn? {
        try services.limit.consume(Self.perAddress, for: context.clientAddress)
        let account = String(username.lowercased().prefix(64))
        try services.limit.consume(Self.perAccountAndAddress, for: account + "|" + context.clientAddress)
        try services.limit.consume(Self.perAccount, for: account)
        // No name holds a NUL, and PostgreSQL takes none.
        guard username.count <= 64, !username.utf8.contains(0), !password.isEmpty,
            password.utf8.count <= PasswordPolicy.maximumBytes
        else { return nil }
        let isBraking = services.limit.isOn
        if isBraking, let wait = try await brake.wait(account: account, address: context.clientAddress) {
            throw SiteError.tooMany(retryAfter: wait)
        }
        do {
            let signedIn = try await services.casefile.signIn(username: username, password: password)
            if signedIn == nil, isBraking {
                try await brake.failed(account: account, address: context.clientAddress)
            }
            return signedIn
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        }
    }

    private func page(
        _ request: Request, _ context: SiteContext, username: String, error: String?, back: String
    ) throws -> Response {
        let texts = services.shell.texts(context)
        let frame = services.shell.frame(request, context, title: texts.text("entrance.sign-in.title"))
        let model = SignInPage(
            error: error.map { texts.text($0) },
            fields: [
                FormField(
                    "username", texts.text("entrance.sign-in.username"), value: username, isRequired: true,
                    autocomplete: "username"),
                FormField(
                    "password", texts.text("entrance.sign-in.password"), .password, isRequired: true,
                    autocomplete: "current-password"),
            ], back: back)
        return try services.shell.page(
            "entrance/sign-in", model, frame, status: error == nil ? .ok : .unprocessableContent)
    }

    private func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await request.form(context)
        let username = (form["username"] ?? "").trimmed
        guard let signedIn = try await signIn(username, form["password"] ?? "", context) else {
            return try page(
                request, context, username: username, error: "entrance.sign-in.wrong", back: form["to"] ?? "")
        }
        let wanted = form["to"] ?? ""
        // A browser drops tabs and line breaks from an address before it follows it.
        let isInside =
            wanted.hasPrefix("/") && !wanted.hasPrefix("//") && !wanted.contains("\\")
            && !wanted.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F }
        let start = isInside ? wanted : try await start(of: signedIn.viewer)
        var response = Response.seeOther(signedIn.mustChange ? "/password" : start)
        response.setCookie(
            "session", signedIn.token.text, secure: services.shell.settings.secureCookies, sameSite: .lax,
            maximumAge: nil)
        return response
    }

    /// The desk; for those who have none, the room that is theirs.
    private func start(of viewer: Viewer) async throws -> String {
        let world = try await services.casefile.world()
        guard let person = world.staff[viewer.staff] else { return "/desk" }
        let open = services.navigation.filter { $0.isFor(person, world) }.map(\.href)
        return open.contains("/desk") ? "/desk" : open.last ?? "/desk"
    }

    private func signOut(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await request.form(context)
        if let found = context[SessionSlot.self], let token = SessionToken(found.token) {
            try await services.casefile.signOut(token)
        }
        var response = Response.seeOther("/sign-in")
        response.removeCookie("session", secure: services.shell.settings.secureCookies)
        response.headers[.clearSiteData] = "\"cache\", \"storage\""
        return response
    }

    private func passwordPage(
        _ request: Request, _ context: SiteContext, _ error: FieldError?
    ) async throws -> Response {
        guard let found = context[SessionSlot.self] else { throw SiteError.unauthenticated }
        let texts = services.shell.texts(context)
        let frame = try await services.staffFrame(request, context, title: texts.text("entrance.password.title"))
        let summary = ErrorSummary(error.map { [$0] } ?? [], texts)
        let model = PasswordPage(
            summary: summary.isEmpty ? nil : summary, isFirst: found.session.mustChange,
            fields: [
                FormField(
                    "old", texts.text("entrance.password.old"), .password, error: summary["old"], isRequired: true,
                    autocomplete: "current-password"),
                FormField(
                    "new", texts.text("entrance.password.new"), .password,
                    hint: texts.format("entrance.password.hint", ["n": String(PasswordPolicy.minimumLength)]),
                    error: summary["new"], isRequired: true, autocomplete: "new-password"),
                FormField(
                    "again", texts.text("entrance.password.again"), .password, error: summary["again"],
                    isRequired: true, autocomplete: "new-password"),
            ])
        return try services.shell.page(
            "entrance/password", model, frame, status: error == nil ? .ok : .unprocessableContent)
    }

    private func changePassword(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let found = context[SessionSlot.self], let token = SessionToken(found.token) else {
            throw SiteError.unauthenticated
        }
        try services.limit.consume(Self.perAccountAndAddress, for: found.session.person.username)
        let form = try await request.form(context)
        let new = form["new"] ?? ""
        guard new == form["again"] else {
            return try await passwordPage(request, context, FieldError("again", "entrance.faults.notTheSame"))
        }
        do {
            try await services.casefile.changePassword(
                of: found.session, token: token, from: form["old"] ?? "", to: new)
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        } catch SealingError.weakPassword {
            return try await passwordPage(request, context, FieldError("new", "entrance.faults.weakPassword"))
        } catch CasefileError.invalid {
            return try await passwordPage(request, context, FieldError("old", "entrance.faults.wrongPassword"))
        }
        return .seeOther("/desk")
    }

    private struct Credentials: Decodable {
        var username: String
        var password: String
        var code: String?
    }

    private func apiSignIn(_ request: Request, _ context: SiteContext) async throws -> Response {
        let input = try await request.json(Credentials.self)
        guard let signedIn = try await signIn(input.username, input.password, context) else {
            throw SiteError.unauthenticated
        }
        return try Response.json(["token": signedIn.token.text], status: .created)
    }

    private func apiSignOut(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let found = context[SessionSlot.self], let token = SessionToken(found.token) else {
            throw SiteError.unauthenticated
        }
        try await services.casefile.signOut(token)
        return Response(status: .noContent)
    }
}

extension RateLimit.Rule {
    fileprivate init(_ rule: SignInBrake.Rule) { self.init(rule.name, burst: rule.burst, perHour: rule.perHour) }
}

struct SignInPage: MustacheParent {
    let error: String?
    let fields: [FormField]
    let back: String

    func child(named name: String) -> Any? {
        switch name {
        case "error": error
        case "fields": fields
        case "back": back
        default: nil
        }
    }
}

struct PasswordPage: MustacheParent {
    let summary: ErrorSummary?
    let isFirst: Bool
    let fields: [FormField]

    func child(named name: String) -> Any? {
        switch name {
        case "summary": summary
        case "first": isFirst
        case "fields": fields
        default: nil
        }
    }
}

extension String {
    package var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension Request {
    /// One value of the query, as written there.
    package func query(_ name: String) -> String? { uri.queryParameters[name[...]].map(String.init) }
}

extension HTTPField.Name {
    /// Clear-Site-Data: what the browser forgets at sign-out.
    static let clearSiteData = HTTPField.Name("Clear-Site-Data") ?? .cacheControl
}
