import Casefile
import Casework
package import Hummingbird
import Mustache
import Sealing
package import Site

/// Changing one's own password.
package struct PasswordRoutes: Sendable {
    let services: Services

    package init(_ services: Services) { self.services = services }

    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/password") { request, context in try await self.page(request, context, nil) }
        routes.post("/password") { request, context in try await self.change(request, context) }
    }

    private func page(_ request: Request, _ context: SiteContext, _ error: FieldError?) async throws -> Response {
        let session = try context.ownSession.session
        let least = try await services.casefile.accountPolicy().least(withSecondFactor: session.hasSecondFactor)
        let texts = services.shell.texts(context)
        let frame = try await services.staffFrame(request, context, title: texts.text("entrance.password.title"))
        let summary = ErrorSummary(error.map { [$0] } ?? [], texts)
        let model = PasswordPage(
            summary: summary.isEmpty ? nil : summary, isFirst: session.mustChange,
            username: session.person.username,
            fields: [
                FormField(
                    "old", texts.text("entrance.password.old"), .password, error: summary["old"], isRequired: true,
                    autocomplete: "current-password"),
                FormField(
                    "new", texts.text("entrance.password.new"), .password,
                    hint: texts.format("entrance.password.hint", ["n": String(least)]),
                    error: summary["new"], isRequired: true, autocomplete: "new-password"),
                FormField(
                    "again", texts.text("entrance.password.again"), .password, error: summary["again"],
                    isRequired: true, autocomplete: "new-password"),
            ])
        return try services.shell.page(
            "entrance/password", model, frame, status: error == nil ? .ok : .unprocessableContent)
    }

    private func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (session, token) = try context.ownSession
        try services.limit.consume(SignInRoutes.perAccountAndAddress, for: session.person.username)
        let form = try await request.form(context)
        let new = form["new"] ?? ""
        guard new == form["again"] else {
            return try await page(request, context, FieldError("again", "entrance.faults.notTheSame"))
        }
        do {
            try await services.casefile.changePassword(of: session, token: token, from: form["old"] ?? "", to: new)
        } catch SealingError.busy {
            throw SiteError.tooMany(retryAfter: 5)
        } catch SealingError.weakPassword(let weakness) {
            let least = try await services.casefile.accountPolicy().least(withSecondFactor: session.hasSecondFactor)
            let arguments = weakness == .short ? ["n": String(least)] : [:]
            return try await page(request, context, FieldError("new", "account.weak.\(weakness.rawValue)", arguments))
        } catch CasefileError.invalid {
            return try await page(request, context, FieldError("old", "entrance.faults.wrongPassword"))
        }
        return .seeOther("/desk")
    }
}

struct PasswordPage: MustacheParent {
    let summary: ErrorSummary?
    let isFirst: Bool
    /// For password managers, which file the new password under it.
    let username: String
    let fields: [FormField]

    func child(named name: String) -> Any? {
        switch name {
        case "summary": summary
        case "first": isFirst
        case "username": username
        case "fields": fields
        default: nil
        }
    }
}
