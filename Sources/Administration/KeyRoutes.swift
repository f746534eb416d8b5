import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Sealing
import Site

/// The keys of one office: for its members, who may renew them, and for whoever looks after the organ, where two escrow
/// holders open what nobody can open any more. No report is read here.
struct KeyRoutes: Sendable {
    /// Passwords of escrow holders are tried here: as slowly as at the door.
    private static let tries = RateLimit.Rule("escrow", burst: 15, perHour: 30)

    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/offices/:id/keys") { request, context in try await page(request, context, [], nil) }
        routes.post("/offices/:id/keys/renew") { request, context in
            let viewer = try context.viewer
            _ = try await request.form(context)
            let place = try await place(context)
            guard place.holds else { throw CasefileError.notYourAct }
            try await services.casefile.renewKey(of: place.office.id, by: viewer)
            return Response.seeOther("/offices/\(place.office.id)/keys?done=key-renewed")
        }
        routes.post("/offices/:id/keys/reseal") { request, context in
            let viewer = try context.viewer
            _ = try await request.form(context)
            let place = try await place(context)
            guard place.holds else { throw CasefileError.notYourAct }
            _ = try await services.casefile.reseal(place.office.id, by: viewer, atMost: Self.resealedAtOnce)
            return Response.seeOther("/offices/\(place.office.id)/keys?done=resealed")
        }
        routes.post("/offices/:id/keys/restore") { request, context in
            let form = try await request.form(context)
            let place = try await place(context)
            guard place.administers else { throw CasefileError.notYourAct }
            try services.limit.consume(Self.tries, for: try context.viewer.staff.description)
            do {
                try await restore(form, place, by: try context.viewer.staff)
                return Response.seeOther("/offices/\(place.office.id)/keys?done=restored")
            } catch CasefileError.invalid(let faults) {
                return try await page(request, context, faults, form)
            }
        }
    }

    /// So much takes some seconds; what is left waits for the next press, or for the next who signs in.
    private static let resealedAtOnce = 10_000

    private struct Place {
        let office: Office
        let organ: Organ
        let world: World
        /// The viewer holds the office's key.
        let holds: Bool
        /// The viewer looks after the organ.
        let administers: Bool
    }

    /// The office, for its members and for whoever looks after it; it is not there for others.
    private func place(_ context: SiteContext) async throws -> Place {
        let me = try context.session.person
        let world = try await services.casefile.world()
        guard let id = OfficeID(try context.parameter("id")), let office = world.offices[id], office.kind.holdsReports,
            let organ = world.organs[office.organ]
        else { throw SiteError.notFound }
        let holds = world.members(of: id).contains { $0.staff == me.id && $0.admitted }
        let administers = Administration.organs(administeredBy: me.id, in: world).contains {
            world.lies(organ.id, within: $0)
        }
        guard holds || administers else { throw SiteError.notFound }
        return Place(office: office, organ: organ, world: world, holds: holds, administers: administers)
    }

    private func restore(_ form: Form, _ place: Place, by administrator: StaffID) async throws {
        var faults: [FieldFault] = []
        let claims = ["first", "second"].map { name -> EscrowClaim in
            if form.filled("\(name)-password") == nil { faults.append(FieldFault("\(name)-password", "required")) }
            return EscrowClaim(position: Int(form[name] ?? "") ?? 0, password: form["\(name)-password"] ?? "")
        }
        guard let person = StaffID(form["person"] ?? "") else {
            throw CasefileError.invalid(faults + [FieldFault("person", "required")])
        }
        if !faults.isEmpty { throw CasefileError.invalid(faults) }
        do {
            try await services.casefile.restore(place.office.id, to: person, with: claims, by: administrator)
        } catch CasefileError.invalid(let found) {
            let names = ["wrongPassword": "-password"]
            throw CasefileError.invalid(found.map { FieldFault($0.field + (names[$0.reason] ?? ""), $0.reason) })
        }
    }

    private func page(
        _ request: Request, _ context: SiteContext, _ faults: [FieldFault], _ form: Form?
    ) async throws -> Response {
        let place = try await place(context)
        let texts = services.shell.texts(context)
        let state = try await services.casefile.keyState(of: place.office.id)
        let words = KeyWords(world: place.world, texts: texts, language: context.language)
        let summary = ErrorSummary(faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }, texts)
        let holders = place.administers ? try await services.casefile.escrowHolders() : []
        let model = KeyPage(
            office: texts.name(place.office), organ: texts.name(place.organ),
            address: "/offices/\(place.office.id)/keys",
            generations: state.generations.map(words.row), events: state.events.map(words.row), percent: state.percent,
            mayRenew: place.holds, summary: summary.isEmpty ? nil : summary,
            restore: holders.isEmpty
                ? nil
                : words.restoreFields(
                    holders, people: words.members(of: place.office.id), summary: summary, chosen: form))
        return try await services.draw(
            "keys", model, title: texts.text("keys.title"), request, context,
            status: faults.isEmpty ? .ok : .unprocessableContent)
    }
}
