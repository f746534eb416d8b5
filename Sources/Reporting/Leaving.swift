import Entrance
import HTTPTypes
import Hummingbird
import Site

/// “Leave at once”: everything that this browser holds of us goes, and the person is somewhere else.
extension ReportingRoutes {
    func addLeaving(to routes: some RouterMethods<SiteContext>) {
        routes.post("/leave") { request, _ in leave(request) }
        // The cookie of a draft comes to the wizard's own addresses only.
        routes.post("/report/leave") { request, _ in leave(request) }
    }

    /// No token: leaving must work on a page that has grown old. Other sites are refused before they come here.
    private func leave(_ request: Request) -> Response {
        if let key = draftKey(request) {
            // Nobody waits for this: without the cookie the draft cannot be opened, and it would end by itself.
            Task { try? await discard(key) }
        }
        var response = Response.seeOther(services.shell.settings.leaveURL)
        forgetEverything(&response)
        return response
    }

    /// The address at which leaving forgets a draft too.
    static let leaveAction = "/report/leave"

    /// Takes every cookie of ours away and asks the browser to throw out what it kept of our pages.
    ///
    /// The cookies go by name, and not by `Clear-Site-Data: "cookies"`: that one would take those of all sites of the
    /// same registrable domain, and works over TLS alone.
    func forgetEverything(_ response: inout Response) {
        let secure = services.shell.settings.secureCookies
        for (name, path) in [
            ("draft", Self.cookiePath), (ReceiptCookie.name, ReceiptCookie.path), (Turnstile.cookie, "/"),
            ("session", "/"), ("lang", "/"),
        ] { response.removeCookie(name, secure: secure, path: path) }
        response.headers[.clearSiteData] = "\"cache\", \"storage\""
        response.headers[.referrerPolicy] = "no-referrer"
    }
}

extension HTTPField.Name {
    /// W3C Clear Site Data: what the browser forgets.
    static let clearSiteData = HTTPField.Name("Clear-Site-Data") ?? .cacheControl
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .cacheControl
}
