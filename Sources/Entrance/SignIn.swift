import Casefile
import Casework
import HTTPTypes
package import Hummingbird
import Kernel
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
    static let perAccountAndAddress = RateLimit.Rule(SignInBrake.accountAndAddress)
    private static let perAccount = RateLimit.Rule(SignInBrake.account)
    private static let perAddress = RateLimit.Rule(SignInBrake.address)
    private static let perCode = RateLimit.Rule(SignInBrake.code)
    /// Holds the token of a sign-in that waits for its code.
    private static let waitingCookie = "sign-in"
    private static let waitingPath = "/sign-in"

    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/sign-in") { request, context in
            try self.page(request, context, username: "", error: nil, back: request.query("to") ?? "")
        }
        routes.post("/sign-in") { request, context in try await self.submit(request, context) }
        routes.post("/sign-out") { request, context in try await self.signOut(request, context) }
        routes.get("/sign-in/code") { request, context in
            try await self.codePage(request, context, error: nil, back: request.query("to") ?? "")
        }
        routes.post("/sign-in/code") { request, context in try await self.submitCode(request, context) }
        routes.post("/api/v1/session") { request, context in try await self.apiSignIn(request, context) }
        routes.delete("/api/v1/session") { request, context in try await self.apiSignOut(request, context) }
    }

    private func unlock(_ username: String, _ password: String, _ context: SiteContext) async throws -> Unlocked? {
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
            let unlocked = try await services.casefile.unlock(username: username, password: password)
            if unlocked == nil, isBraking {
                try await brake.failed(account: account, address: context.clientAddress)
            }
            return unlocked
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        }
    }

    /// Begins a session with the code of the second factor; `nil` for a wrong one, which is counted.
    private func signIn(_ unlocked: Unlocked, code: String) async throws -> SignedIn? {
        let person = unlocked.staff.description
        try services.limit.consume(Self.perCode, for: person)
        let isBraking = services.limit.isOn
        if isBraking, let wait = try await brake.wait(codeOf: person) { throw SiteError.tooMany(retryAfter: wait) }
        let signedIn = try await services.casefile.signIn(unlocked, code: code)
        if signedIn == nil, isBraking { try await brake.failed(codeOf: person) }
        return signedIn
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
        let wanted = Self.inside(form["to"] ?? "")
        guard let unlocked = try await unlock(username, form["password"] ?? "", context) else {
            return try page(
                request, context, username: username, error: "entrance.sign-in.wrong", back: form["to"] ?? "")
        }
        guard !unlocked.hasEnded else {
            return try page(
                request, context, username: username, error: "entrance.sign-in.ended", back: form["to"] ?? "")
        }
        guard !unlocked.codeIsDue else {
            let waiting = try await services.casefile.awaitCode(of: unlocked)
            var response = Response.seeOther("/sign-in/code" + SignInFirst.back(to: wanted ?? ""))
            response.setCookie(
                Self.waitingCookie, waiting.text, secure: services.shell.settings.secureCookies, sameSite: .strict,
                maximumAge: Int(SessionLimits.codeSeconds), path: Self.waitingPath)
            return response
        }
        guard let signedIn = try await services.casefile.signIn(unlocked, code: nil) else {
            throw SiteError.unauthenticated
        }
        return try await entered(signedIn, wanted, context)
    }

    /// Where somebody goes who has just signed in, with the cookie of their session. The one that the browser held
    /// until now, theirs or somebody else's, ends.
    private func entered(_ signedIn: SignedIn, _ wanted: String?, _ context: SiteContext) async throws -> Response {
        if let before = context[SessionSlot.self], let token = SessionToken(before.token) {
            try await services.casefile.signOut(token)
        }
        let start = if let wanted { wanted } else { try await start(of: signedIn.viewer) }
        var response = Response.seeOther(signedIn.mustChange ? "/password" : start)
        response.setCookie(
            "session", signedIn.token.text, secure: services.shell.settings.secureCookies, sameSite: .lax,
            maximumAge: nil)
        return response
    }

    /// An address of this site, such as a form names; a browser drops tabs and line breaks before it follows one.
    private static func inside(_ wanted: String) -> String? {
        let isInside =
            wanted.hasPrefix("/") && !wanted.hasPrefix("//") && !wanted.contains("\\")
            && !wanted.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F }
        return isInside ? wanted : nil
    }

    private func waiting(_ request: Request) async throws -> (unlocked: Unlocked, token: SessionToken)? {
        guard let token = request.cookie(Self.waitingCookie, path: Self.waitingPath).flatMap(SessionToken.init),
            let unlocked = try await services.casefile.waiting(token)
        else { return nil }
        return (unlocked, token)
    }

    private func codePage(
        _ request: Request, _ context: SiteContext, error: String?, back: String
    ) async throws -> Response {
        guard try await waiting(request) != nil else { return .seeOther("/sign-in") }
        let texts = services.shell.texts(context)
        let frame = services.shell.frame(request, context, title: texts.text("account.code.title"))
        let model = CodePage(
            error: error.map { texts.text($0) }, back: back,
            fields: [
                FormField(
                    "code", texts.text("account.code.code"), hint: texts.text("account.code.hint"), isRequired: true,
                    autocomplete: "one-time-code", maximumLength: 40)
            ])
        return try services.shell.page(
            "entrance/code", model, frame, status: error == nil ? .ok : .unprocessableContent)
    }

    private func submitCode(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await request.form(context)
        guard let (unlocked, token) = try await waiting(request) else { return .seeOther("/sign-in") }
        guard let signedIn = try await signIn(unlocked, code: form["code"] ?? "") else {
            return try await codePage(request, context, error: "account.code.wrong", back: form["to"] ?? "")
        }
        try await services.casefile.signOut(token)
        var response = try await entered(signedIn, Self.inside(form["to"] ?? ""), context)
        response.removeCookie(Self.waitingCookie, secure: services.shell.settings.secureCookies, path: Self.waitingPath)
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

    private struct Credentials: Decodable {
        var username: String
        var password: String
        var code: String?
    }

    private func apiSignIn(_ request: Request, _ context: SiteContext) async throws -> Response {
        let input = try await request.json(Credentials.self)
        guard let unlocked = try await unlock(input.username, input.password, context) else {
            throw SiteError.unauthenticated
        }
        guard !unlocked.hasEnded else {
            throw SiteError.unauthenticated(type: "one-time-ended", "account.errors.one-time-ended")
        }
        let signedIn =
            if unlocked.codeIsDue, let code = input.code {
                try await signIn(unlocked, code: code)
            } else {
                try await services.casefile.signIn(unlocked, code: nil)
            }
        guard let signedIn else {
            throw SiteError.unauthenticated(type: "second-factor", "account.errors.second-factor")
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

/// The page after the password, where a code is due.
struct CodePage: MustacheParent {
    let error: String?
    let back: String
    let fields: [FormField]

    func child(named name: String) -> Any? {
        switch name {
        case "error": here(error)
        case "back": back
        case "fields": fields
        default: nil
        }
    }
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
