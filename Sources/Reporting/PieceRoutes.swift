import Casefile
import Entrance
import HTTPTypes
import Hummingbird
import Sealing
import Site

/// Files that the pages' script sends piece by piece (``ResumedUpload``), so that a cut connection loses nothing: into a
/// draft, or to a report by its receipt. Without scripts the forms beside it take whole files.
extension ReportingRoutes {
    func addPieces(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report/uploads/:name") { request, context in
            let upload = try PieceUpload(request, context, of: try await draftOwner(request, context).owner)
            return try await state(of: upload)
        }
        routes.put("/report/uploads/:name") { request, context in
            let (key, owner) = try await draftOwner(request, context)
            let upload = try PieceUpload(request, context, of: owner)
            return try await take(upload, request, guarded(context, by: key)) {
                guard try await drafts.hasRoom() else { throw DraftError.full }
            } keep: {
                try await drafts.add($0, to: key)
            }
        }
        routes.get("/receipt/uploads/:name") { request, context in
            let opened = try await openedOrUnknown(request, context)
            let upload = try PieceUpload(request, context, of: .receipt(opened.holder))
            return try await state(of: upload)
        }
        routes.put("/receipt/uploads/:name") { request, context in
            let opened = try await openedOrUnknown(request, context)
            let upload = try PieceUpload(request, context, of: .receipt(opened.holder))
            return try await take(upload, request, opened.context) {
                guard opened.view.may.contains(.file) else { throw CasefileError.notNow }
            } keep: { staged in
                var file = staged
                file.name = freeFileName(staged.name, besides: Set(opened.view.files.map(\.name)))
                try await attach(file, from: opened.holder)
            }
        }
    }

    /// Takes a piece: 202 with how much is there, 201 when the file is whole and kept, 200 with the reason where it is not
    /// taken, which the form then hands in as `refused`. Only the beginning of a file counts towards the limits.
    private func take(
        _ upload: PieceUpload, _ request: Request, _ context: SiteContext, begin: () async throws -> Void,
        keep: (StagedFile) async throws -> Void
    ) async throws -> Response {
        try context.check(token: request.headers[.formToken])
        do {
            if ResumedUpload.begins(request) {
                try admit(.upload, request, context)
                try await begin()
            }
            switch try await ResumedUpload.receive(
                request, name: upload.name, of: upload.owner, into: services.casefile)
            {
            case .plain: throw SiteError.malformed("uploads.range")
            case .kept(let state): return try ResumedUpload.answer(state, status: .accepted)
            case .whole(let staged): try await keep(staged)
            }
            return Response(status: .created)
        } catch let error as CasefileError {
            return try Response.json(["refused": FileRefusal(error).rawValue], status: .ok)
        }
    }

    /// How much of it is there; nothing is no error, for a browser would tell of it.
    private func state(of upload: PieceUpload) async throws -> Response {
        let kept = try await services.casefile.kept(upload.name, of: upload.owner)
        return try ResumedUpload.answer(kept ?? KeptUpload(kept: 0, total: 0), status: .ok)
    }

    private func draftOwner(
        _ request: Request, _ context: SiteContext
    ) async throws -> (key: DraftKey, owner: UploadOwner) {
        guard let key = draftKey(request), case .open = try await drafts.find(key) else { throw SiteError.notFound }
        return (key, try key.uploads)
    }

    private func openedOrUnknown(_ request: Request, _ context: SiteContext) async throws -> Opened {
        guard let opened = try await opened(request, context) else { throw SiteError.notFound }
        return opened
    }
}

extension DraftKey {
    /// Whoever fills in the draft, as the owner of what is not there whole yet.
    var uploads: UploadOwner {
        get throws { UploadOwner("draft \(id)", try PrivateKey(bytes: secret.derived(for: "uploads").bytes)) }
    }
}

/// A file on its way, told by its name and by what the browser says of it (`of`: up to 40 digits and letters), so that
/// another file of the same name begins anew.
private struct PieceUpload {
    let name: String
    let owner: UploadOwner

    init(_ request: Request, _ context: SiteContext, of owner: UploadOwner) throws {
        name = FileStore.plainName(FileName.inert(try context.parameter("name")))
        let mark = request.query("of") ?? ""
        guard mark.utf8.count <= 40, mark.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw SiteError.notFound
        }
        self.owner = owner.choosing(mark)
    }
}

extension HTTPField.Name {
    /// The form's token, where a script sends what is no form.
    fileprivate static let formToken = HTTPField.Name("X-Form-Token") ?? .authorization
}
