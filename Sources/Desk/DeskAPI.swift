import Casefile
import Casework
package import Entrance
import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore
import Sealing
package import Site

/// The staff API (contract): inbox, report, acts, files. The pages call the same use cases.
package struct DeskAPI: Sendable {
    let services: Services

    package init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    package func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/api/v1/inbox") { request, context in try await self.inbox(request, context) }
        routes.get("/api/v1/reports/:id") { _, context in
            try await self.report(try context.reportID, context)
        }
        routes.post("/api/v1/reports/:id/acts/:name") { request, context in
            let id = try context.reportID
            let name = try context.parameter("name")
            let viewer = try context.viewer
            let isEmpty = request.headers[.contentType] == nil && (request.headers[.contentLength] ?? "0") == "0"
            let input = isEmpty ? [:] : try await request.json(ActJSON.self).input
            let before = try await self.casefile.report(id, for: viewer)
            try await self.casefile.perform(name, on: id, by: viewer, input: input)
            return try await self.report(id, context, before: before)
        }
        routes.post("/api/v1/reports/:id/identity") { _, context in
            let reporter = try await self.casefile.lookAtIdentity(
                of: try context.reportID, by: try context.viewer)
            return try Response.json(["reporter": ReportJSON.Person(reporter, masked: false)])
        }
        SearchAPI(services).add(to: routes)
        LeadAPI(services).add(to: routes)
        routes.put("/api/v1/reports/:id/files/:name") { request, context in
            let viewer = try context.viewer
            let id = try context.reportID
            try await self.casefile.mayAttach(to: id, by: viewer)
            let name = try context.parameter("name")
            let staged: StagedFile
            switch try await ResumedUpload.receive(request, name: name, of: .staff(viewer, id), into: self.casefile) {
            case .kept(let state): return try ResumedUpload.answer(state, status: .accepted)
            case .whole(let whole): staged = whole
            case .plain: staged = try await Upload.receive(request, name: name, into: self.casefile)
            }
            do {
                try await self.casefile.attach(staged, to: id, by: viewer)
            } catch let error as CasefileError {
                // Only a clear no removes the file: after a lost connection nobody knows whether it was kept.
                self.casefile.files.remove(staged.stored)
                throw error
            }
            return Response(status: .created)
        }
        routes.get("/api/v1/reports/:id/uploads/:name") { _, context in
            let viewer = try context.viewer
            try await self.casefile.mayAttach(to: try context.reportID, by: viewer)
            return try await ResumedUpload.state(
                try context.parameter("name"), of: .staff(viewer, try context.reportID), in: self.casefile)
        }
        routes.get("/api/v1/reports/:id/files/:name") { _, context in
            try await self.file(try context.parameter("name"), of: try context.reportID, context)
        }
    }

    private struct InboxJSON: Encodable {
        struct Item: Encodable {
            var id: String
            var number: OrNull<String>
            var stage, receivedAt: String
            var due: OrNull<String>
            var channel: String
            var marks: [String]
        }
        var items: [Item]
        var next: OrNull<String>
    }

    private func inbox(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        var faults: [FieldError] = []
        let sortText = request.query("sort") ?? "receivedAt"
        let sort = InboxQuery.Sort(rawValue: sortText)
        if sort == nil { faults.append(FieldError("sort", "entrance.faults.choice")) }
        let limit = request.query("limit").map { Int($0) ?? -1 } ?? 50
        if !(1...200).contains(limit) { faults.append(FieldError("limit", "entrance.faults.range")) }
        let offset = request.query("offset").map { Int($0) ?? -1 } ?? 0
        if offset < 0 { faults.append(FieldError("offset", "entrance.faults.range")) }
        guard faults.isEmpty, let sort else { throw SiteError.invalid(faults) }
        let page = try await casefile.inbox(
            InboxQuery(sort: sort, limit: limit, offset: offset), for: viewer, titles: false)
        let items = page.items.map {
            InboxJSON.Item(
                id: $0.id.description, number: OrNull($0.number), stage: $0.stage, receivedAt: $0.receivedAt.rfc3339,
                due: OrNull($0.due?.text), channel: $0.channel.rawValue, marks: $0.marks)
        }
        let next = page.more ? "/api/v1/inbox?sort=\(sort.rawValue)&limit=\(limit)&offset=\(offset + limit)" : nil
        return try Response.json(InboxJSON(items: items, next: OrNull(next)))
    }

    /// After an act that takes the report out of the actor's sight the answer has the same shape, with nothing in it
    /// but what the actor's own organ knew in the open: id, number, channel and day.
    private func report(
        _ id: ReportID, _ context: SiteContext, before: ReportView? = nil
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        do {
            let view = try await casefile.report(id, for: try context.viewer)
            var answer = ReportJSON(
                view, workflow: view.workflow, texts: texts, language: context.language.rawValue)
            answer.jurisdiction = JurisdictionBlock.all(
                view, regions: casefile.regions, texts: texts, language: context.language.rawValue)
            return try Response.json(answer)
        } catch CasefileError.notFound {
            guard let before else { throw CasefileError.notFound }
            var answer = ReportJSON(
                before, workflow: before.workflow, texts: texts, language: context.language.rawValue)
            answer.passOn(texts.text("desk.passed-on"))
            return try Response.json(answer)
        }
    }

    private func file(_ name: String, of id: ReportID, _ context: SiteContext) async throws -> Response {
        let opened = try await casefile.file(named: name, of: id, for: try context.viewer)
        return FileResponse.make(opened)
    }
}

extension SiteContext {
    /// The report a path names; a malformed id is a report that does not exist.
    var reportID: ReportID {
        get throws {
            guard let id = ReportID(try parameter("id")) else { throw SiteError.notFound }
            return id
        }
    }
}

/// Raw bytes on their way into a sealed file.
enum Upload {
    static func receive(_ request: Request, name: String, into casefile: Casefile) async throws -> StagedFile {
        var body = try BodyReader(request, limits: .upload(maximumSize: Int(EvidenceLimits.bytes)))
        let reception = try casefile.files.receive(name: name)
        do {
            while let piece = try await body.next() { try reception.append(Array(piece.readableBytesView)) }
            return try reception.finish()
        } catch {
            reception.abandon()
            throw error
        }
    }
}

/// A sealed file on its way out: as a download, never shown by the browser as a page.
enum FileResponse {
    /// An original, bit for bit.
    static func make(_ opened: OpenedFile) -> Response {
        let reader = opened.reader
        return download(opened.file.neutralName(), size: opened.file.size) { writer in
            for try await chunk in reader.chunks { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        }
    }

    static func download(
        _ name: String, size: Int64, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/octet-stream", .contentLength: String(size),
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: .init { writer in try await write(&writer) })
    }

    /// A picture that was drawn by us: the only bytes of evidence that a browser shows.
    static func picture(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "image/jpeg", .contentLength: String(bytes.count), .contentDisposition: "inline"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
