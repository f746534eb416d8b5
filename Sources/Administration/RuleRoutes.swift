import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site

/// The rules: everybody in the house may read them, administrators may change them for their organs and those below.
struct RuleRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin/rules") { request, context in try await read(request, context) }
        routes.get("/admin/rules/change") { request, context in
            let access = try await services.access(context)
            return try await form(Self.example(for: access, services.casefile.clock.now().day), nil, request, context)
        }
        routes.post("/admin/rules/preview") { request, context in
            _ = try await services.access(context)
            return try await tried(request, context) { text, viewer in
                try await preview(text, viewer, request, context)
            }
        }
        routes.post("/admin/rules/change") { request, context in
            _ = try await services.access(context)
            return try await tried(request, context) { text, viewer in
                try await services.casefile.upload(rules: text, by: viewer)
                return Response.seeOther("/admin/rules?done=rules-changed#changes")
            }
        }
        routes.get("/admin/rules/changes/:id/withdraw") { request, context in
            let access = try await services.access(context)
            let stored = try await change(access, context)
            let texts = services.shell.texts(context)
            let page = FormPage(
                title: texts.format("rules.withdraw.title", ["name": stored.change.name]),
                about: texts.text("rules.withdraw.about"),
                back: LinkItem(label: texts.text("rules.title"), href: "/admin/rules"),
                action: "/admin/rules/changes/\(stored.id)/withdraw",
                fields: [
                    FormField(
                        "scope", texts.text("rules.withdraw.scope"), .choice,
                        options: [
                            FieldOption("new", texts.text("rules.withdraw.new"), isChosen: true),
                            FieldOption("running", texts.text("rules.withdraw.running")),
                        ], isRequired: true)
                ], submit: texts.text("rules.withdraw.do"))
            return try await services.draw("form", page, title: page.title, request, context)
        }
        routes.post("/admin/rules/changes/:id/withdraw") { request, context in
            let access = try await services.access(context)
            let stored = try await change(access, context)
            let form = try await request.form(context)
            let scope = RuleScope(rawValue: form["scope"] ?? "") ?? .new
            try await services.casefile.withdraw(rules: stored.id, scope: scope, by: try context.viewer)
            return Response.seeOther("/admin/rules?done=rules-withdrawn#changes")
        }
    }

    private func read(_ request: Request, _ context: SiteContext) async throws -> Response {
        let me = try context.session.person
        let casefile = services.casefile
        let (world, book) = (try await casefile.world(), try await casefile.ruleBook())
        let today = casefile.clock.now().day
        let day = request.query("on").flatMap { Day($0) } ?? today
        let asked = request.query("organ").flatMap { $0.isEmpty ? nil : world.organ(code: $0) }
        guard let organ = asked ?? world.organs[me.organ],
            let workflow = book.workflow(of: organ.id, began: day, today: max(day, today), in: world)
        else { throw SiteError.notFound }
        let texts = services.shell.texts(context)
        let page = RulesPage(
            organ: organ, on: day, today: today, workflow: workflow, book: book,
            stored: try await casefile.ruleChanges(), tops: Administration.organs(administeredBy: me.id, in: world),
            world: world, texts: texts)
        return try await services.draw("rules", page, title: texts.text("rules.title"), request, context)
    }

    private func change(_ access: Access, _ context: SiteContext) async throws -> StoredRuleChange {
        guard let id = RuleChangeID(try context.parameter("id")),
            let stored = try await services.casefile.ruleChanges().first(where: { $0.id == id }),
            access.reaches(stored.organ), stored.withdrawnAt == nil
        else { throw SiteError.notFound }
        return stored
    }

    /// What came in is drawn again with the fault beside it when it is refused.
    private func tried(
        _ request: Request, _ context: SiteContext, _ body: (String, Viewer) async throws -> Response
    ) async throws -> Response {
        let sent = try await request.form(context)
        let text = sent["text"] ?? ""
        if sent.isOn("again") { return try await form(text, nil, request, context) }
        let texts = services.shell.texts(context)
        do {
            return try await body(text, try context.viewer)
        } catch let fault as RuleFault {
            let message = texts.format(
                "rules.fault", ["line": String(fault.line), "reason": fault.words.told(in: texts)])
            return try await form(text, message, request, context)
        } catch CasefileError.notYourAct {
            return try await form(text, texts.text("rules.not-yours"), request, context)
        }
    }

    private func form(
        _ text: String, _ error: String?, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let page = FormPage(
            title: texts.text("rules.change.title"), about: texts.text("rules.change.about"),
            back: LinkItem(label: texts.text("rules.title"), href: "/admin/rules"),
            summary: error.map { ErrorSummary([FieldError("text", $0)], texts) },
            notes: [texts.text("rules.change.shorter")], action: "/admin/rules/preview",
            fields: [
                FormField(
                    "text", texts.text("rules.change.text"), .area(rows: 18), value: text,
                    hint: texts.text("rules.change.hint"), error: error, isRequired: true)
            ], submit: texts.text("rules.change.preview"))
        return try await services.draw(
            "form", page, title: page.title, request, context, status: error == nil ? .ok : .unprocessableContent)
    }

    private func preview(
        _ text: String, _ viewer: Viewer, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let page = RulePreviewPage(
            try await services.casefile.preview(rules: text, by: viewer), text: text, texts: texts)
        return try await services.draw(
            "rule-preview", page, title: texts.text("rules.preview.title"), request, context)
    }

    /// A text to begin with, so that nobody has to know the keys by heart.
    private static func example(for access: Access, _ today: Day) -> String {
        """
        organ: "\(access.tree.first?.organ.code ?? "")"
        name: \(today.year)-1
        effectiveFrom: \(today.adding(days: 7).text)
        # new | running
        appliesTo: new
        source: {zh: "", en: ""}
        limits:
          - name: distribution
            count: 3
            source: {zh: "", en: ""}

        """
    }
}
