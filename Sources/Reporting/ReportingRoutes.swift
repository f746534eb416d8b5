import Casefile
package import Entrance
package import Hummingbird
package import Site

/// The public's side: home page, filing wizard, receipt pages and the public API.
package struct ReportingRoutes: Sendable {
    let services: Services
    /// The drafts of the wizard, for the composition root to sweep.
    package let drafts: Drafts

    package init(_ services: Services, limits: DraftLimits = .standard) {
        self.services = services
        let casefile = services.casefile
        drafts = Drafts(database: casefile.database, files: casefile.files, clock: casefile.clock, limits: limits)
    }

    /// Everything but `POST /api/v1/reports`: that address is shared with staff, and the composition root hands
    /// requests without a bearer token to ``filePublicly(_:_:)``.
    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/") { request, context in
            let title = services.shell.texts(context).text("reporting.home.title")
            return try services.shell.page(
                "reporting/home", NoModel(), services.shell.frame(request, context, title: title))
        }
        addWizard(to: routes)
        addReceiptPages(to: routes)
        addReceiptAPI(to: routes)
    }
}

/// How often one address may do what costs something. The address itself is never kept.
enum PublicLimits {
    static let filing = RateLimit.Rule("filing", burst: 20, perHour: 120)
    static let draft = RateLimit.Rule("draft", burst: 30, perHour: 180)
    static let upload = RateLimit.Rule("upload", burst: 60, perHour: 300)
    static let receipt = RateLimit.Rule("receipt", burst: 120, perHour: 1800)
}
