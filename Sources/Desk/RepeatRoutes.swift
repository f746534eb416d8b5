import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Site

/// Repeats that are kept on file: the offices that handle the first reports are told of them, a list at a time.
struct RepeatRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.post("/desk/repeats") { request, context in try await self.tell(request, context) }
    }

    /// Each is an act of its own: what cannot be told now stays in the list, and the page says how many.
    private func tell(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let ids = try await request.form(context).all("report").compactMap { ReportID($0) }
        var (told, left) = (0, 0)
        for id in ids.prefix(QueueRequest.lengths.max() ?? 0) {
            do {
                try await services.casefile.perform("tell-repeat", on: id, by: viewer, input: [:])
                told += 1
            } catch is CasefileError {
                left += 1
            }
        }
        let texts = services.shell.texts(context)
        let model = Entry([
            "told": texts.format("desk.repeats.told", ["n": String(told)]),
            "left": left > 0 ? texts.format("desk.repeats.left", ["n": String(left)]) : nil,
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("desk.repeats.title"))
        return try services.shell.page("desk/repeats", model, frame)
    }
}
