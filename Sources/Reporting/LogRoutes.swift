import Casefile
import Entrance
import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import Sealing
import Site
import TransparencyLog

/// The transparency log as C2SP tlog-tiles has it, for everybody, and what a receipt proves in it.
extension ReportingRoutes {
    static let proofPath = "/api/v1/receipt/proof"

    func addLog(to routes: some RouterMethods<SiteContext>) {
        routes.get("/log") { request, context in try await logPage(request, context) }
        routes.get("/log/checkpoint") { _, _ in
            guard let bytes = try tiles.read("checkpoint", most: 1 << 20) else { throw SiteError.notFound }
            return file(bytes, "text/plain; charset=utf-8", cache: "no-cache")
        }
        routes.get("/log/key") { _, _ in
            let keys = try await services.casefile.logKeys().map { $0.text + "\n" }.joined()
            guard !keys.isEmpty else { throw SiteError.notFound }
            return file(Array(keys.utf8), "text/plain; charset=utf-8", cache: "no-cache")
        }
        routes.get("/log/tile/**") { request, _ in
            let name = String(request.uri.path.dropFirst("/log/".count))
            guard let path = TilePath(name), let bytes = try tiles.bytes(of: path) else { throw SiteError.notFound }
            return file(bytes, "application/octet-stream", cache: "public, max-age=31536000, immutable")
        }
        routes.post("/witness/add-checkpoint") { request, context in
            try admit(.receipt, request, context)
            var body = try BodyReader(request, limits: .form)
            var bytes: [UInt8] = []
            while let piece = try await body.next() { bytes += piece.readableBytesView }
            switch try await services.casefile.witness(String(decoding: bytes, as: UTF8.self)) {
            case .cosigned(let line): return text(.ok, line)
            case .malformed: return text(.badRequest, "not an add-checkpoint request\n")
            case .unknown: return text(.notFound, "this log is not looked at here\n")
            case .notSigned: return text(.forbidden, "not signed with a key of the log\n")
            case .inconsistent: return text(.unprocessableContent, "it does not go on from what was signed\n")
            case .elsewhere(let size):
                return text(.conflict, "\(size)\n", type: "text/x.tlog.size")
            }
        }
        routes.get("/receipt/proof") { request, context in
            guard let opened = try await opened(request, context) else { return Response.seeOther("/receipt") }
            return try await proof(for: opened.holder)
        }
    }

    /// What the log is, how it stands, and how a proof is checked: for whoever holds one.
    private func logPage(_ request: Request, _ context: SiteContext) async throws -> Response {
        let texts = services.shell.texts(context)
        let frame = services.shell.frame(request, context, title: texts.text("titles.log"))
        let keys = try await services.casefile.logKeys()
        let bytes = try tiles.read("checkpoint", most: 1 << 20)
        let note = bytes.flatMap { SignedNote(String(decoding: $0, as: UTF8.self)) }
        return try services.shell.page("reporting/log", LogPage(note: note, keys: keys, texts: texts), frame)
    }

    /// As a file with a neutral name.
    func proof(for holder: ReceiptHolder) async throws -> Response {
        guard let proof = try await services.casefile.proof(for: holder) else { throw SiteError.notFound }
        var response = file(Array(proof.text.utf8), "text/plain; charset=utf-8", cache: nil)
        response.headers[.contentDisposition] = "attachment; filename=\"proof.txt\""
        return response
    }

    private func text(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private var tiles: TileFolder { TileFolder(services.casefile.logFolder) }

    private func file(_ bytes: [UInt8], _ type: String, cache: String?) -> Response {
        var headers: HTTPFields = [.contentType: type]
        if let cache { headers[.cacheControl] = cache }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// The log as everybody sees it.
private struct LogPage: MustacheParent {
    let note: SignedNote?
    let keys: [NoteKey]
    let texts: Catalogue

    private var head: TreeHead? { note.flatMap { Checkpoint(text: $0.text)?.head } }

    private var witnesses: [String] {
        let own = Set(keys.map(\.name))
        return note?.signatures.map(\.name).filter { !own.contains($0) } ?? []
    }

    func child(named name: String) -> Any? {
        switch name {
        case "size": head.map { texts.format("reporting.log.size", ["size": String($0.size)]) }
        case "root": head?.root.base64
        case "keys": keys.map(\.text)
        case "witnesses": witnesses
        case "hasWitnesses": !witnesses.isEmpty
        default: nil
        }
    }
}
