import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import NIOCore
import Site

/// Evidence as people see it: the clean copy with their mark, and the original for whoever asks for it in so many words.
struct EvidenceRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk/reports/:id/files/:name/view") { request, context in try await self.show(request, context, [])
        }
        routes.get("/desk/reports/:id/files/:name/pictures/:number") { _, context in
            let viewer = try context.viewer
            guard let number = Int(try context.parameter("number")) else { throw SiteError.notFound }
            let bytes = try await self.answering {
                try await self.casefile.picture(
                    number, of: try context.parameter("name"), in: try context.reportID, for: viewer)
            }
            return FileResponse.picture(bytes)
        }
        routes.get("/desk/reports/:id/files/:name/copy") { _, context in
            let copy = try await self.answering {
                try await self.casefile.cleanCopy(
                    of: try context.parameter("name"), in: try context.reportID, for: try context.viewer)
            }
            return FileResponse.download(copy.name, size: Int64(copy.bytes.count)) { writer in
                try await writer.write(ByteBuffer(bytes: copy.bytes))
                try await writer.finish(nil)
            }
        }
        routes.post("/desk/reports/:id/files/:name/original") { request, context in
            let form = try await request.form(context)
            guard form["understood"] == "yes" else {
                return try await self.show(request, context, [FieldError("understood", "evidence.confirm-first")])
            }
            return FileResponse.make(
                try await self.casefile.file(
                    named: try context.parameter("name"), of: try context.reportID, for: try context.viewer))
        }
    }

    /// What cannot be made now is no fault of the program.
    private func answering<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
        do { return try await work() } catch is EvidenceCleaner.Failure { throw SiteError.unavailable }
    }

    private func show(_ request: Request, _ context: SiteContext, _ errors: [FieldError]) async throws -> Response {
        let (id, name) = (try context.reportID, try context.parameter("name"))
        let shown = try await casefile.evidence(name, of: id, for: try context.viewer)
        let texts = services.shell.texts(context)
        let page = EvidencePage(
            shown, report: id, from: request.query("from").flatMap { Int($0) } ?? 1, texts: texts,
            world: try await casefile.world(), errors: errors)
        // Titles of pages stand in a browser's history: what a file is called does not.
        let frame = try await services.staffFrame(request, context, title: texts.text("evidence.title"))
        var response = try services.shell.page(
            "desk/evidence", page.entry, frame, status: errors.isEmpty ? .ok : .unprocessableContent)
        // Works without scripts, and ends with leaving the page: then nobody asks, and nothing more is made.
        if page.isMaking, let refresh = HTTPField.Name("Refresh") { response.headers[refresh] = "3" }
        return response
    }
}
