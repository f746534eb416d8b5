import Casefile
import Casework
import Database
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// The summary, the sending, and the receipt that is shown once.
extension ReportingRoutes {
    func addSending(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report/check") { request, context in
            try await visit(request, context) { try checkPage($0, []) }
        }
        routes.get("/report/done") { request, context in
            try await visit(request, context) { _ in .seeOther("/report/check") }
        }
        routes.post("/report/done") { request, context in try await send(request, context) }
    }

    private func send(_ request: Request, _ context: SiteContext) async throws -> Response {
        // A page that is sent again after the cookie went has nothing left to send.
        guard draftKey(request) != nil else { return try alreadySent(request, context) }
        return try await visit(request, context) { visit in
            let form = try await visit.form()
            if form["go"] == "back" { return .seeOther(Step.you.path) }
            let gaps = gaps(visit.draft)
            if !gaps.isEmpty { return try checkPage(visit, gaps) }
            return try await waiting(request, visit.context, form, back: "/report/check") {
                try admit(.filing, request, visit.context)
                return try await file(visit)
            }
        } sent: { context, key in
            _ = try await request.form(context)
            return try await sentTwice(request, context, key)
        }
    }

    private func file(_ visit: Visit) async throws -> Response {
        let request = visit.request
        guard let draft = try await drafts.claim(visit.key) else {
            return try await sentTwice(request, visit.context, visit.key)
        }
        let filed: Filed
        do {
            var filing = draft.filing
            filing.receipt = visit.key.receipt(pepper: services.casefile.keys.pepper)
            filed = try await services.casefile.file(filing)
        } catch {
            // Where the database was lost midway nobody knows whether the report is there: the draft stays closed.
            if case DatabaseError.unavailable = error { throw error }
            try await drafts.release(visit.key)
            switch error {
            case CasefileError.aboveThisPlatform:
                let world = try await services.casefile.world()
                if Jurisdiction.standsAbove(draft.parties, in: world) {
                    return try await turnedAway(request, visit.context)
                }
                // It could only not be ruled out: the draft stays, and a place or a unit's full name may settle it.
                return try checkPage(visit, [FieldError("party", "reporting.check.not-ruled-out")])
            case CasefileError.invalid(let faults): return try checkPage(visit, faults.map(anchored))
            default: throw error
            }
        }
        // The report is there: from here on nothing may keep its receipt from being shown.
        try? await drafts.sent(visit.key)
        return try done(request, visit.context, filed.receipt, at: filed.organ, filed.filedAt)
    }

    /// The same form once more from the same browser, before the first answer took the cookie away: a double tap, or
    /// an answer that got lost. The browser shows the last answer only, so this one must hold the receipt as well.
    ///
    /// The receipt is not kept for it: it is derived from the key in the cookie and the pepper, as it was at filing, and
    /// the report is there or not. So nothing is stored, the first sending is waited for if it is still under way, and
    /// whoever has no cookie gets no receipt. Offered for an hour at most.
    private func sentTwice(_ request: Request, _ context: SiteContext, _ key: DraftKey) async throws -> Response {
        guard try await drafts.isJustSent(key) else { return try alreadySent(request, context) }
        let receipt = key.receipt(pepper: services.casefile.keys.pepper)
        let holder = ReceiptHolder(receipt, pepper: services.casefile.keys.pepper)
        // Half a minute: as long as a server under load may take to file.
        for _ in 0..<300 {
            do {
                let view = try await services.casefile.receipt(holder)
                return try done(request, context, receipt, at: view.organ, view.history.first?.at)
            } catch CasefileError.notFound {}
            // The first sending was refused: its answer stands on the page before.
            guard case .sent = try await drafts.find(key) else { return .seeOther("/report/check") }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try alreadySent(request, context)
    }

    private func done(
        _ request: Request, _ context: SiteContext, _ receipt: Receipt, at organ: Organ, _ filedAt: Instant?
    ) throws -> Response {
        let texts = services.shell.texts(context)
        var frame = services.shell.frame(request, context, title: texts.text("titles.done"))
        // A switch of language would leave the receipt behind.
        frame.isOnce = true
        let model = DonePage(
            groups: receipt.grouped.split(separator: " ").map { Line(text: String($0)) },
            code: try? QRDrawing(receipt.grouped),
            organ: context.language == .en ? organ.nameEnglish : organ.name,
            filedAt: filedAt?.day.text ?? "", address: publicAddress(request) + "/receipt")
        var response = try services.shell.page("reporting/done", model, frame)
        forgetDraft(&response)
        return response
    }

    /// Where to come back to: whoever came through Tor is not led to the open web.
    private func publicAddress(_ request: Request) -> String {
        request.onionHost.map { "http://" + $0 } ?? services.publicURL
    }

    /// Sent before: said so, whatever made the page come a second time.
    func alreadySent(_ request: Request, _ context: SiteContext) throws -> Response {
        let title = services.shell.texts(context).text("titles.sent")
        var response = try services.shell.page(
            "reporting/sent", NoModel(), services.shell.frame(request, context, title: title), status: .conflict)
        forgetDraft(&response)
        return response
    }

    /// What still has to be answered before it can be sent.
    private func gaps(_ draft: Draft) -> [FieldError] {
        var gaps: [FieldError] = []
        if draft.parties.isEmpty { gaps.append(FieldError("party", "reporting.check.party-missing")) }
        if !draft.parties.isEmpty, !draft.isRankOnList {
            gaps.append(FieldError("party", "reporting.check.rank-differs"))
        }
        if draft.title.isEmpty || draft.content.allSatisfy(\.isWhitespace) {
            gaps.append(FieldError("what", "reporting.check.what-missing"))
        }
        switch draft.identity {
        case nil: gaps.append(FieldError("you", "reporting.check.you-missing"))
        case .anonymous: break
        default:
            if !contactFaults(draft.reporter).isEmpty {
                gaps.append(FieldError("contact", "reporting.check.contact-missing"))
            }
        }
        return gaps
    }

    /// A fault that the door found, told beside the row of the summary that it belongs to.
    private func anchored(_ fault: FieldFault) -> FieldError {
        let row =
            switch fault.field.prefix(while: { $0 != "." }) {
            case "reported", "organ": "party"
            case "happened": "when"
            case "location", "place": "where"
            case "demand": "demand"
            case "reporter": "contact"
            default: "what"
            }
        return FieldError(row, "entrance.faults.\(fault.reason)")
    }

    private func checkPage(_ visit: Visit, _ faults: [FieldError]) throws -> Response {
        let texts = visit.texts
        let draft = visit.draft
        let summary = ErrorSummary(faults, texts)
        let none = texts.text("reporting.check.none")
        func row(_ anchor: String, _ lines: [String], path: String? = nil) -> CheckRow {
            let told = lines.filter { !$0.isEmpty }
            return CheckRow(
                anchor: "f-" + anchor, label: texts.text("reporting.check.rows.\(anchor)"),
                lines: (told.isEmpty ? [none] : told).map { Line(text: $0) },
                changeHref: (path ?? "/report/" + anchor) + "?to=check", fault: summary[anchor])
        }
        let place = draft.place.flatMap { services.casefile.regions.fullName(of: $0) } ?? ""
        var rows = [
            row("rank", [texts.text("reporting.levels.\(draft.rank.rawValue).name")]),
            row(
                "party",
                draft.parties.enumerated().map { index, party in
                    let shown = PartyRow(party, number: index + 1, query: "", texts)
                    return shown.title + "（" + shown.details + "）"
                }),
            row("what", [draft.title, draft.content]), row("when", [draft.happened]),
            row("where", [place, draft.location]), row("demand", [draft.demand]),
            row("files", draft.files.map { "\($0.name)（\(sizeText($0.size))）" }),
            row("you", [draft.identity.map { texts.text("reporting.you.kinds.\($0.rawValue).name") } ?? ""]),
        ]
        if let identity = draft.identity, identity != .anonymous {
            let sender = draft.reporter
            rows.append(
                row(
                    "contact",
                    [sender.name, sender.others, sender.phone, sender.address, sender.email, sender.safeContact]))
        }
        let model = CheckPage(summary: summary.isEmpty ? nil : summary, rows: rows)
        return try page(
            "check", model, visit, title: texts.text("titles.check"), isWrong: !faults.isEmpty)
    }
}

struct CheckRow: MustacheParent {
    let anchor: String
    let label: String
    let lines: [Line]
    let changeHref: String
    let fault: String?

    func child(named name: String) -> Any? {
        switch name {
        case "anchor": anchor
        case "label": label
        case "lines": lines
        case "changeHref": changeHref
        case "fault": fault
        default: nil
        }
    }
}

struct CheckPage: MustacheParent {
    let summary: ErrorSummary?
    let rows: [CheckRow]

    func child(named name: String) -> Any? {
        switch name {
        case "summary": summary
        case "rows": rows
        default: nil
        }
    }
}

struct DonePage: MustacheParent {
    let groups: [Line]
    let code: QRDrawing?
    let organ: String
    let filedAt: String
    let address: String

    func child(named name: String) -> Any? {
        switch name {
        case "groups": groups
        case "code": code
        case "organ": organ
        case "filedAt": filedAt
        case "address": address
        default: nil
        }
    }
}
