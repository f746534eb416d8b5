import HTTPTypes
package import Hummingbird
package import Site

/// Leads somebody who asks for a staff page without being signed in to the sign-in page and back afterwards; the API
/// answers 401 instead.
package struct SignInFirst: RouterMiddleware {
    package typealias Context = SiteContext

    package init() {}

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as SiteError where !context.wantsJSON && request.method == .get {
            if error.type == "password-change-due" { return .seeOther("/password") }
            guard error.kind == .unauthenticated else { throw error }
            let isPlain = request.uri.path.utf8.allSatisfy { byte in
                (byte >= 0x2D && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
            }
            return .seeOther("/sign-in" + (isPlain ? "?to=" + request.uri.path : ""))
        }
    }
}
