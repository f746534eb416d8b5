import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Site

/// A look at the reporter's identity while it stands open: each one is an event, and the page that shows it has no
/// address of its own to come back to.
struct IdentityRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.post("/desk/reports/:id/identity") { request, context in try await self.look(request, context) }
    }

    private func look(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.reportID
        let viewer = try context.viewer
        _ = try await request.form(context)
        let reporter = try await services.casefile.lookAtIdentity(of: id, by: viewer)
        let view = try await services.casefile.report(id, for: viewer)
        let texts = services.shell.texts(context)
        // Neither title nor address says what is shown here (I-5).
        let frame = try await services.staffFrame(request, context, title: view.number ?? texts.text("desk.report"))
        let model = Entry([
            "rules": reporter.safeContact.isEmpty ? nil : reporter.safeContact,
            "facts": ReporterFacts(texts: texts).facts(of: reporter), "back": "/desk/reports/\(id)",
            "until": view.opening?.until.shortText,
        ])
        return try services.shell.page("desk/identity-page", model, frame)
    }
}

/// A reporter as lines of a page.
struct ReporterFacts {
    let texts: Catalogue

    func facts(of reporter: Reporter) -> [Fact] {
        [
            Fact(texts.text("desk.reporter.kind"), texts.text("desk.reporter.\(reporter.kind.rawValue)")),
            Fact(texts.text("desk.reporter.name"), reporter.name),
            Fact(texts.text("desk.reporter.phone"), reporter.phone),
            Fact(texts.text("desk.reporter.email"), reporter.email),
            Fact(texts.text("desk.reporter.address"), reporter.address),
            Fact(texts.text("desk.reporter.id"), reporter.residentID),
            Fact(texts.text("desk.reporter.others"), reporter.others),
            Fact(texts.text("desk.reporter.safe"), reporter.safeContact),
        ].compactMap { $0 }
    }
}
