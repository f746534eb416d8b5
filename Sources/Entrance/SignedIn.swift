package import Casefile
import Casework
package import Hummingbird
import Kernel
package import Sealing
package import Site

enum SessionSlot: ContextSlot { typealias Value = (session: Session, token: String) }

extension SiteContext {
    /// The signed-in person, or the page that asks to sign in.
    package var session: Session {
        get throws(SiteError) {
            guard let found = self[SessionSlot.self] else { throw .unauthenticated }
            if found.session.mustChange {
                throw .forbidden(type: "password-change-due", "entrance.errors.change-first")
            }
            if found.session.mustEnrol { throw .forbidden(type: "second-factor-due", "account.errors.enrol-first") }
            return found.session
        }
    }

    /// The token of the session, which seals what is kept in memory for it.
    package var sessionToken: SessionToken {
        get throws(SiteError) {
            _ = try session
            guard let text = self[SessionSlot.self]?.token, let token = SessionToken(text) else {
                throw .unauthenticated
            }
            return token
        }
    }

    /// The signed-in person and their token, also where something is due before anything else.
    var ownSession: (session: Session, token: SessionToken) {
        get throws(SiteError) {
            guard let found = self[SessionSlot.self], let token = SessionToken(found.token) else {
                throw .unauthenticated
            }
            return (found.session, token)
        }
    }

    package var viewer: Viewer {
        get throws(SiteError) { try session.viewer }
    }
}

/// Finds the person behind the session cookie or the bearer token. Stands before every staff route.
package struct SessionLayer: RouterMiddleware {
    package typealias Context = SiteContext
    let casefile: Casefile

    package init(casefile: Casefile) { self.casefile = casefile }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let bearer = request.headers[.authorization].flatMap { value in
            value.hasPrefix("Bearer ") ? String(value.dropFirst(7)) : nil
        }
        let cookie = context.wantsJSON ? nil : request.cookie("session")
        if let text = bearer ?? cookie, let token = SessionToken(text),
            let session = try await casefile.session(token)
        {
            context[SessionSlot.self] = (session, text)
            context.trace.isSignedIn()
            if cookie != nil { context.csrf = FormToken.derive(from: text) }
        }
        return try await next(request, context)
    }
}

extension Services {
    /// The frame of a staff page: navigation for this person, name and place.
    package func staffFrame(
        _ request: Request, _ context: SiteContext, title: String, waiting: Int? = nil
    ) async throws -> PageFrame {
        var frame = shell.frame(request, context, title: title, area: .staff)
        frame.isWide = true
        guard let session = context[SessionSlot.self]?.session else { return frame }
        let (person, world) = (session.person, session.world)
        let texts = shell.texts(context)
        let entries = navigation.filter { $0.isFor(person, world) }
        // The most exact entry is where the person is: /admin/rules is not also /admin.
        let current = entries.map(\.href).filter { request.uri.path.hasPrefix($0) }.max { $0.count < $1.count }
        frame.navigation = entries.map { entry in
            NavigationItem(
                texts.text(entry.textKey), href: entry.href, isCurrent: entry.href == current,
                mark: entry.href == "/desk" ? waiting.map { $0 >= 1000 ? "999+" : String($0) } : nil)
        }
        let english = context.language == .en
        frame.userName = english ? person.nameEnglish : person.name
        frame.userPlace = world.organs[person.organ].map { english ? $0.nameEnglish : $0.shortName }
        return frame
    }

    /// The frame of an error page of the staff: with its navigation, and with the way on, back to the report that it was
    /// about, to the desk, or to signing in.
    package func errorFrame(
        _ request: Request, _ context: SiteContext, _ error: SiteError, title: String
    ) async -> PageFrame {
        let frame =
            (try? await staffFrame(request, context, title: title))
            ?? shell.frame(request, context, title: title, area: .staff)
        let texts = shell.texts(context)
        if error.kind == .unauthenticated {
            return frame.leading(NavigationItem(texts.text("errors.sign-in"), href: "/sign-in"))
        }
        let parts = request.uri.path.split(separator: "/")
        if parts.count > 3, parts.starts(with: ["desk", "reports"]), error.kind != .notFound {
            return frame.leading(
                NavigationItem(texts.text("errors.report"), href: "/desk/reports/" + String(parts[2])))
        }
        return frame.leading(NavigationItem(texts.text("errors.home"), href: frame.navigation.first?.href ?? "/"))
    }
}
