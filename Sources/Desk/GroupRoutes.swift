import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Site

/// Many letters of one wording, or of one reporter: counted rightly, judged together, refused to nobody.
struct GroupRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk/groups") { request, context in try await self.list(request, context) }
        routes.get("/desk/reports/:id/group") { request, context in try await self.page(request, context) }
        routes.post("/desk/reports/:id/group") { request, context in try await self.judge(request, context) }
    }

    private func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let groups = try await casefile.groups(for: try context.viewer)
        let texts = services.shell.texts(context)
        let model = Entry([
            "kinds": GroupKind.allCases.map { kind in
                let own = groups.filter { $0.kind == kind }
                return Entry([
                    "title": texts.text("groups.kind.\(kind.rawValue)"),
                    "about": texts.text("groups.about.\(kind.rawValue)"),
                    "items": own.map { GroupWords(texts).entry($0) }, "hasItems": !own.isEmpty,
                ])
            }
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("groups.title"))
        return try services.shell.page("desk/groups", model, frame)
    }

    private func page(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (id, viewer) = (try context.reportID, try context.viewer)
        let kind = request.query("kind").flatMap { GroupKind(rawValue: $0) } ?? .wording
        let start = max(request.query("from").flatMap { Int($0) } ?? 0, 0)
        let found = try await casefile.group(of: id, kind, from: start, for: viewer)
        let texts = services.shell.texts(context)
        let language = context.language.rawValue
        let address = "/desk/reports/\(id)/group"
        let next = found?.hasMore == true ? start + Casefile.groupedOnPage : nil
        let model = Entry([
            "back": "/desk/reports/\(id)", "title": texts.text("groups.kind.\(kind.rawValue)"),
            "about": texts.text("groups.about.\(kind.rawValue)"), "kind": kind.rawValue, "from": String(start),
            "group": found.map { GroupWords(texts).entry($0.group) },
            "letters": found?.letters.map { letter in
                Entry([
                    "id": letter.id.description, "href": "/desk/reports/\(letter.id)",
                    "number": letter.number ?? texts.text("desk.report"), "title": letter.title,
                    "stage": casefile.workflow.stageLabel(letter.stage, language),
                    "received": letter.receivedAt.day.text, "isFirst": letter.id == found?.group.first,
                    "isSettled": letter.isSettled,
                    "same": kind == .reporter && letter.id != found?.group.first
                        ? "/desk/reports/\(letter.id)/same" : nil,
                ])
            } ?? [],
            "judges": kind == .wording && found != nil, "action": address,
            "earlier": start > 0
                ? "\(address)?kind=\(kind.rawValue)&from=\(max(start - Casefile.groupedOnPage, 0))" : nil,
            "later": next.map { "\(address)?kind=\(kind.rawValue)&from=\($0)" },
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("groups.title"))
        return try services.shell.page("desk/group", model, frame)
    }

    /// Judges the marked letters to tell of one matter with the first of the group, or takes that back. Each is a decision of
    /// its own, and can be taken back by itself too.
    private func judge(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (id, viewer) = (try context.reportID, try context.viewer)
        let form = try await request.form(context)
        let decision = form["decision"].flatMap { SameDecision(rawValue: $0) }
        let marked = form.all("letter").compactMap { ReportID($0) }.prefix(Casefile.groupedOnPage)
        guard let page = try await casefile.group(of: id, .wording, for: viewer) else {
            throw CasefileError.invalid([FieldFault("letter", "unknown")])
        }
        guard let decision, !marked.isEmpty else { throw CasefileError.invalid([FieldFault("letter", "required")]) }
        let first = page.group.first
        for other in marked where other != first {
            try await casefile.judge(first, decision, other, by: viewer)
        }
        let start = form["from"].flatMap { Int($0) } ?? 0
        return .seeOther("/desk/reports/\(id)/group?kind=wording&from=\(max(start, 0))")
    }
}

/// What is said of a group.
private struct GroupWords {
    private let texts: Catalogue

    init(_ texts: Catalogue) { self.texts = texts }

    func entry(_ group: LetterGroup) -> Entry {
        Entry([
            "href": "/desk/reports/\(group.first)/group?kind=\(group.kind.rawValue)", "title": group.title,
            "counted": texts.format(
                "groups.counted",
                ["letters": String(group.letters), "matters": String(group.matters)]),
            "between": texts.format(
                "groups.between", ["from": group.from.day.text, "to": group.to.day.text]),
        ])
    }
}
