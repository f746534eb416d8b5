import Casefile
import Casework
import Database
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Site

/// The organs and their offices.
struct OrganRoutes: Sendable {
    let services: Services

    private static let fixedFields = ["code", "level", "parent", "region"]
    private static let changeable = ["name", "name_en", "short_name", "attached_unit", "delegated", "aliases"]

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin") { request, context in
            let access = try await services.access(context)
            let texts = services.shell.texts(context)
            let page = OverviewPage(access, regions: services.casefile.regions, texts: texts)
            return try await services.draw(
                "overview", page, title: texts.text("administration.overview.title"), request, context)
        }
        routes.get("/admin/new-organ") { request, context in
            let access = try await services.access(context)
            return try await newOrgan(access, ["parent": request.query("parent") ?? ""], nil, request, context)
        }
        routes.post("/admin/new-organ") { request, context in try await addOrgan(request, context) }
        routes.get("/admin/organs/:id") { request, context in
            let organ = try await services.access(context).organ(context)
            let texts = services.shell.texts(context)
            let page = OrganPage(
                organ, try await services.casefile.world(), regions: services.casefile.regions,
                oneTime: try await services.casefile.peopleWithOneTimePassword(), texts: texts)
            return try await services.draw("organ", page, title: texts.name(organ), request, context)
        }
        routes.get("/admin/organs/:id/change") { request, context in
            let organ = try await services.access(context).organ(context)
            return try await change(organ, organ.values, nil, request, context)
        }
        routes.post("/admin/organs/:id/change") { request, context in try await changeOrgan(request, context) }
        routes.get("/admin/organs/:id/new-office") { request, context in
            let organ = try await services.access(context).organ(context)
            return try await office(organ, nil, [:], nil, request, context)
        }
        routes.post("/admin/organs/:id/new-office") { request, context in try await addOffice(request, context) }
        routes.get("/admin/offices/:id") { request, context in
            let (found, organ) = try await services.access(context).office(context)
            let values = ["name": found.name, "name_en": found.nameEnglish]
            return try await office(organ, found, values, nil, request, context)
        }
        routes.post("/admin/offices/:id") { request, context in try await renameOffice(request, context) }
    }

    private func addOrgan(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let values = try await request.form(context).values(Self.fixedFields + Self.changeable)
        do {
            let draft = DirectoryDraft(access.world)
            if draft.organs[(values["code"] ?? "").trimmed] != nil { throw DirectoryError("code", .codeTaken) }
            let organ = try draft.organ(values, at: services.casefile.clock.now())
            guard let parent = organ.parent, access.reaches(parent) else {
                throw DirectoryError("parent", .parentUnknown)
            }
            try await unique("code", .codeTaken) { try await services.casefile.enlarge(organs: [organ]) }
            return .seeOther("/admin/organs/\(organ.id)?done=organ-added")
        } catch let error as DirectoryError {
            return try await newOrgan(access, values, error, request, context)
        }
    }

    private func changeOrgan(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let organ = try access.organ(context)
        let sent = try await request.form(context).values(Self.changeable)
        do {
            let values = organ.values.merging(sent) { _, new in new }
            let changed = try DirectoryDraft(access.world).organ(values, at: services.casefile.clock.now())
            try await services.casefile.change(organ: changed)
            return .seeOther("/admin/organs/\(organ.id)?done=changed")
        } catch let error as DirectoryError {
            return try await change(organ, sent, error, request, context)
        }
    }

    private func addOffice(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let organ = try access.organ(context)
        let sent = try await request.form(context).values(["code", "kind", "name", "name_en"])
        do {
            let code = (sent["code"] ?? "").trimmed
            if access.world.offices(of: organ.id).contains(where: { $0.code == code }) {
                throw DirectoryError("code", .codeTaken)
            }
            let values = sent.merging(["organ": organ.code]) { _, new in new }
            let office = try DirectoryDraft(access.world).office(values, at: services.casefile.clock.now())
            try await unique("code", .codeTaken) { try await services.casefile.enlarge(offices: [office]) }
            return .seeOther("/admin/organs/\(organ.id)?done=office-added")
        } catch let error as DirectoryError {
            return try await office(organ, nil, sent, error, request, context)
        }
    }

    private func renameOffice(_ request: Request, _ context: SiteContext) async throws -> Response {
        let access = try await services.access(context)
        let (found, organ) = try access.office(context)
        let sent = try await request.form(context).values(["name", "name_en"])
        do {
            let values = sent.merging(["organ": organ.code, "code": found.code]) { _, new in new }
            let changed = try DirectoryDraft(access.world).office(values, at: services.casefile.clock.now())
            try await services.casefile.change(office: changed)
            return .seeOther("/admin/organs/\(organ.id)?done=changed")
        } catch let error as DirectoryError {
            return try await office(organ, found, sent, error, request, context)
        }
    }

    private func newOrgan(
        _ access: Access, _ values: FieldValues, _ error: DirectoryError?, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let form = FieldMaker(texts: texts, values: values, error: error)
        let parents = access.tree.map(\.organ).filter { $0.level.rank != nil && $0.level != .township }
        let page = FormPage(
            title: texts.text("administration.organ.add"),
            back: LinkItem(label: texts.text("administration.overview.title"), href: "/admin"), summary: form.summary,
            action: "/admin/new-organ",
            fields: [
                form.select("parent", parents.map { ($0.code, texts.name($0)) }),
                form.select("level", OrganLevel.allCases.map { ($0.rawValue, texts.name($0)) }),
                form.line("code", isRequired: true, hasHint: true), form.line("name", isRequired: true),
                form.line("name_en"), form.line("short_name"),
                form.line("region", isRequired: true, hasHint: true), form.line("attached_unit", hasHint: true),
                form.delegated(), form.lines("aliases"),
            ], submit: texts.text("administration.add"))
        return try await services.draw("form", page, title: page.title, request, context, status: error.status)
    }

    private func change(
        _ organ: Organ, _ values: FieldValues, _ error: DirectoryError?, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let form = FieldMaker(texts: texts, values: values, error: error)
        var fields = [form.line("name", isRequired: true), form.line("name_en"), form.line("short_name")]
        if organ.level == .dispatched {
            fields += [form.line("attached_unit", isRequired: true, hasHint: true), form.delegated()]
        }
        fields.append(form.lines("aliases"))
        let page = FormPage(
            title: texts.text("administration.organ.change"), about: texts.name(organ),
            back: LinkItem(label: texts.name(organ), href: "/admin/organs/\(organ.id)"), summary: form.summary,
            notes: [texts.text("administration.organ.fixed")], action: "/admin/organs/\(organ.id)/change",
            fields: fields, submit: texts.text("administration.save"))
        return try await services.draw("form", page, title: page.title, request, context, status: error.status)
    }

    /// The form of a new office, or of one that is renamed.
    private func office(
        _ organ: Organ, _ old: Office?, _ values: FieldValues, _ error: DirectoryError?, _ request: Request,
        _ context: SiteContext
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let form = FieldMaker(texts: texts, values: values, error: error)
        var fields: [FormField] = []
        if old == nil {
            let taken = Set(try await services.casefile.world().offices(of: organ.id).map(\.kind))
            let kinds = OfficeKind.allCases.filter { !$0.isSingle || !taken.contains($0) }
            fields = [
                form.select("kind", kinds.map { ($0.rawValue, texts.name($0)) }),
                form.line("code", isRequired: true, hasHint: true),
            ]
        }
        fields += [form.line("name", isRequired: true), form.line("name_en")]
        let page = FormPage(
            title: texts.text(old == nil ? "administration.office.add" : "administration.office.rename"),
            about: old.map { "\(texts.name(organ)) · \(texts.name($0))" } ?? texts.name(organ),
            back: LinkItem(label: texts.name(organ), href: "/admin/organs/\(organ.id)"), summary: form.summary,
            notes: old == nil ? [texts.text("administration.office.note")] : [],
            action: old.map { "/admin/offices/\($0.id)" } ?? "/admin/organs/\(organ.id)/new-office", fields: fields,
            submit: texts.text(old == nil ? "administration.add" : "administration.save"))
        return try await services.draw("form", page, title: page.title, request, context, status: error.status)
    }
}

