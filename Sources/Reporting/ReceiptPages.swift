import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// What the holder of a receipt sees and may do.
extension ReportingRoutes {
    func addReceiptPages(to routes: some RouterMethods<SiteContext>) {
        routes.get("/receipt") { request, context in
            guard let opened = try await opened(request, context) else {
                let isOver = request.cookie(ReceiptCookie.name, path: ReceiptCookie.path) != nil
                return try enterPage(request, context, error: nil, isOver: isOver)
            }
            return try await receiptPage(opened, notice: request.query["done"])
        }
        routes.post("/receipt") { request, context in try await enter(request, context) }
        routes.post("/receipt/leave") { request, context in
            _ = try await request.form(guardedByReceipt(request, context))
            var response = Response.seeOther("/receipt?left=yes")
            response.removeCookie(
                ReceiptCookie.name, secure: services.shell.settings.secureCookies, path: ReceiptCookie.path)
            response.headers[.clearSiteData] = "\"cache\", \"storage\""
            return response
        }
        routes.post("/receipt/message") { request, context in
            try await act(request, context) { opened, form in
                let text = form["message"] ?? ""
                return try await tell("message", text, opened) {
                    try await services.casefile.message(text, from: opened.holder)
                }
            }
        }
        routes.post("/receipt/objection") { request, context in
            try await act(request, context) { opened, form in
                let text = form["objection"] ?? ""
                return try await tell("objection", text, opened) {
                    try await services.casefile.object(text, from: opened.holder)
                }
            }
        }
        routes.post("/receipt/recusal") { request, context in
            try await act(request, context) { try await askRecusal($0, $1) }
        }
        routes.post("/receipt/rating") { request, context in
            try await act(request, context) { try await rate($0, $1) }
        }
        routes.post("/receipt/files") { request, context in
            guard let opened = try await opened(request, context) else { return Response.seeOther("/receipt") }
            guard opened.view.may.contains(.file) else { throw CasefileError.notNow }
            return try await waitingForFiles(request, opened.context, back: "/receipt") {
                var taken = Set(opened.view.files.map(\.name))
                let sent = try await upload(request, opened.context, begin: {}) { staged in
                    var file = staged
                    file.name = freeFileName(staged.name, besides: taken)
                    taken.insert(file.name)
                    try await attach(file, from: opened.holder)
                }
                if !sent.faults.isEmpty {
                    let view = try await view(opened.holder)
                    let kept = view.files.map(\.name).filter { name in !opened.view.files.contains { $0.name == name } }
                    return try await receiptPage(opened.with(view), faults: sent.faults, kept: kept)
                }
                return Response.seeOther("/receipt?done=files")
            }
        }
    }

    /// A receipt whose report is open before us.
    struct Opened: Sendable {
        let request: Request
        let context: SiteContext
        let receipt: Receipt
        let holder: ReceiptHolder
        var view: ReceiptView

        func with(_ view: ReceiptView) -> Opened {
            var other = self
            other.view = view
            return other
        }
    }

    private var cookie: ReceiptCookie { ReceiptCookie(services.casefile) }

    private func guardedByReceipt(_ request: Request, _ context: SiteContext) -> SiteContext {
        var context = context
        if let receipt = cookie.receipt(request) { context.csrf = FormToken.derive(from: receipt.digits) }
        return context
    }

    func opened(_ request: Request, _ context: SiteContext) async throws -> Opened? {
        guard let receipt = cookie.receipt(request) else { return nil }
        let holder = ReceiptHolder(receipt, pepper: services.casefile.keys.pepper)
        guard let view = try? await view(holder) else { return nil }
        return Opened(
            request: request, context: guardedByReceipt(request, context), receipt: receipt, holder: holder, view: view)
    }

    private func act(
        _ request: Request, _ context: SiteContext, _ work: (Opened, Form) async throws -> Response
    ) async throws -> Response {
        guard let opened = try await opened(request, context) else { return .seeOther("/receipt") }
        let form = try await request.form(opened.context)
        return try await waiting(request, opened.context, form, back: "/receipt") {
            try admit(.receipt, request, context)
            return try await work(opened, form)
        }
    }

    private func enter(_ request: Request, _ context: SiteContext) async throws -> Response {
        let context = guardedByReceipt(request, context)
        let form = try await request.form(context)
        return try await waiting(request, context, form, back: "/receipt") {
            try admit(.receipt, request, context)
            return try await enter(form, request, context)
        }
    }

    private func enter(_ form: Form, _ request: Request, _ context: SiteContext) async throws -> Response {
        let typed = form["receipt"] ?? ""
        guard let receipt = try? Receipt(parsing: typed) else {
            let isEmpty = typed.allSatisfy(\.isWhitespace)
            return try enterPage(
                request, context, error: isEmpty ? "reporting.receipt.missing" : "reporting.receipt.mistyped",
                typed: typed)
        }
        do { _ = try await view(ReceiptHolder(receipt, pepper: services.casefile.keys.pepper)) } catch ReceiptRefusal
            .unknown
        {
            return try enterPage(request, context, error: "reporting.receipt.unknown", typed: typed)
        }
        var response = Response.seeOther("/receipt")
        try cookie.set(receipt, on: &response, secure: services.shell.settings.secureCookies)
        return response
    }

