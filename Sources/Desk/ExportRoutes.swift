import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Site

/// Prints and exports: made on the server, sealed for whoever asked, fetched by them alone.
struct ExportRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    /// For all who may open letters somewhere.
    static let navigation = NavigationEntry(
        "exports.nav", href: "/exports", isFor: SearchRoutes.navigation.isFor)

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/exports") { request, context in try await self.own(request, context) }
        routes.get("/exports/:id/file") { _, context in try await self.fetch(context) }
        routes.get("/desk/reports/:id/export") { request, context in
            try await self.form(request, context, Form([]), [])
        }
        routes.post("/desk/reports/:id/export") { request, context in try await self.make(request, context) }
        routes.post("/desk/export") { request, context in
            let form = try await request.form(context)
            let query = QueueRequest(form, stages: self.casefile.workflow.stageOrder).query
            return try await self.list(.queue(query), context)
        }
        routes.post("/desk/search/export") { request, context in
            _ = try await request.form(context)
            return try await self.list(.search(try context.sessionToken), context)
        }
    }

    private func list(_ source: ExportSource, _ context: SiteContext) async throws -> Response {
        let table = ExportTable(workflow: casefile.workflow, texts: services.shell.texts(context))
        _ = try await casefile.export(source, by: try context.viewer) { items, head in table.draw(items, head) }
        return .seeOther("/exports?made=list")
    }

    private func fetch(_ context: SiteContext) async throws -> Response {
        guard let id = ExportID(try context.parameter("id")) else { throw SiteError.notFound }
        let (export, bytes) = try await casefile.fetch(id, by: try context.viewer)
        guard export.way == .export else { return Paper.shown(bytes, style: ExportPaper.style) }
        let ending = export.kind == "list" ? "csv" : "html"
        return FileResponse.download("\(export.number).\(ending)", size: Int64(bytes.count)) { writer in
            try await writer.write(ByteBuffer(bytes: bytes))
            try await writer.finish(nil)
        }
    }

    // MARK: A report

    private func make(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (id, viewer) = (try context.reportID, try context.viewer)
        let form = try await request.form(context)
        let order = ExportOrder(
            way: form["way"].flatMap { ExportWay(rawValue: $0) } ?? .print,
            parts: Set(form.all("parts").compactMap { ExportPart(rawValue: $0) }), ground: form["ground"] ?? "")
        let title = services.shell.texts(context).text("exports.paper.title")
        let paper = ExportPaper(
            services: services, frame: services.shell.frame(request, context, title: title, area: .staff), order: order)
        do {
            _ = try await casefile.export(order, of: id, by: viewer) { try paper.draw($0, $1) }
        } catch let CasefileError.invalid(faults) {
            return try await self.form(
                request, context, form, faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") })
        }
        return .seeOther("/exports?made=report")
    }

    private func form(
        _ request: Request, _ context: SiteContext, _ form: Form, _ errors: [FieldError]
    ) async throws -> Response {
        let id = try context.reportID
        let offered = try await casefile.exportable(id, by: try context.viewer)
        let texts = services.shell.texts(context)
        let rules = try ExportRules.shipped()
        let summary = ErrorSummary(errors, texts)
        let way = form["way"] ?? ExportWay.print.rawValue
        let fields = [
            FormField(
                "way", texts.text("exports.form.way"), .choice,
                options: ExportWay.allCases.map { one in
                    FieldOption(
                        one.rawValue, texts.text("exports.form.\(one.rawValue)"),
                        hint: texts.text("exports.form.\(one.rawValue)-hint"), isChosen: one.rawValue == way)
                }, isRequired: true),
            FormField(
                "parts", texts.text("exports.form.parts"), .choices, error: summary["parts"],
                options: ExportPart.allCases.filter(offered.contains).map { part in
                    FieldOption(
                        part.rawValue, texts.text("exports.part.\(part.rawValue)"),
                        isChosen: form.all("parts").contains(part.rawValue))
                }, isRequired: true),
            FormField(
                "ground", texts.text("exports.form.ground"), .choice, error: summary["ground"],
                options: rules.grounds.map { ground in
                    FieldOption(
                        ground.value, ground.label.text(context.language.rawValue),
                        isChosen: form["ground"] == ground.value)
                }, isRequired: true),
        ]
        let frame = try await services.staffFrame(request, context, title: texts.text("exports.form.title"))
        return try services.shell.page(
            "desk/export-form",
            Entry([
                "back": "/desk/reports/\(id)", "action": "/desk/reports/\(id)/export", "fields": fields,
                "summary": summary.isEmpty ? nil : summary,
                "about": texts.format("exports.form.about", ["n": String(rules.hours)]),
            ]), frame, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: My exports

    private func own(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (viewer, world) = (try context.viewer, try context.session.world)
        let texts = services.shell.texts(context)
        let now = casefile.clock.now()
        let own = try await casefile.exports(of: viewer).map { export in
            let minutes = max(0, (export.until.milliseconds - now.milliseconds) / 60_000)
            return Entry([
                "href": "/exports/\(export.id)/file", "number": export.number,
                "kind": texts.text("exports.kind.\(export.kind == "list" ? "list" : export.way.rawValue)"),
                "at": export.at.shortText,
                "left": texts.format("exports.left", ["h": String(minutes / 60), "m": String(minutes % 60)]),
                "fetched": texts.format("exports.fetched", ["n": String(export.downloads)]),
            ])
        }
        let counts = try await casefile.exportCounts(for: viewer).map { count in
            Entry([
                "who": world.staff[count.staff].map { context.language == .en ? $0.nameEnglish : $0.name },
                "month": count.month, "reports": String(count.reports), "lists": String(count.lists),
            ])
        }
        var frame = try await services.staffFrame(request, context, title: texts.text("exports.title"))
        if request.query("made") != nil { frame.notice = PageNotice(.done, texts.text("exports.made")) }
        return try services.shell.page(
            "desk/exports",
            Entry([
                "about": texts.format("exports.about", ["n": String(try ExportRules.shipped().hours)]),
                "own": own, "hasOwn": !own.isEmpty, "counts": counts, "hasCounts": !counts.isEmpty,
            ]), frame)
    }
}
