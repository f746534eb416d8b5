import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site

/// For those who arrange for others, administrators and leaders: who is away, and the order of stand-ins of an office.
struct StandInRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/offices/:id/stand-ins") { request, context in try await order(nil, request, context) }
        routes.post("/offices/:id/stand-ins") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            let (office, _) = try await office(context)
            guard let role = Role(rawValue: form["role"] ?? ""), office.kind.roles.contains(role) else {
                throw SiteError.notFound
            }
            let sent = (1...20).compactMap { form.filled("stand-in-\($0)") }
            do {
                let people = sent.compactMap { StaffID($0) }
                guard people.count == sent.count else { throw SiteError.notFound }
                try await services.casefile.arrange(people, for: Seat(office: office.id, role: role), by: viewer)
                return Response.seeOther("/offices/\(office.id)/stand-ins?done=order")
            } catch CasefileError.invalid(let faults) {
                return try await order(.init(role: role, people: sent, faults: faults), request, context)
            }
        }
        routes.get("/organs/:id/away") { request, context in try await away(nil, [], request, context) }
        routes.post("/organs/:id/away") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            let (organ, people, _) = try await people(context)
            do {
                guard let person = StaffID(form["person"] ?? ""), people.contains(where: { $0.id == person }) else {
                    throw CasefileError.invalid([FieldFault("person", "required")])
                }
                try await services.casefile.declareAway(person, term: try form.term(), by: viewer)
                return Response.seeOther("/organs/\(organ.id)/away?done=away")
            } catch CasefileError.invalid(let faults) {
                return try await away(form, faults, request, context)
            }
        }
        routes.post("/organs/:id/away/end") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            let (organ, _, _) = try await people(context)
            guard let id = AbsenceID(form["id"] ?? "") else { throw SiteError.notFound }
            try await services.casefile.endAbsence(id, by: viewer)
            return Response.seeOther("/organs/\(organ.id)/away?done=ended")
        }
    }

    /// The office, for whom it is theirs to arrange; it is not there for others.
    private func office(_ context: SiteContext) async throws -> (Office, World) {
        let me = try context.session.person
        let world = try await services.casefile.world()
        guard let id = OfficeID(try context.parameter("id")), let office = world.offices[id], office.kind.holdsReports,
            world.mayArrange(id, by: me.id)
        else { throw SiteError.notFound }
        return (office, world)
    }

    /// The people of an organ of whom the viewer may say that they are away; without any, the page is not there.
    private func people(_ context: SiteContext) async throws -> (Organ, [Staff], World) {
        let me = try context.session.person
        let world = try await services.casefile.world()
        guard let id = OrganID(try context.parameter("id")), let organ = world.organs[id] else {
            throw SiteError.notFound
        }
        let people = world.staff(of: id).filter { world.mayDeclareAway($0.id, by: me.id) }
            .sorted { $0.username < $1.username }
        guard people.contains(where: { $0.id != me.id }) else { throw SiteError.notFound }
        return (organ, people, world)
    }

    /// Where the viewer came from: the organ's page for its administrator, their own page for everybody else.
    private func back(_ organ: OrganID, _ world: World, _ context: SiteContext) throws -> LinkItem {
        let texts = services.shell.texts(context)
        guard let found = world.organs[organ], world.administers(organ, by: try context.session.person.id) else {
            return LinkItem(label: texts.text("administration.absence.title"), href: "/absence")
        }
        return LinkItem(label: texts.name(found), href: "/admin/organs/\(organ)")
    }

    private func order(
        _ refused: StandInsPage.Refused?, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let (office, world) = try await office(context)
        let page = StandInsPage(
            office, world, back: try back(office.organ, world, context), refused: refused,
            texts: services.shell.texts(context))
        return try await services.draw(
            "stand-ins", page, title: page.title, request, context,
            status: refused == nil ? .ok : .unprocessableContent)
    }

    private func away(
        _ form: Form?, _ faults: [FieldFault], _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let (organ, people, world) = try await people(context)
        let texts = services.shell.texts(context)
        let absences = try await services.casefile.absences(of: people.map(\.id), for: try context.viewer)
        let page = AwayPage(
            organ, people, world, absences: absences, back: try back(organ.id, world, context),
            today: services.casefile.clock.now().day, form: form, faults: faults, texts: texts)
        return try await services.draw(
            "away", page, title: texts.text("administration.away.title"), request, context,
            status: form == nil ? .ok : .unprocessableContent)
    }
}
