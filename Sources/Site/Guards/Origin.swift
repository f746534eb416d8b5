import Crypto
import HTTPTypes
import Hummingbird

/// Whether a request comes from our own pages.
enum Origin {
    /// True where `Sec-Fetch-Site`, `Origin` or `Referer` proves it. Plain-HTTP sites get no `Sec-Fetch-Site`, old
    /// browsers neither that nor `Origin`; where all are missing nothing is proven and the form's token decides.
    static func isSame(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site == "same-origin" || site == "none" }
        guard let host = request.head.authority else { return false }
        guard let claim = request.headers[.origin] ?? request.headers[.referer] else { return false }
        return Self.host(of: claim) == host.lowercased()
    }

    /// Whether the headers prove that the request comes from elsewhere.
    static func isForeign(_ request: Request) -> Bool {
        guard !isSame(request) else { return false }
        return request.headers[.secFetchSite] != nil || request.headers[.origin] != nil
            || request.headers[.referer] != nil
    }

    /// `host:port` of `https://host:port/path`.
    private static func host(of url: String) -> String? {
        for scheme in ["https://", "http://"] where url.hasPrefix(scheme) {
            return url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
        }
        return nil
    }
}

/// Refuses unsafe requests that other sites caused.
///
/// The API is passed over: it knows no cookies, only `Authorization`, which other sites cannot add.
struct OriginCheck: RouterMiddleware {
    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let isSafe = [.get, .head, .options].contains(request.method)
        if !isSafe, !context.wantsJSON, Origin.isForeign(request) {
            throw SiteError.forbidden(type: "foreign-origin", "errors.origin")
        }
        return try await next(request, context)
    }
}

/// The tokens that forms carry.
package enum FormToken {
    /// The token for whoever holds this secret, such as a session's or a draft's cookie. The secret cannot be told
    /// from the token.
    package static func derive(from secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("mingjian form token v1".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return code.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension SiteContext {
    /// Checks what a form sent as its token.
    ///
    /// Where ``csrf`` is set the token must equal it; where it is not, the headers must have proven our own origin.
    package func check(token: String?) throws(SiteError) {
        if let csrf {
            guard let token, Self.isEqual(token, csrf) else { throw .forbidden(type: "form-token", "errors.token") }
        } else if !isSameOrigin {
            throw .forbidden(type: "form-token", "errors.token")
        }
    }

    /// Takes the same time wherever the texts differ.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
