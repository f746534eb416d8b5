import Casefile
import Entrance
import Hummingbird
import Kernel
import Site

/// Older reports, filed before marks were made, get theirs in the session of somebody who may read them.
struct OlderMarksRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk/same") { request, context in try await self.page(request, context) }
        routes.post("/desk/same") { request, context in
            _ = try await request.form(context)
            let viewer = try context.viewer
            try await self.casefile.beginMarking(for: viewer, in: try context.sessionToken)
            try await self.casefile.awaitMarking(for: viewer)
            return Response.seeOther("/desk/same")
        }
        routes.post("/desk/same/stop") { request, context in
            _ = try await request.form(context)
            self.casefile.stopMarking(for: try context.viewer)
            return Response.seeOther("/desk/same")
        }
    }

    private func page(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let texts = services.shell.texts(context)
        let run = casefile.olderMarks(for: viewer)
        let isRunning = run.map { !$0.phase.isOver } ?? false
        let left = isRunning ? 0 : try await casefile.unmarked(for: viewer)
        let model = Entry([
            "running": isRunning, "of": run.map { String(max(1, $0.of)) }, "done": run.map { String($0.done) },
            "progress": run.map {
                texts.format("same.older.phase.\($0.phase.rawValue)", ["done": String($0.done), "of": String($0.of)])
            },
            "left": left > 0 ? texts.format("same.older.left", ["n": String(left)]) : nil,
            "none": !isRunning && left == 0,
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("same.older.title"))
        return try services.shell.page("desk/same-older", model, frame)
    }
}
