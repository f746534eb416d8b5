import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site

/// My absence and stand-ins: for every member of staff, about themselves and the posts that are theirs to hand over.
struct AbsenceRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/absence") { request, context in try await show(nil, request, context) }
        routes.post("/absence") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            do {
                try await services.casefile.declareAway(viewer.staff, term: try form.term(), by: viewer)
                return Response.seeOther("/absence?done=away")
            } catch CasefileError.invalid(let faults) {
                return try await show(.init(form: form, faults: faults, isHandOver: false), request, context)
            }
        }
        routes.post("/absence/end") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            guard let id = AbsenceID(form["id"] ?? "") else { throw SiteError.notFound }
            try await services.casefile.endAbsence(id, by: viewer)
            return Response.seeOther("/absence?done=ended")
        }
        routes.post("/absence/hand-over") { request, context in
            let form = try await request.form(context)
            do {
                try await handOver(form, by: try context.viewer)
                return Response.seeOther("/absence?done=handed-over")
            } catch CasefileError.invalid(let faults) {
                return try await show(.init(form: form, faults: faults, isHandOver: true), request, context)
            }
        }
        routes.post("/absence/hand-over/end") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            guard let id = DelegationID(form["id"] ?? "") else { throw SiteError.notFound }
            try await services.casefile.endDelegation(id, by: viewer)
            return Response.seeOther("/absence?done=taken-back")
        }
    }

    /// All that is missing is said at once.
    private func handOver(_ form: Form, by viewer: Viewer) async throws {
        var faults: [FieldFault] = []
        let parts = (form["seat"] ?? "").split(separator: ":").map(String.init)
        let seat: Seat? =
            if parts.count == 3, let office = OfficeID(parts[0]), let role = Role(rawValue: parts[1]) {
                Seat(office: office, role: role)
            } else {
                nil
            }
        let holder = parts.last.flatMap { StaffID($0) }
        if seat == nil || holder == nil { faults.append(FieldFault("seat", "required")) }
        let to = StaffID(form["to"] ?? "")
        if to == nil { faults.append(FieldFault("to", "required")) }
        let term = form.term(&faults)
        let reason = DelegationReason(rawValue: form["reason"] ?? "")
        if reason == nil { faults.append(FieldFault("reason", "required")) }
        guard let seat, let holder, let to, let term, let reason, faults.isEmpty else {
            throw CasefileError.invalid(faults)
        }
        try await services.casefile.delegate(seat, from: holder, to: to, term: term, reason: reason, by: viewer)
    }

    private func show(
        _ refused: AbsencePage.Refused?, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let session = try context.session
        let texts = services.shell.texts(context)
        let casefile = services.casefile
        let page = AbsencePage(
            session.person, try await casefile.world(),
            absences: try await casefile.absences(of: [session.person.id], for: session.viewer),
            delegations: try await casefile.delegations(for: session.viewer), today: casefile.clock.now().day,
            refused: refused, texts: texts)
        return try await services.draw(
            "absence", page, title: texts.text("administration.absence.title"), request, context,
            status: refused == nil ? .ok : .unprocessableContent)
    }
}
