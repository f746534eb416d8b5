import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// Searching on pages: begun by a form, looked at as often as one likes, stopped or cleared by a button.
struct SearchRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    /// For all who may open letters somewhere.
    static let navigation = NavigationEntry("search.nav", href: "/desk/search") { person, world in
        world.places(of: person.id).contains { place in
            world.offices[place.office].map { $0.kind != .administration && $0.kind != .custody } ?? false
        }
    }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk/search") { request, context in try await self.page(request, context, Form([]), []) }
        routes.post("/desk/search") { request, context in try await self.begin(request, context) }
        routes.post("/desk/search/stop") { request, context in
            let form = try await request.form(context)
            let session = try context.sessionToken
            if form["forget"] == nil {
                self.casefile.stopSearch(in: session)
            } else {
                self.casefile.forgetSearch(in: session)
            }
            return Response.seeOther("/desk/search")
        }
    }

    private func begin(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (viewer, session) = (try context.viewer, try context.sessionToken)
        let form = try await request.form(context)
        do {
            try await casefile.beginSearch(
                SearchQuery(
                    SearchKind(rawValue: form["kind"] ?? "") ?? .text, form["words"] ?? "",
                    messages: form["messages"] != nil), for: viewer, in: session)
        } catch let CasefileError.invalid(faults) {
            return try await page(
                request, context, form, faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") })
        }
        try await casefile.awaitSearch(in: session)
        return .seeOther("/desk/search")
    }

    private static let pageSize = 25

    private func page(
        _ request: Request, _ context: SiteContext, _ form: Form, _ errors: [FieldError]
    ) async throws -> Response {
        let (viewer, session) = (try context.viewer, try context.sessionToken)
        let texts = services.shell.texts(context)
        let summary = ErrorSummary(errors, texts)
        let search = try casefile.search(in: session)
        let offset = min(max(0, request.query("offset").flatMap { Int($0) } ?? 0), SearchLimits.found)
        let ids = Array((search?.found ?? []).dropFirst(offset).prefix(Self.pageSize))
        let items = try await casefile.found(ids, for: viewer)
        let model = Entry([
            "summary": summary.isEmpty ? nil : summary,
            "fields": fields(form, search, summary, texts), "shown": search != nil,
            "running": search.map { !$0.phase.isOver } ?? false,
            "over": search?.phase.isOver ?? false,
            "heading": search.map { heading($0, texts) },
            "progress": search.map { progress($0, texts) }, "of": search.map { String(max(1, $0.of)) },
            "searched": search.map { String($0.searched) },
            "items": items.map {
                QueueItem(
                    $0, workflow: casefile.workflow, texts: texts, language: context.language.rawValue)
            },
            "some": search.map { $0.phase.isOver && !$0.found.isEmpty } ?? false,
            "none": search.map { $0.phase.isOver && $0.found.isEmpty } ?? false,
            "pages": pages(offset: offset, shown: ids.count, of: search?.found.count ?? 0, texts),
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("search.title"))
        return try services.shell.page(
            "desk/search", model, frame, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func fields(
        _ form: Form, _ search: SearchView?, _ summary: ErrorSummary, _ texts: Catalogue
    ) -> [FormField] {
        let chosen = form["kind"] ?? search?.query.kind.rawValue ?? SearchKind.text.rawValue
        var messages = FormField("messages", texts.text("search.field.messages"), .flag)
        if form["messages"] != nil || (form["words"] == nil && search?.query.messages == true) {
            messages.value = "yes"
        }
        return [
            FormField(
                "kind", texts.text("search.field.kind"), .choice, error: summary["kind"],
                options: SearchKind.allCases.map { kind in
                    FieldOption(
                        kind.rawValue, texts.text("search.kind.\(kind.rawValue)"),
                        hint: texts.text("search.hint.\(kind.rawValue)"), isChosen: kind.rawValue == chosen)
                }, isRequired: true),
            FormField(
                "words", texts.text("search.field.words"), .search, value: form["words"] ?? search?.query.words,
                hint: texts.text("search.hint.words"), error: summary["words"], isRequired: true,
                maximumLength: SearchLimits.words),
            messages,
        ]
    }

    private func heading(_ search: SearchView, _ texts: Catalogue) -> String {
        texts.format(
            search.more ? "search.found-more" : "search.found",
            ["words": search.query.words, "n": String(search.found.count)])
    }

    private func progress(_ search: SearchView, _ texts: Catalogue) -> String {
        let tenths = Int(search.seconds * 10)
        return texts.format(
            "search.phase.\(search.phase.rawValue)",
            [
                "searched": String(search.searched), "of": String(search.of),
                "seconds": "\(tenths / 10).\(tenths % 10)",
            ])
    }

    private func pages(offset: Int, shown: Int, of count: Int, _ texts: Catalogue) -> Pagination? {
        let size = Self.pageSize
        guard count > size else { return nil }
        return Pagination(
            previous: offset > 0 ? "/desk/search?offset=\(max(0, offset - size))" : nil,
            next: offset + shown < count ? "/desk/search?offset=\(offset + size)" : nil,
            position: texts.format("desk.position", ["from": String(offset + 1), "to": String(offset + shown)]))
    }
}
