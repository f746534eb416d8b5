import Casefile
package import Entrance
package import Hummingbird
package import Site

/// The public's side: home page, filing wizard, receipt pages and the public API.
package struct ReportingRoutes: Sendable {
    let services: Services
    let turnstile: Turnstile
    /// The drafts of the wizard, for the composition root to sweep.
    package let drafts: Drafts

    package init(_ services: Services, limits: DraftLimits = .standard, visitors: VisitorRules) {
        self.services = services
        turnstile = Turnstile(services.limit, rules: visitors)
        let casefile = services.casefile
        drafts = Drafts(database: casefile.database, files: casefile.files, clock: casefile.clock, limits: limits)
    }

    /// Everything but `POST /api/v1/reports`: that address is shared with staff, and the composition root hands
    /// requests without a bearer token to ``filePublicly(_:_:)``.
    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/") { request, context in
            let title = services.shell.texts(context).text("titles.home")
            return try services.shell.page(
                "reporting/home", NoModel(), services.shell.frame(request, context, title: title))
        }
        addWizard(to: routes)
        addReceiptPages(to: routes)
        addReceiptAPI(to: routes)
        addPieces(to: routes)
        addLog(to: routes)
    }
}
