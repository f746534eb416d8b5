import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Site

/// Finding reports by who reported: for custodians alone, with a ground, each search on record. What was looked for is
/// sent in a form and stands in no address, title or log (I-5).
struct IdentitySearchRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    static let navigation = NavigationEntry("identity.search.nav", href: "/identities") { person, world in
        world.custody(of: person.id) != nil
    }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/identities") { request, context in
            try await page(request, context, Form([]), [], found: nil)
        }
        routes.post("/identities") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            var faults: [FieldFault] = []
            let kind = IdentityKind(rawValue: form["kind"] ?? "")
            if kind == nil { faults.append(FieldFault("kind", "choice")) }
            let value = form.filled("value") ?? ""
            if value.isEmpty { faults.append(FieldFault("value", "required")) }
            if value.count > FilingLimits.short { faults.append(FieldFault("value", "tooLong")) }
            guard faults.isEmpty, let kind else { return try await page(request, context, form, faults, found: nil) }
            do {
                let found = try await services.casefile.searchReporters(
                    kind, value, ground: form["ground"] ?? "", by: viewer)
                return try await page(request, context, form, [], found: found)
            } catch CasefileError.invalid(let faults) {
                return try await page(request, context, form, faults, found: nil)
            }
        }
    }

    private func page(
        _ request: Request, _ context: SiteContext, _ form: Form, _ faults: [FieldFault], found: [FoundIdentity]?
    ) async throws -> Response {
        let me = try context.session.person
        guard try context.session.world.custody(of: me.id) != nil else { throw SiteError.notFound }
        let texts = services.shell.texts(context)
        let language = context.language.rawValue
        let workflow = services.casefile.workflow
        let summary = ErrorSummary(faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }, texts)
        let kinds = IdentityKind.allCases.map { kind in
            FieldOption(
                kind.rawValue, texts.text("identity.search.kind.\(kind.rawValue)"),
                isChosen: form["kind"] == kind.rawValue)
        }
        let grounds = (workflow.vocabularies["identity-search-ground"] ?? []).map {
            FieldOption($0.value, $0.label.text(language), isChosen: form["ground"] == $0.value)
        }
        let fields = [
            FormField(
                "kind", texts.text("identity.search.by"), .select, error: summary["kind"], options: kinds,
                isRequired: true),
            FormField(
                "value", texts.text("identity.search.value"), value: form["value"],
                hint: texts.text("identity.search.hint"), error: summary["value"], isRequired: true,
                maximumLength: FilingLimits.short),
            FormField(
                "ground", texts.text("identity.search.ground"), .choice, error: summary["ground"], options: grounds,
                isRequired: true),
        ]
        let rows = found?.map { entry in
            Entry([
                "href": "/desk/reports/\(entry.id)", "number": entry.number ?? texts.text("desk.report"),
                "name": entry.reporter.name, "stage": workflow.stageLabel(entry.stage, language),
                "received": entry.receivedAt.day.text,
            ])
        }
        let frame = try await services.staffFrame(request, context, title: texts.text("identity.search.title"))
        return try services.shell.page(
            "desk/identity-search",
            Entry([
                "summary": summary.isEmpty ? nil : summary, "fields": fields, "rows": rows ?? [],
                "hasRows": rows?.isEmpty == false, "none": rows?.isEmpty == true,
            ]), frame, status: faults.isEmpty ? .ok : .unprocessableContent)
    }
}
