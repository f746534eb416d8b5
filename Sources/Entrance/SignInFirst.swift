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
            if error.type == "second-factor-due" { return .seeOther("/account/second-factor") }
            guard error.kind == .unauthenticated else { throw error }
            return .seeOther("/sign-in" + Self.back(to: request.uri.path))
        }
    }

    /// The part of an address that remembers where somebody wanted to go; nothing where that is not plain.
    static func back(to path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            (byte >= 0x2D && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
        }
        return isPlain && !path.isEmpty ? "?to=" + path : ""
    }
}
