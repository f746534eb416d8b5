import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Sealing
import Site

/// Searching over the API: `POST` begins, `GET` looks, `DELETE` stops and forgets; one search for each session.
struct SearchAPI: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.post("/api/v1/search") { request, context in
            let (viewer, session) = (try context.viewer, try context.sessionToken)
            let asked = try await request.json(Asked.self)
            guard let kind = SearchKind(rawValue: asked.kind) else {
                throw SiteError.invalid([FieldError("kind", "entrance.faults.choice")])
            }
            let query = SearchQuery(kind, asked.words, messages: asked.messages ?? false)
            try await self.casefile.beginSearch(query, for: viewer, in: session)
            try await self.casefile.awaitSearch(in: session)
            return try await self.answer(context, status: .accepted)
        }
        routes.get("/api/v1/search") { _, context in try await self.answer(context, status: .ok) }
        routes.delete("/api/v1/search") { _, context in
            self.casefile.forgetSearch(in: try context.sessionToken)
            return Response(status: .noContent)
        }
    }

    private struct Asked: Decodable {
        var kind: String
        var words: String
        var messages: Bool?
    }

    private struct Answer: Encodable {
        struct Item: Encodable {
            var id: String
            var number: OrNull<String>
            var stage, receivedAt: String
            var due: OrNull<String>
            var channel: String
            var marks: [String]
            var title: OrNull<String>
        }
        var kind, words: String
        var messages: Bool
        var state: String
        var searched, of: Int
        var seconds: Double
        var more: Bool
        var items: [Item]
    }

    private func answer(_ context: SiteContext, status: HTTPResponse.Status) async throws -> Response {
        let (viewer, session) = (try context.viewer, try context.sessionToken)
        guard let search = try casefile.search(in: session) else { throw SiteError.notFound }
        let items = try await casefile.found(search.found, for: viewer).map {
            Answer.Item(
                id: $0.id.description, number: OrNull($0.number), stage: $0.stage, receivedAt: $0.receivedAt.rfc3339,
                due: OrNull($0.due?.text), channel: $0.channel.rawValue, marks: $0.marks, title: OrNull($0.title))
        }
        return try Response.json(
            Answer(
                kind: search.query.kind.rawValue, words: search.query.words, messages: search.query.messages,
                state: search.phase.rawValue, searched: search.searched, of: search.of,
                seconds: (search.seconds * 1000).rounded() / 1000, more: search.more, items: items), status: status)
    }
}