    private func enterPage(
        _ request: Request, _ context: SiteContext, error: String?, typed: String = "", isOver: Bool = false
    ) throws -> Response {
        let texts = services.shell.texts(context)
        var frame = services.shell.frame(
            request, guardedByReceipt(request, context), title: texts.text("titles.enter"))
        if (try? request.query["left"]) != nil {
            frame.notice = PageNotice(.done, texts.text("reporting.receipt.left"))
        } else if isOver {
            frame.notice = PageNotice(.info, texts.text("reporting.receipt.over"))
        }
        let summary = ErrorSummary(error.map { [FieldError("receipt", $0)] } ?? [], texts)
        let model = EnterPage(
            summary: summary.isEmpty ? nil : summary,
            field: FormField(
                "receipt", texts.text("reporting.receipt.question"), .number, value: typed,
                hint: texts.text("reporting.receipt.hint"), error: summary["receipt"], isRequired: true,
                maximumLength: 100, isHeading: true))
        return try services.shell.page(
            "reporting/enter", model, frame, status: error == nil ? .ok : .unprocessableContent)
    }

    /// A text of the reporter: kept, or shown again with what is wrong with it.
    private func tell(
        _ field: String, _ text: String, _ opened: Opened, _ work: () async throws -> Void
    ) async throws -> Response {
        do { try await retrying(work) } catch CasefileError.invalid(let faults) {
            let errors = faults.prefix(1).map { FieldError(field, "entrance.faults.\($0.reason)") }
            return try await receiptPage(opened, faults: Array(errors), typed: [field: text])
        }
        return .seeOther("/receipt?done=\(field)")
    }

    private func askRecusal(_ opened: Opened, _ form: Form) async throws -> Response {
        let typed = ["whom": form["whom"] ?? "", "reason": form["reason"] ?? ""]
        do {
            try await retrying {
                try await services.casefile.askRecusal(
                    of: typed["whom"] ?? "", because: typed["reason"] ?? "", from: opened.holder)
            }
        } catch CasefileError.invalid(let faults) {
            return try await receiptPage(
                opened, faults: faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }, typed: typed)
        } catch CasefileError.nobodyHome {
            return try await receiptPage(
                opened, faults: [FieldError("whom", "reporting.receipt.recusal.nobody")], typed: typed)
        }
        return .seeOther("/receipt?done=recusal")
    }

    private func rate(_ opened: Opened, _ form: Form) async throws -> Response {
        let score = form["score"].flatMap { Int($0) } ?? 0
        let settled = form["settled"] ?? ""
        let comment = form["comment"] ?? ""
        var faults: [FieldError] = []
        if !(1...5).contains(score) { faults.append(FieldError("score", "reporting.rating.score-missing")) }
        if settled != "yes", settled != "no" {
            faults.append(FieldError("settled", "reporting.rating.settled-missing"))
        }
        let typed = ["score": String(score), "settled": settled, "comment": comment]
        if !faults.isEmpty { return try await receiptPage(opened, faults: faults, typed: typed) }
        do {
            try await retrying {
                try await services.casefile.rate(
                    Rating(score: score, settled: settled == "yes", comment: comment), from: opened.holder)
            }
        } catch CasefileError.invalid {
            return try await receiptPage(
                opened, faults: [FieldError("comment", "entrance.faults.tooLong")], typed: typed)
        }
        return .seeOther("/receipt?done=rating")
    }

    private func receiptPage(
        _ opened: Opened, notice: String? = nil, faults: [FieldError] = [], typed: [String: String] = [:],
        kept: [String] = []
    ) async throws -> Response {
        let texts = services.shell.texts(opened.context)
        var frame = services.shell.frame(
            opened.request, opened.context, title: texts.text("titles.receipt"))
        frame.address = "/receipt"
        if let notice, ["message", "objection", "rating", "files", "recusal"].contains(notice) {
            frame.notice = PageNotice(.done, texts.text("reporting.receipt.done.\(notice)"))
        } else if !kept.isEmpty {
            let names = kept.joined(separator: texts.text("reporting.receipt.kept-joint"))
            frame.notice = PageNotice(.done, texts.format("reporting.receipt.kept", ["names": names]))
        }
        let model = ReceiptPage(
            opened.view, workflow: services.casefile.workflow, language: opened.context.language, texts,
            faults: faults, typed: typed, now: services.casefile.clock.now())
        var response = try services.shell.page(
            "reporting/receipt", model, frame, status: faults.isEmpty ? .ok : .unprocessableContent)
        try cookie.set(opened.receipt, on: &response, secure: services.shell.settings.secureCookies)
        return response
    }
}

struct EnterPage: MustacheParent {
    let summary: ErrorSummary?
    let field: FormField

    func child(named name: String) -> Any? {
        switch name {
        case "summary": summary
        case "receipt": field
        default: nil
        }
    }
}
