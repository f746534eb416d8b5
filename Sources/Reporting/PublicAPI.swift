import Casefile
import Casework
import Entrance
import HTTPTypes
package import Hummingbird
import NIOCore
import Sealing
package import Site

/// Filing and following a report without an account.
extension ReportingRoutes {
    /// `POST /api/v1/reports` of the public. 201 with the receipt, which is shown nowhere again; 422 of type
    /// `above-this-platform` before anything is stored.
    package func filePublicly(_ request: Request, _ context: SiteContext) async throws -> Response {
        try admit(.filing, request, context)
        let filing = try await request.json(FilingInput.self, limits: .report).filing()
        let filed = try await services.casefile.file(filing)
        return try Response.json(FiledAnswer(filed), status: .created)
    }

    func addReceiptAPI(to routes: some RouterMethods<SiteContext>) {
        routes.get("/api/v1/receipt") { request, context in
            try await answer(to: holder(request, context), context, status: .ok)
        }
        routes.get("/api/v1/receipt/proof") { request, context in
            let holder = try await known(request, context)
            return try await proof(for: holder)
        }
        routes.post("/api/v1/receipt/messages") { request, context in
            let holder = try await known(request, context)
            let input = try await request.json(TextInput.self)
            try await retrying { try await services.casefile.message(input.text, from: holder) }
            return try await answer(to: holder, context, status: .created)
        }
        routes.post("/api/v1/receipt/objection") { request, context in
            let holder = try await known(request, context)
            let input = try await request.json(TextInput.self)
            try await retrying { try await services.casefile.object(input.text, from: holder) }
            return try await answer(to: holder, context, status: .created)
        }
        routes.post("/api/v1/receipt/recusal") { request, context in
            let holder = try await known(request, context)
            let input = try await request.json(RecusalInput.self)
            try await retrying {
                try await services.casefile.askRecusal(of: input.whom, because: input.reason, from: holder)
            }
            return try await answer(to: holder, context, status: .created)
        }
        routes.post("/api/v1/receipt/rating") { request, context in
            let holder = try await known(request, context)
            let input = try await request.json(RatingInput.self)
            let rating = Rating(score: input.score, settled: input.settled, comment: input.comment ?? "")
            try await retrying { try await services.casefile.rate(rating, from: holder) }
            return try await answer(to: holder, context, status: .created)
        }
        routes.put("/api/v1/receipt/files/:name") { request, context in
            let holder = try holder(request, context)
            let view = try await view(holder)
            try admit(.upload, request, context)
            let name = FileStore.plainName(FileName.inert(try context.parameter("name")))
            guard view.may.contains(.file) else { throw CasefileError.notNow }
            guard !view.files.contains(where: { $0.name == name }) else { throw CasefileError.fileExists }
            guard view.files.count < EvidenceLimits.files else { throw CasefileError.tooManyFiles }
            switch try await ResumedUpload.receive(
                request, name: name, of: .receipt(holder), into: services.casefile)
            {
            case .kept(let state): return try ResumedUpload.answer(state, status: .accepted)
            case .whole(let staged): try await attach(staged, from: holder)
            case .plain:
                var body = try BodyReader(request, limits: .upload(maximumSize: Int(EvidenceLimits.bytes)))
                let reception = try services.casefile.files.receive(name: name)
                while let piece = try await body.next() { try reception.append(Array(piece.readableBytesView)) }
                try await attach(try reception.finish(), from: holder)
            }
            return try await answer(to: holder, context, status: .created)
        }
        routes.get("/api/v1/receipt/uploads/:name") { request, context in
            let holder = try await known(request, context)
            let name = FileStore.plainName(FileName.inert(try context.parameter("name")))
            return try await ResumedUpload.state(name, of: .receipt(holder), in: services.casefile)
        }
    }

    /// What the header's receipt opens; 401 without one, 422 where its check digits do not fit.
    private func holder(_ request: Request, _ context: SiteContext) throws -> ReceiptHolder {
        try admit(.receipt, request, context)
        guard let value = request.headers[.authorization], value.lowercased().hasPrefix("receipt ") else {
            throw ReceiptRefusal.missing
        }
        return try holder(typed: String(value.dropFirst(8)))
    }

    /// As ``holder(_:_:)``, and a report is there: nobody uploads or writes a word to an unknown receipt.
    private func known(_ request: Request, _ context: SiteContext) async throws -> ReceiptHolder {
        let holder = try holder(request, context)
        _ = try await view(holder)
        return holder
    }

    /// Reads a receipt as people type it.
    func holder(typed text: String) throws -> ReceiptHolder {
        guard let receipt = try? Receipt(parsing: text) else { throw ReceiptRefusal.mistyped }
        return ReceiptHolder(receipt, pepper: services.casefile.keys.pepper)
    }

    /// The report behind a receipt; 401 for an unknown one.
    func view(_ holder: ReceiptHolder) async throws -> ReceiptView {
        do { return try await services.casefile.receipt(holder) } catch CasefileError.notFound {
            throw ReceiptRefusal.unknown
        }
    }

    private func answer(
        to holder: ReceiptHolder, _ context: SiteContext, status: HTTPResponse.Status
    ) async throws -> Response {
        let view = try await view(holder)
        let notices = view.notices(services.casefile.workflow, services.shell.texts(context))
        return try Response.json(
            ReceiptAnswer(view, notices: notices, proof: services.publicURL + Self.proofPath), status: status)
    }

    /// Attaches a file that arrived; what is not taken leaves nothing on the disk.
    func attach(_ staged: StagedFile, from holder: ReceiptHolder) async throws {
        do { try await retrying { try await services.casefile.attach(staged, from: holder) } } catch {
            // Only a refusal is certain to have stored nothing.
            if error is CasefileError { services.casefile.files.remove(staged.stored) }
            throw error
        }
    }

    /// A clerk who acts at the same moment is no reason to turn a reporter away: what is refused as too late is tried
    /// again, and refused for good if the stage really forbids it.
    func retrying(_ work: () async throws -> Void) async throws {
        for _ in 0..<2 {
            do { return try await work() } catch CasefileError.notNow {}
        }
        try await work()
    }
}

/// Why a receipt opens nothing.
enum ReceiptRefusal: Error, SiteErrorConvertible {
    case missing, mistyped, unknown

    var siteError: SiteError {
        switch self {
        case .mistyped:
            return .invalid([FieldError("receipt", "reporting.receipt.mistyped")], type: "mistyped-receipt")
        case .missing, .unknown:
            var error = SiteError.unauthenticated(
                type: self == .missing ? "receipt-missing" : "unknown-receipt",
                self == .missing ? "reporting.receipt.missing" : "reporting.receipt.unknown")
            error.headers[.wwwAuthenticate] = "Receipt"
            return error
        }
    }
}
