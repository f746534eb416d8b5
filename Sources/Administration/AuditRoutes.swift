import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Site

/// The auditor's pages: who can read what and why, and what was done; never a word of a report. For everybody else they
/// are not there.
struct AuditRoutes: Sendable {
    static let navigation = NavigationEntry("audit.nav", href: "/audit") { person, world in
        world.audits(person.id) != nil
    }

    let services: Services

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/audit") { request, context in try await reports(request, context) }
        routes.get("/audit/reports/:id") { request, context in try await report(request, context) }
        routes.get("/audit/people/:id") { request, context in try await person(request, context) }
        routes.get("/audit/events") { request, context in try await events(request, context) }
    }

    private static let size = 50

    private func words(_ context: SiteContext) throws(SiteError) -> AuditWords {
        AuditWords(
            world: try context.session.world, workflow: casefile.workflow, texts: services.shell.texts(context))
    }

    private func reports(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let words = try words(context)
        let people = try await casefile.auditedPeople(by: viewer)
        var fault: FieldError?
        if let number = request.query("number"), !number.isEmpty {
            if let id = try await casefile.audited(number: number, by: viewer) {
                return .seeOther("/audit/reports/\(id)")
            }
            fault = FieldError("number", "audit.faults.number")
        }
        let today = casefile.clock.now().day
        let month = request.query("month").flatMap { Day($0 + "-01") } ?? today.adding(days: 1 - today.day)
        let offset = Self.offset(request)
        let page = try await casefile.audited(monthOf: month, offset: offset, limit: Self.size, by: viewer)
        let summary = ErrorSummary(fault.map { [$0] } ?? [], words.texts)
        func address(_ month: Day, _ offset: Int = 0) -> String {
            "/audit?month=\(month.text.prefix(7))" + (offset > 0 ? "&offset=\(offset)" : "")
        }
        let model = AuditEntry([
            "summary": summary.isEmpty ? nil : summary,
            "number": FormField(
                "number", words.texts.text("audit.number"), .search, value: request.query("number"),
                error: summary["number"], isRequired: true, maximumLength: 40),
            "month": words.texts.format("audit.month", ["month": String(month.text.prefix(7))]),
            "earlier": address(month.adding(months: -1)),
            "later": month < today.adding(days: 1 - today.day) ? address(month.adding(months: 1)) : nil,
            "items": page.lines.map(words.item), "hasItems": !page.lines.isEmpty,
            "pages": Self.pages(offset: offset, page, address: { address(month, $0) }),
            "people": people.map { person in
                AuditEntry(["href": "/audit/people/\(person.id)", "name": words.name(person.id)])
            },
            "lists": AuditList.allCases.map { list in
                AuditEntry([
                    "href": "/audit/events?list=\(list.rawValue)",
                    "name": words.texts.text("audit.list.\(list.rawValue)"),
                ])
            },
        ])
        return try await draw(
            "audit", model, title: "audit.title", request, context, status: fault == nil ? .ok : .unprocessableContent)
    }

    private func report(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let id = ReportID(try context.parameter("id")) else { throw SiteError.notFound }
        let report = try await casefile.audit(id, by: try context.viewer)
        let words = try words(context)
        let model = AuditEntry([
            "number": report.number, "stage": report.workflow.stageLabel(report.stage, words.language),
            "holder": words.place(report.holder.organ, report.holder.office),
            "received": report.receivedAt.day.text, "since": report.holder.since.day.text,
            "readers": report.readers.map { words.reader($0) }, "hasReaders": !report.readers.isEmpty,
            "looks": report.looks.map { words.line($0, named: true) }, "hasLooks": !report.looks.isEmpty,
        ])
        return try await draw("audit-report", model, title: "audit.title", request, context)
    }

    private func person(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let id = StaffID(try context.parameter("id")) else { throw SiteError.notFound }
        let audited = try await casefile.audit(person: id, by: try context.viewer)
        let words = try words(context)
        let key = audited.more ? "audit.person.more" : "audit.person.count"
        let model = AuditEntry([
            "name": words.name(id), "count": words.texts.format(key, ["n": String(audited.reports)]),
            "places": words.places(of: id),
            "reach": audited.reach.map(words.reach), "hasReach": !audited.reach.isEmpty,
        ])
        return try await draw("audit-person", model, title: "audit.person.title", request, context)
    }

    private func events(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let words = try words(context)
        let list = request.query("list").flatMap { AuditList(rawValue: $0) } ?? .keys
        let act = request.query("act").flatMap { list.acts.contains($0) ? $0 : nil }
        let (first, last) = (request.query("first") ?? "", request.query("last") ?? "")
        let errors = [("first", first), ("last", last)].filter { !$1.isEmpty && Day($1) == nil }
            .map { FieldError($0.0, "entrance.faults.date") }
        let query = AuditQuery(
            list, act: act, first: Day(first), last: Day(last), offset: Self.offset(request), limit: Self.size)
        let page = try await casefile.audit(query, by: viewer)
        func address(_ offset: Int) -> String {
            "/audit/events?list=\(list.rawValue)" + (act.map { "&act=\($0)" } ?? "")
                + (query.first.map { "&first=\($0.text)" } ?? "") + (query.last.map { "&last=\($0.text)" } ?? "")
                + "&offset=\(offset)"
        }
        let summary = ErrorSummary(errors, words.texts)
        let model = AuditEntry([
            "summary": summary.isEmpty ? nil : summary, "title": words.texts.text("audit.list.\(list.rawValue)"),
            "about": words.texts.text("audit.about.\(list.rawValue)"),
            "fields": words.filter(list, act: act, first: first, last: last, summary),
            "lines": page.lines.map { words.line($0) }, "hasLines": !page.lines.isEmpty,
            "pages": Self.pages(offset: query.offset, page, address: address),
        ])
        return try await draw(
            "audit-events", model, title: "audit.title", request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func draw(
        _ template: String, _ model: AuditEntry, title: String, _ request: Request, _ context: SiteContext,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        try await services.draw(
            template, model, title: services.shell.texts(context).text(title), request, context, status: status)
    }

    private static func offset(_ request: Request) -> Int {
        min(10_000_000, max(0, request.query("offset").flatMap { Int($0) } ?? 0))
    }

    private static func pages<Line>(
        offset: Int, _ page: AuditPage<Line>, address: (Int) -> String
    ) -> Pagination? {
        guard offset > 0 || page.more else { return nil }
        return Pagination(
            previous: offset > 0 ? address(max(0, offset - size)) : nil,
            next: page.more ? address(offset + size) : nil, position: "\(offset + 1)–\(offset + page.lines.count)")
    }
}
