import Casefile
import Casework
package import Entrance
import HTTPTypes
package import Hummingbird
import Kernel
package import Site

/// The desk's entries in the staff navigation.
package enum DeskNavigation {
    package static let entries = [
        NavigationEntry("desk.nav.desk", href: "/desk") { person, world in
            world.places(of: person.id).contains { place in
                world.offices[place.office].map { $0.kind != .administration } ?? false
            }
        },
        SearchRoutes.navigation,
        ExportRoutes.navigation,
        NavigationEntry("desk.nav.register", href: "/register") { person, world in
            world.places(of: person.id).contains { place in
                world.offices[place.office]?.kind == .letters && [.director, .registrar, .triage].contains(place.role)
            }
        },
        InterferenceRoutes.navigation,
        IdentitySearchRoutes.navigation,
        LeadRoutes.navigation,
        RetentionRoutes.navigation,
    ]
}

/// The desk: queue, report and acts in view at once, or one after the other on a phone.
package struct DeskRoutes: Sendable {
    let services: Services

    package init(_ services: Services) { self.services = services }

    var casefile: Casefile { services.casefile }

    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk") { request, context in try await self.queuePage(request, context) }
        routes.get("/desk/reports/:id") { request, context in
            try await self.reportPage(request, context, try context.reportID, failed: nil)
        }
        routes.post("/desk/reports/:id/acts/:name") { request, context in try await self.act(request, context) }
        routes.post("/desk/reports/:id/files") { request, context in try await self.upload(request, context) }
        routes.get("/desk/reports/:id/files/:name") { _, context in
            let id = try context.reportID
            // Nobody is sent on who would not find the report.
            _ = try await self.casefile.report(id, for: try context.viewer)
            return Response.seeOther("/desk/reports/\(id)/files/\(try context.parameter("name"))/view")
        }
        IdentityRoutes(services).add(to: routes)
        IdentitySearchRoutes(services).add(to: routes)
        RetentionRoutes(services).add(to: routes)
        EvidenceRoutes(services).add(to: routes)
        RegistrationRoutes(services).add(to: routes)
        InterferenceRoutes(services).add(to: routes)
        SearchRoutes(services).add(to: routes)
        ExportRoutes(services).add(to: routes)
        LeadRoutes(services).add(to: routes)
        SameRoutes(services).add(to: routes)
        GroupRoutes(services).add(to: routes)
        OlderMarksRoutes(services).add(to: routes)
        RepeatRoutes(services).add(to: routes)
    }

    private func queue(
        _ request: Request, _ context: SiteContext, current: ReportID?
    ) async throws -> (QueueModel, Int) {
        let viewer = try context.viewer
        let asked = QueueRequest(request, stages: casefile.workflow.stageOrder)
        let page = try await casefile.inbox(asked.query, for: viewer, titles: true, counting: true)
        let waiting = page.waiting ?? 0
        let model = QueueModel(
            page, request: asked, waiting: waiting, current: current, workflow: casefile.workflow,
            texts: services.shell.texts(context), language: context.language.rawValue)
        return (model, waiting)
    }

    private func queuePage(_ request: Request, _ context: SiteContext) async throws -> Response {
        let texts = services.shell.texts(context)
        let (queue, waiting) = try await queue(request, context, current: nil)
        var frame = try await services.staffFrame(
            request, context, title: texts.text("desk.title"), waiting: waiting)
        if let done = request.query("done"), let act = casefile.workflow.acts[done] {
            let label = act.label.text(context.language.rawValue)
            frame.notice = PageNotice(.done, texts.format("desk.done", ["act": label]))
        }
        return try services.shell.page("desk/queue-page", Entry(["queue": queue]), frame)
    }

    private typealias Failed = (name: String, typed: [String: [String]], errors: [FieldError])

    private func reportPage(
        _ request: Request, _ context: SiteContext, _ id: ReportID, failed: Failed?, refused: [FieldError] = []
    ) async throws -> Response {
        let viewer = try context.viewer
        let texts = services.shell.texts(context)
        let language = context.language.rawValue
        let view = try await casefile.report(id, for: viewer)
        let around = view.letter == nil ? nil : try await casefile.surroundings(of: id, for: viewer)
        let (queue, waiting) = try await queue(request, context, current: id)
        let address = QueueRequest(request, stages: casefile.workflow.stageOrder).address()
        let maker = ReportPageMaker(
            view: view, workflow: casefile.workflow, regions: casefile.regions, texts: texts, language: language,
            today: casefile.clock.now().day)
        let acts = ActForms(view: view, regions: casefile.regions, texts: texts, language: language).all(
            address: address, failed: failed)
        // Titles of pages stand in a browser's history: the number serves, not what the report says.
        var frame = try await services.staffFrame(
            request, context, title: view.number ?? texts.text("desk.report"), waiting: waiting)
        if let done = request.query("done"), let act = casefile.workflow.acts[done] {
            frame.notice = PageNotice(.done, texts.format("desk.done", ["act": act.label.text(language)]))
        }
        // What was refused stands far down on a phone: the top says so and leads there.
        if let failed, let act = casefile.workflow.acts[failed.name] {
            frame.notice = PageNotice(
                .fault, texts.format("desk.refused", ["act": act.label.text(language)]), href: "#act-\(failed.name)")
        } else if !refused.isEmpty {
            let told = refused.map { texts.format($0.messageKey, $0.arguments) }
            frame.notice = PageNotice(.fault, told.joined(separator: " "), href: "#scan")
        }
        return try services.shell.page(
            "desk/report-page",
            maker.page(
                queue: queue, acts: acts, back: "/desk" + address, address: address, around: around,
                printed: maker.printed(by: try context.session.person, at: casefile.clock.now())),
            frame, status: failed == nil && refused.isEmpty ? .ok : .unprocessableContent)
    }

    private func act(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.reportID
        let name = try context.parameter("name")
        let viewer = try context.viewer
        let form = try await request.form(context)
        guard let rule = casefile.workflow.acts[name] else { throw SiteError.notFound }
        let (input, typed) = ActFormInput.read(form, rule: rule)
        // Somebody may have acted, or the reporter written, since the page was opened: that is seen before it is sent.
        let now = try await casefile.report(id, for: viewer).standing.sequence
        if let seen = form["seen"], seen != String(now) {
            return try await reportPage(
                request, context, id, failed: (name, typed, [FieldError("seen", "desk.changed-since")]))
        }
        do {
            try await casefile.perform(name, on: id, by: viewer, input: input)
        } catch let CasefileError.invalid(faults) {
            let errors = faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }
            return try await reportPage(request, context, id, failed: (name, typed, errors))
        }
        let address = QueueRequest(request, stages: casefile.workflow.stageOrder).address()
        // Whoever sent a report on may no longer read it: then back to the queue.
        let stillMine = (try? await casefile.report(id, for: viewer)) != nil
        return .seeOther((stillMine ? "/desk/reports/\(id)" : "/desk") + address + "&done=\(name)")
    }

    private func upload(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.reportID
        let viewer = try context.viewer
        try await casefile.mayAttach(to: id, by: viewer)
        let faults = try await UploadedForm.receive(request, context, into: casefile) { staged in
            do {
                try await self.casefile.attach(staged, to: id, by: viewer)
            } catch let error as CasefileError {
                self.casefile.files.remove(staged.stored)
                throw error
            }
        }.faults
        // The others are kept; the page tells which are not, and why.
        if !faults.isEmpty { return try await reportPage(request, context, id, failed: nil, refused: faults) }
        return .seeOther("/desk/reports/\(id)" + QueueRequest(request, stages: casefile.workflow.stageOrder).address())
    }
}
