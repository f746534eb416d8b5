import HTTPTypes
import Hummingbird

/// The headers of every answer.
///
/// The referrer policy is `same-origin`: nothing is told to other sites, while `no-referrer` would make browsers send
/// `Origin: null` with our own forms (Fetch standard, “append a request Origin header”).
struct SecurityHeaders: RouterMiddleware {
    static let policy = policy(formsMayLeadTo: nil)

    /// The policy of a page whose forms may lead to one origin besides our own: browsers that hold a redirect after a
    /// form against `form-action` would otherwise stop “leave at once”.
    static func policy(formsMayLeadTo origin: String?) -> String {
        [
            "default-src 'none'", "object-src 'none'", "style-src 'self'", "img-src 'self'", "script-src 'self'",
            "connect-src 'self'",
            "form-action 'self'" + (origin.map { " " + $0 } ?? ""), "frame-ancestors 'none'", "base-uri 'none'",
        ].joined(separator: "; ")
    }

    private static let fields: [(HTTPField.Name, String)] = [
        (.contentSecurityPolicy, policy),
        (.xContentTypeOptions, "nosniff"),
        (.known("Referrer-Policy"), "same-origin"),
        (.known("Cross-Origin-Opener-Policy"), "same-origin"),
        (.known("Cross-Origin-Resource-Policy"), "same-origin"),
        (.known("Permissions-Policy"), "camera=(), microphone=(), geolocation=(), interest-cohort=()"),
        (.known("X-Frame-Options"), "DENY"),
    ]

    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in Self.fields where response.headers[name] == nil { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
