package import Foundation
package import HTTPTypes
package import Hummingbird
package import Mustache

/// What the installation decides about its pages.
package struct ShellSettings: Sendable {
    /// Cookies are `Secure`: true wherever TLS stands in front.
    package var secureCookies: Bool
    /// Peers whose `X-Forwarded-For` is believed: addresses or CIDR blocks.
    package var trustedProxies: [String]
    /// Whether this is a demonstration; every page then says so.
    package var isDemo: Bool
    /// Where “leave at once” leads.
    package var leaveURL: String

    package init(
        secureCookies: Bool = false, trustedProxies: [String] = [], isDemo: Bool = false,
        leaveURL: String = "https://www.weather.com.cn/"
    ) {
        self.secureCookies = secureCookies
        self.trustedProxies = trustedProxies
        self.isDemo = isDemo
        self.leaveURL = leaveURL
    }
}

/// What every page stands on: texts, templates, assets and settings. A value that rooms take in through initialisers.
package struct Shell: Sendable {
    package let texts: Texts
    package let templates: Templates
    package let assets: Assets
    package let settings: ShellSettings
    /// The Content-Security-Policy of pages with “leave at once”.
    private let leavingPolicy: String

    /// Gathers `Resources/{texts,templates,assets}` of the site itself and of each room's bundle.
    package init(bundles: [Bundle] = [], settings: ShellSettings = ShellSettings()) throws {
        try self.init(
            folders: ([Bundle.module] + bundles).map { $0.bundlePath + "/Resources" },
            settings: settings)
    }

    init(folders: [String], settings: ShellSettings) throws {
        texts = try Texts(folders: folders)
        templates = try Templates(folders: folders)
        guard templates.sources["layout"] != nil else { throw TemplateError.unknown(template: "layout") }
        assets = try Assets(folders: folders)
        self.settings = settings
        let parts = settings.leaveURL.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        leavingPolicy = SecurityHeaders.policy(formsMayLeadTo: parts.count > 2 ? "\(parts[0])//\(parts[2])" : nil)
    }

    /// The catalogue in the request's language.
    package func texts(_ context: SiteContext) -> Catalogue { texts[context.language] }

    /// A frame for this request: language, token, demo banner and address are filled in; the room adds the rest.
    package func frame(
        _ request: Request, _ context: SiteContext, title: String, area: PageFrame.Area = .public
    ) -> PageFrame {
        var frame = PageFrame(
            title: title, language: context.language, area: area, address: Self.address(of: request))
        frame.csrf = context.csrf
        if settings.isDemo { frame.banner = texts[context.language].text("shell.demo") }
        if area == .public { frame.leaveURL = settings.leaveURL }
        return frame
    }

    /// The page as text. `template` names a file such as `desk/inbox`.
    package func draw(
        _ template: String, _ model: any MustacheParent, _ frame: PageFrame
    ) throws(TemplateError) -> String {
        let scope = PageScope(
            model: model, page: frame, texts: texts[frame.language].tree, assets: assets.tree)
        return try templates.render(template, scope)
    }

    /// The page as an answer.
    package func page(
        _ template: String, _ model: any MustacheParent = NoModel(), _ frame: PageFrame,
        status: HTTPResponse.Status = .ok
    ) throws(TemplateError) -> Response {
        let body = ByteBuffer(string: try draw(template, model, frame))
        var response = Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentLength: String(body.readableBytes),
                .contentLanguage: frame.language.rawValue,
            ], body: .init(byteBuffer: body))
        if frame.leaveURL != nil { response.headers[.contentSecurityPolicy] = leavingPolicy }
        return response
    }

    /// The request's own path and query without `lang`.
    private static func address(of request: Request) -> String {
        let rest = (uri: request.uri.path, query: request.uri.query ?? "")
        // “//elsewhere” and “/\\elsewhere” would be the address of another site.
        if let second = rest.uri.dropFirst().first, second == "/" || second == "\\" { return "/" }
        let kept = rest.query.split(separator: "&").filter { !$0.hasPrefix("lang=") }
        return kept.isEmpty ? rest.uri : rest.uri + "?" + kept.joined(separator: "&")
    }
}

extension Response {
    /// Where a form leads after it was taken: 303, so that reloading sends nothing again.
    package static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location, .contentLength: "0"])
    }

    /// An answer for programs.
    package static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json"
    ) throws -> Response {
        let body = ByteBuffer(bytes: try SiteContext.encoder.encode(value))
        return Response(
            status: status, headers: [.contentType: type, .contentLength: String(body.readableBytes)],
            body: .init(byteBuffer: body))
    }
}
