import HTTPTypes
package import Hummingbird
import Logging
import Mustache

/// Turns every error into an answer: a page in the visitor's language, or `application/problem+json` for programs.
///
/// Stands outermost once; a room may add it again inside its session layer with a `frame` that draws its navigation.
/// Errors that nobody mapped become 500 with the request's number and are logged at error level by their type alone:
/// their text might hold what a person wrote.
package struct ErrorPages: RouterMiddleware {
    package typealias Context = SiteContext
    /// Makes the frame of an error page from the request, the context, the error and the title.
    package typealias Frame = @Sendable (Request, SiteContext, SiteError, String) async -> PageFrame

    private let shell: Shell
    private let routes: RouteTable?
    private let frame: Frame

    package init(shell: Shell, frame: @escaping Frame) {
        self.init(shell: shell, routes: nil, frame: frame)
    }

    init(shell: Shell, routes: RouteTable?, frame: @escaping Frame) {
        self.shell = shell
        self.routes = routes
        self.frame = frame
    }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return await answer(to: request, context, siteError(for: error, request, context))
        }
    }

    private func siteError(for error: any Error, _ request: Request, _ context: SiteContext) -> SiteError {
        switch error {
        case let error as SiteError: return error
        case let error as any SiteErrorConvertible: return error.siteError
        case let error as any HTTPResponseError:
            let allowed = routes?.methods(for: request.uri.path) ?? []
            if error.status == .notFound, !allowed.isEmpty { return .methodNotAllowed(allowed) }
            return SiteError.Kind.allCases.first { $0.status == error.status }.map(SiteError.plain) ?? .fault
        case is CancellationError: return .unavailable
        default:
            context.logger.error(
                "unexpected error",
                metadata: ["error": "\(type(of: error))", "route": "\(context.endpointPath ?? "-")"])
            return .fault
        }
    }

    private func answer(to request: Request, _ context: SiteContext, _ error: SiteError) async -> Response {
        let texts = shell.texts(context)
        var response: Response
        if context.wantsJSON {
            response = (try? Problem(error, texts).response()) ?? Response(status: error.kind.status)
        } else {
            let model = ErrorPage(error, texts, requestID: context.requestID)
            let frame = await frame(request, context, error, model.title)
            response =
                (try? shell.page("error", model, frame, status: error.kind.status))
                ?? Response(status: error.kind.status)
        }
        for field in error.headers { response.headers[field.name] = field.value }
        return response
    }
}

/// What a person reads: what happened, what was kept, what to do next.
struct ErrorPage: MustacheParent {
    let title: String
    let what: String
    let kept: String
    let next: String
    let requestID: String?
    let summary: ErrorSummary?

    init(_ error: SiteError, _ texts: Catalogue, requestID: String) {
        let key = "errors." + error.kind.rawValue
        title = texts.text(key + ".title")
        what = texts.format(error.messageKey ?? key + ".what", error.arguments(in: texts.language))
        kept = texts.text(key + ".kept")
        next = texts.format(key + ".next", error.arguments(in: texts.language))
        self.requestID = error.kind == .fault || error.kind == .unavailable ? requestID : nil
        summary = error.fields.isEmpty ? nil : ErrorSummary(error.fields, texts, linked: false)
    }

    func child(named name: String) -> Any? {
        switch name {
        case "title": title
        case "what": what
        case "kept": kept
        case "next": next
        case "requestID": here(requestID)
        case "summary": here(summary)
        default: nil
        }
    }
}

/// RFC 9457. `type` is a relative reference such as `above-this-platform`.
struct Problem: Encodable {
    struct Field: Encodable {
        let field: String
        let message: String
    }

    let type: String
    let title: String
    let status: Int
    let detail: String
    let errors: [Field]

    init(_ error: SiteError, _ texts: Catalogue) {
        let key = "errors." + error.kind.rawValue
        type = error.type
        title = texts.text(key + ".title")
        status = error.kind.status.code
        detail = texts.format(error.messageKey ?? key + ".what", error.arguments(in: texts.language))
        errors = error.fields.map { Field(field: $0.field, message: texts.format($0.messageKey, $0.arguments)) }
    }

    func response() throws -> Response {
        try .json(self, status: .init(code: status), type: "application/problem+json")
    }
}
