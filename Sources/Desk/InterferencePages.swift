import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Site

/// Records of interference (I-12): written from a report's page, examined by internal supervision.
struct InterferenceRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    /// Internal supervision examines; leaders do where the organ below has none that may.
    static let navigation = NavigationEntry("interference.nav", href: "/interference") { person, world in
        world.places(of: person.id).contains { place in
            let kind = world.offices[place.office]?.kind
            return kind == .internal || (kind == .leaders && (place.role == .deputy || place.role == .principal))
        }
    }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk/reports/:id/interference") { request, context in
            try await self.form(request, context, Form([]), [])
        }
        routes.post("/desk/reports/:id/interference") { request, context in try await self.record(request, context) }
        routes.get("/interference") { request, context in try await self.list(request, context, failed: nil) }
        routes.post("/interference/:id/examined") { request, context in try await self.examine(request, context) }
    }

    // MARK: Recording

    private func form(
        _ request: Request, _ context: SiteContext, _ form: Form, _ errors: [FieldError]
    ) async throws -> Response {
        let id = try context.reportID
        let report = try await casefile.report(id, for: try context.viewer)
        let texts = services.shell.texts(context)
        let summary = ErrorSummary(errors, texts)
        func field(_ name: String, _ kind: FormField.Kind = .text, limit: Int, required: Bool = false) -> FormField {
            let hint = "interference.hint.\(name)"
            return FormField(
                name, texts.text("interference.field.\(name)"), kind, value: form[name],
                hint: texts.has(hint) ? texts.text(hint) : nil, error: summary[name], isRequired: required,
                maximumLength: limit)
        }
        let fields = [
            field("name", limit: 500), field("post", limit: 500), field("unit", limit: 500),
            FormField(
                "way", texts.text("interference.field.way"), .choice, error: summary["way"],
                options: InterferenceWay.allCases.map {
                    FieldOption(
                        $0.rawValue, texts.text("interference.way.\($0.rawValue)"), isChosen: form["way"] == $0.rawValue
                    )
                }, isRequired: true),
            FormField(
                "day", texts.text("interference.field.day"), .date, value: form["day"] ?? casefile.clock.now().day.text,
                error: summary["day"], isRequired: true),
            field("text", .area(rows: 6), limit: 20_000, required: true),
        ]
        let model = Entry([
            "number": report.number, "back": "/desk/reports/\(id)", "action": "/desk/reports/\(id)/interference",
            "record": form["record"] ?? InterferenceID.random().description, "fields": fields,
            "summary": summary.isEmpty ? nil : summary,
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("interference.title"))
        return try services.shell.page(
            "desk/interference-form", model, frame, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func record(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let form = try await request.form(context)
        let way = InterferenceWay(rawValue: form["way"] ?? "")
        let day = Day(form.filled("day") ?? "")
        let told = Interference(
            name: form.filled("name") ?? "", post: form.filled("post") ?? "", unit: form.filled("unit") ?? "",
            way: way ?? .other, day: day ?? casefile.clock.now().day, text: form.filled("text") ?? "")
        var faults = told.faults(today: casefile.clock.now().day)
        if way == nil { faults.append(FieldFault("way", "required")) }
        if day == nil { faults.append(FieldFault("day", "date")) }
        guard faults.isEmpty else {
            return try await self.form(
                request, context, form, faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") })
        }
        let id = form["record"].flatMap { InterferenceID($0) } ?? .random()
        try await casefile.recordInterference(told, as: id, on: try context.reportID, by: viewer)
        return .seeOther("/interference?done=recorded")
    }

    // MARK: Reading and examining

    private typealias Failed = (id: InterferenceID, typed: String?, errors: [FieldError])

    private func list(_ request: Request, _ context: SiteContext, failed: Failed?) async throws -> Response {
        let viewer = try context.viewer
        let texts = services.shell.texts(context)
        let offset = min(max(0, request.query("offset").flatMap { Int($0) } ?? 0), 1_000_000)
        let page = try await casefile.interferences(for: viewer, offset: offset)
        let own = try await casefile.ownInterferences(of: viewer)
        let world = try await casefile.world()
        let entries = page.records.map { entry($0, texts, world, failed: failed) }
        let size = Casefile.interferencePage
        let pages: Pagination? =
            offset == 0 && !page.more
            ? nil
            : Pagination(
                previous: offset > 0 ? "/interference?offset=\(max(0, offset - size))" : nil,
                next: page.more ? "/interference?offset=\(offset + size)" : nil)
        let model = Entry([
            "examines": world.staff[viewer.staff].map { Self.navigation.isFor($0, world) } ?? false,
            "records": entries, "pages": pages, "own": own.map { entry($0, texts, world, failed: nil) },
            "hasOwn": !own.isEmpty,
        ])
        var frame = try await services.staffFrame(request, context, title: texts.text("interference.list-title"))
        if let done = request.query("done"), texts.has("interference.done.\(done)") {
            frame.notice = PageNotice(.done, texts.text("interference.done.\(done)"))
        }
        return try services.shell.page(
            "desk/interference", model, frame, status: failed == nil ? .ok : .unprocessableContent)
    }

    private func entry(_ view: InterferenceView, _ texts: Catalogue, _ world: World, failed: Failed?) -> Entry {
        let isEnglish = texts.language == .en
        func person(_ id: StaffID) -> String? { world.staff[id].map { isEnglish ? $0.nameEnglish : $0.name } }
        let told = view.interference
        let mine = failed?.id == view.id ? failed : nil
        let form = view.id.description
        let summary = mine.map { ErrorSummary($0.errors, texts, form: form) }
        var field = FormField(
            "note", texts.text("interference.field.note"), .area(rows: 3), value: mine?.typed, error: summary?["note"],
            isRequired: true, maximumLength: 20_000)
        field.form = form
        let facts: [Fact] = [
            Fact(texts.text("interference.field.post"), told?.post),
            Fact(texts.text("interference.field.unit"), told?.unit),
            Fact(texts.text("interference.field.way"), told.map { texts.text("interference.way.\($0.way.rawValue)") }),
            Fact(texts.text("interference.field.day"), told?.day.text),
            Fact(texts.text("interference.number"), view.number),
            Fact(
                texts.text("interference.recorded-by"),
                [world.organs[view.organ].map { isEnglish ? $0.nameEnglish : $0.name }, person(view.recorder)]
                    .compactMap { $0 }.joined(separator: " · ")),
            Fact(texts.text("interference.recorded-at"), view.recordedAt.shortText),
            Fact(
                texts.text("interference.examined"),
                view.examination.map { [$0.at.shortText, person($0.staff)].compactMap { $0 }.joined(separator: " · ") }),
            Fact(texts.text("interference.field.note"), view.examination?.note),
        ].compactMap { $0 }
        return Entry([
            "title": told.map { $0.name.isEmpty ? $0.post : $0.name } ?? texts.text("interference.sealed"),
            "facts": facts, "text": told?.text, "open": view.examination == nil,
            "action": view.mayExamine ? "/interference/\(view.id)/examined" : nil, "field": field, "summary": summary,
        ])
    }

    private func examine(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let form = try await request.form(context)
        guard let id = InterferenceID(try context.parameter("id")) else { throw SiteError.notFound }
        do {
            try await casefile.examineInterference(id, note: form.filled("note") ?? "", by: viewer)
        } catch let CasefileError.invalid(faults) {
            let errors = faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }
            return try await list(request, context, failed: (id, form["note"], errors))
        }
        return .seeOther("/interference?done=examined")
    }
}
