import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site

/// Retention: what is due to be destroyed, the lists of it, and the approvals. For directors of the offices that receive
/// and for leaders.
struct RetentionRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    static let navigation = NavigationEntry("retention.nav", href: "/retention") { person, world in
        draws(person.id, world)
            || world.places(of: person.id).contains { place in
                let rules = try? RetentionRules.shipped()
                return world.offices[place.office]?.kind == .leaders && rules?.approvers.contains(place.role) == true
            }
    }

    private static func draws(_ person: StaffID, _ world: World) -> Bool {
        (try? RetentionRules.shipped()).map { !Casefile.drawingOffices(of: person, in: world, $0).isEmpty } ?? false
    }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/retention") { request, context in try await self.overview(request, context) }
        routes.post("/retention") { request, context in
            _ = try await request.form(context)
            let ids = try await self.casefile.drawDestructionLists(by: try context.viewer)
            let only = ids.count == 1 ? ids.first.map { "/\($0)" } : nil
            return Response.seeOther("/retention\(only ?? "")?done=drawn")
        }
        routes.get("/retention/:list") { request, context in
            try await self.list(request, context, failed: nil)
        }
        routes.post("/retention/:list/approve") { request, context in
            _ = try await request.form(context)
            let id = try self.id(context)
            try await self.casefile.approveDestruction(id, by: try context.viewer)
            return Response.seeOther("/retention/\(id)?done=approved")
        }
        routes.post("/retention/:list/refuse") { request, context in
            _ = try await request.form(context)
            let id = try self.id(context)
            try await self.casefile.refuseDestruction(id, by: try context.viewer)
            return Response.seeOther("/retention/\(id)?done=refused")
        }
        routes.post("/retention/:list/strike") { request, context in try await self.strike(request, context) }
    }

    private func id(_ context: SiteContext) throws -> DestructionListID {
        guard let id = DestructionListID(try context.parameter("list")) else { throw SiteError.notFound }
        return id
    }

    private func overview(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let world = try context.session.world
        guard let person = world.staff[viewer.staff], Self.navigation.isFor(person, world) else {
            throw SiteError.notFound
        }
        let due = Self.draws(viewer.staff, world) ? try await casefile.dueReports(for: viewer) : nil
        let words = try words(context, world)
        let model = words.overview(due: due, lists: try await casefile.destructionLists(for: viewer))
        var frame = try await services.staffFrame(request, context, title: words.texts.text("retention.title"))
        frame.notice = notice(request, words.texts)
        return try services.shell.page("desk/retention", model, frame)
    }

    private func list(_ request: Request, _ context: SiteContext, failed: [FieldError]?) async throws -> Response {
        let list = try await casefile.destructionList(try id(context), for: try context.viewer)
        let words = try words(context, try context.session.world)
        var frame = try await services.staffFrame(request, context, title: words.texts.text("retention.list"))
        frame.notice = notice(request, words.texts)
        return try services.shell.page(
            "desk/retention-list", words.page(list, ErrorSummary(failed ?? [], words.texts)), frame,
            status: failed == nil ? .ok : .unprocessableContent)
    }

    private func notice(_ request: Request, _ texts: Catalogue) -> PageNotice? {
        guard let done = request.query("done"), texts.has("retention.done.\(done)") else { return nil }
        return PageNotice(.done, texts.text("retention.done.\(done)"))
    }

    private func strike(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await request.form(context)
        let id = try id(context)
        guard let report = form["report"].flatMap({ ReportID($0) }) else {
            return try await list(request, context, failed: [FieldError("report", "entrance.faults.choice")])
        }
        do {
            try await casefile.strike(report, from: id, ground: form["ground"] ?? "", by: try context.viewer)
        } catch let CasefileError.invalid(faults) {
            let errors = faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }
            return try await list(request, context, failed: errors)
        }
        return Response.seeOther("/retention/\(id)?done=struck")
    }

    private func words(_ context: SiteContext, _ world: World) throws -> RetentionWords {
        RetentionWords(
            rules: try RetentionRules.shipped(), workflow: casefile.workflow, world: world,
            texts: services.shell.texts(context), language: context.language.rawValue)
    }
}