/// What the database refuses because somebody else was faster is a fault of the field like any other.
func unique(_ field: String, _ fault: DirectoryFault, _ write: () async throws -> Void) async throws {
    do { try await write() } catch DatabaseError.constraint(.unique, _) { throw DirectoryError(field, fault) }
}

/// Makes the fields of a form from what came in and what was wrong with it.
struct FieldMaker {
    let texts: Catalogue
    let values: FieldValues
    let summary: ErrorSummary

    init(texts: Catalogue, values: FieldValues, error: DirectoryError?) {
        self.texts = texts
        self.values = values
        summary = ErrorSummary(error, texts)
    }

    func line(
        _ name: String, labelled key: String? = nil, isRequired: Bool = false, hasHint: Bool = false
    ) -> FormField {
        FormField(
            name, label(key ?? name), value: values[name], hint: hasHint ? hint(name) : nil, error: summary[name],
            isRequired: isRequired)
    }

    /// Several names, one a line.
    func lines(_ name: String) -> FormField {
        FormField(name, label(name), .area(rows: 4), value: values[name], hint: hint(name), error: summary[name])
    }

    func select(_ name: String, _ options: [(value: String, label: String)]) -> FormField {
        FormField(
            name, label(name), .select, error: summary[name],
            options: options.map { FieldOption($0.value, $0.label, isChosen: $0.value == values[name]) },
            isRequired: true)
    }

    /// How high a dispatched team may receive; nothing chosen: one level below its superior.
    func delegated() -> FormField {
        FormField(
            "delegated", label("delegated"), .select, hint: hint("delegated"), error: summary["delegated"],
            options: ManagementLevel.allCases.filter { $0 != .unknown }
                .map { FieldOption($0.rawValue, texts.name($0), isChosen: $0.rawValue == values["delegated"]) })
    }

    private func key(_ name: String) -> String { name.split(separator: "_").joined(separator: "-") }
    private func label(_ name: String) -> String { texts.text("administration.fields." + key(name)) }
    private func hint(_ name: String) -> String { texts.text("administration.hints." + key(name)) }
}

extension Optional where Wrapped == DirectoryError {
    var status: HTTPResponse.Status { self == nil ? .ok : .unprocessableContent }
}

extension Organ {
    /// What may be changed on a page, as a form holds it.
    fileprivate var values: FieldValues {
        [
            "code": code, "name": name, "name_en": nameEnglish, "short_name": shortName,
            "attached_unit": attachedUnit ?? "", "delegated": delegated?.rawValue ?? "",
            "aliases": aliases.joined(separator: "\n"),
        ]
    }
}
