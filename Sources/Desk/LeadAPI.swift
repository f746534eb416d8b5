import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Site

/// The register of leads for programs.
struct LeadAPI: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/api/v1/leads") { request, context in try await self.list(request, context) }
    }

    private struct LeadsJSON: Encodable {
        struct Limit: Encodable {
            var name, due: String
            var overdue: Bool
        }
        struct Line: Encodable {
            var number, act, at, organ: String
            var office, signedAt, concludedAt: OrNull<String>
            var limits: [Limit]
        }
        var items: [Line]
        var next: OrNull<String>
    }

    private func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        var faults: [FieldError] = []
        let view = request.query("show").map { LeadView(rawValue: $0) } ?? .running
        if view == nil { faults.append(FieldError("show", "entrance.faults.choice")) }
        let limit = request.query("limit").map { Int($0) ?? -1 } ?? 25
        if !(1...Casefile.mostLeads).contains(limit) { faults.append(FieldError("limit", "entrance.faults.range")) }
        let offset = request.query("offset").map { Int($0) ?? -1 } ?? 0
        if offset < 0 { faults.append(FieldError("offset", "entrance.faults.range")) }
        let viewer = try context.viewer
        let world = try context.session.world
        // Whoever has no register is told so before what they asked of it.
        guard world.keepsRegister(viewer.staff) != nil else { throw CasefileError.notFound }
        guard faults.isEmpty, let view else { throw SiteError.invalid(faults) }
        let page = try await services.casefile.leads(view, offset: offset, limit: limit, for: viewer)
        let today = services.casefile.clock.now().day
        let items = page.lines.map { line in
            LeadsJSON.Line(
                number: line.number, act: line.via, at: line.at.rfc3339,
                organ: world.organs[line.organ]?.code ?? "",
                office: OrNull(line.office.flatMap { world.offices[$0]?.code }),
                signedAt: OrNull(line.signed?.rfc3339), concludedAt: OrNull(line.concluded?.rfc3339),
                limits: line.limits.map {
                    .init(name: $0.rule.name, due: $0.due.text, overdue: $0.isOverdue(on: today))
                })
        }
        let next =
            page.more ? "/api/v1/leads?show=\(view.rawValue)&limit=\(limit)&offset=\(offset + limit)" : nil
        return try Response.json(LeadsJSON(items: items, next: OrNull(next)))
    }
}
