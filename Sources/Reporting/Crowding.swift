import Entrance
import HTTPTypes
import Hummingbird
import Mustache
import Site

/// The things that are counted; ``visitors.yaml`` says how many of each.
package enum Quota: String, CaseIterable, Sendable {
    case draft, filing, upload, receipt
}

/// Over a limit: what was written stays, and the page says how to get through.
extension ReportingRoutes {
    func addCrowding(to routes: some RouterMethods<SiteContext>) {
        routes.post("/pass") { request, context in
            let form = try await request.form(context)
            let pass = try turnstile.pass(for: form["proof"] ?? "")
            var response = Response(status: .noContent)
            set(pass, on: &response)
            return response
        }
    }

    func admit(_ quota: Quota, _ request: Request, _ context: SiteContext) throws {
        try turnstile.admit(quota.rawValue, request, context)
    }

    private func set(_ pass: String, on response: inout Response) {
        response.setCookie(
            Turnstile.cookie, pass, secure: services.shell.settings.secureCookies, sameSite: .strict,
            maximumAge: 3600)
    }

    /// Does what counts; where there is no room, draws the page from which the same form is sent once more.
    ///
    /// - Parameter back: the address that the page belongs to, for the switch of language.
    func waiting(
        _ request: Request, _ context: SiteContext, _ form: Form, back: String,
        _ work: () async throws -> Response
    ) async throws -> Response {
        do { return try await work() } catch let crowd as Crowded {
            let fields = form.pairs.filter { !["csrf", "proof"].contains($0.name) }
            return try crowdedPage(
                request, context, crowd, back: back,
                CrowdedForm(method: "post", action: request.uri.path, fields: fields))
        }
    }

    /// As ``waiting(_:_:_:back:_:)``, where the form held files that have to be chosen again.
    func waitingForFiles(
        _ request: Request, _ context: SiteContext, back: String, _ work: () async throws -> Response
    ) async throws -> Response {
        do { return try await work() } catch let crowd as Crowded {
            return try crowdedPage(
                request, context, crowd, back: back, CrowdedForm(method: "get", action: back, fields: []),
                isUpload: true)
        }
    }

    private func crowdedPage(
        _ request: Request, _ context: SiteContext, _ crowd: Crowded, back: String, _ form: CrowdedForm,
        isUpload: Bool = false
    ) throws -> Response {
        let texts = services.shell.texts(context)
        var frame = services.shell.frame(request, context, title: texts.text("crowded.title"))
        frame.address = back
        frame.leaveAction = Self.leaveAction
        let model = CrowdedPage(
            isWaiting: crowd.pass == nil, wait: Self.duration(crowd.wait, texts), isUpload: isUpload, form: form,
            challenge: crowd.challenge, solver: services.shell.assets.address("solver.js"))
        var response = try services.shell.page("reporting/crowded", model, frame, status: .tooManyRequests)
        response.headers[.retryAfter] = String(max(1, crowd.wait))
        if let pass = crowd.pass { set(pass, on: &response) }
        return response
    }

    /// Whole minutes from two on, seconds below.
    private static func duration(_ seconds: Int, _ texts: Catalogue) -> String {
        seconds > 119
            ? texts.format("crowded.minutes", ["n": String((seconds + 59) / 60)])
            : texts.format("crowded.seconds", ["n": String(max(1, seconds))])
    }
}

/// The form that is sent once more.
struct CrowdedForm {
    let method: String
    let action: String
    let fields: [(name: String, value: String)]
}

struct CrowdedPage: MustacheParent {
    let isWaiting: Bool
    let wait: String
    let isUpload: Bool
    let form: CrowdedForm
    let challenge: Challenge
    let solver: String

    func child(named name: String) -> Any? {
        switch name {
        case "waiting": isWaiting
        case "wait": wait
        case "upload": isUpload
        case "post": form.method == "post"
        case "method": form.method
        case "action": form.action
        case "fields": form.fields.map { HiddenField(name: $0.name, value: $0.value) }
        case "challenge": challenge.text
        case "pieces": challenge.pieces
        case "bits": challenge.bits
        case "solver": solver
        default: nil
        }
    }
}

struct HiddenField: MustacheParent {
    let name: String
    let value: String

    func child(named name: String) -> Any? {
        switch name {
        case "name": self.name
        case "value": value
        default: nil
        }
    }
}
