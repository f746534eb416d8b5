import Casefile
import Casework
import Drawing
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// Guided registration of letters, visits, calls and others. Rank is asked before anything is typed (I-2).
struct RegistrationRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    /// Boxes for who is reported that stand on an empty form; a button adds one more.
    private static let rows = 2

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/register") { request, context in try await self.gate(request, context, []) }
        routes.post("/register/rank") { request, context in try await self.rank(request, context) }
        routes.get("/register/form") { request, context in
            guard let rank = try await self.passed(request.query("rank"), context) else {
                return Response.seeOther("/register")
            }
            return try await self.form(request, context, Form([]), errors: [], rank: rank)
        }
        routes.post("/register") { request, context in try await self.submit(request, context) }
        routes.post("/register/handed/:note") { request, context in
            _ = try await request.form(context)
            try await self.services.casefile.markArrived(try context.parameter("note"), by: try context.viewer)
            return Response.seeOther("/register")
        }
        routes.get("/register/scans/:ticket") { request, context in
            let viewer = try context.viewer
            guard let scan = self.services.casefile.scan(try context.parameter("ticket"), of: viewer) else {
                throw SiteError.notFound
            }
            guard request.query("show") != nil else {
                return FileResponse.make(try await self.services.casefile.original(of: scan, for: viewer))
            }
            // Also what one has just brought oneself is drawn anew and marked before a browser sees it.
            let drawn = try? await self.services.casefile.drawn(scan, for: viewer)
            guard let drawn else { throw SiteError.notFound }
            return FileResponse.picture(drawn)
        }
    }

    private func workflow() -> Workflow { services.casefile.workflow }

    private func gate(
        _ request: Request, _ context: SiteContext, _ errors: [FieldError]
    ) async throws -> Response {
        _ = try context.viewer
        let texts = services.shell.texts(context)
        let language = context.language.rawValue
        let frame = try await services.staffFrame(request, context, title: texts.text("desk.register.title"))
        let summary = ErrorSummary(errors, texts)
        let field = FormField(
            "rank", texts.text("desk.register.rank"), .choice, hint: texts.text("desk.register.rank-hint"),
            error: summary["rank"],
            options: (workflow().vocabularies["management"] ?? []).map {
                FieldOption($0.value, $0.label.text(language))
            }, isRequired: true)
        let today = services.casefile.clock.now().day
        let handed = try await services.casefile.tombstones(for: try context.viewer).map { note in
            Entry([
                "day": note.day.text,
                "way": texts.text(note.isMine ? "desk.register.handed-by-me" : "desk.register.handed-to-us"),
                "due": note.arrived == nil ? note.due.text : nil, "provisional": note.provisional,
                "late": note.arrived == nil && note.due < today, "arrived": note.arrived?.text,
                "mark": note.mayMark ? "/register/handed/\(note.id)" : nil,
            ])
        }
        let model = Entry([
            "summary": summary.isEmpty ? nil : summary, "field": field, "handed": handed,
            "hasHanded": !handed.isEmpty,
        ])
        return try services.shell.page(
            "desk/register-gate", model, frame, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    /// A rank above this organ stops here: nothing is typed and nothing kept but the tombstone.
    private func rank(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let form = try await request.form(context)
        guard let level = ManagementLevel(rawValue: form["rank"] ?? "") else {
            return try await gate(request, context, [FieldError("rank", "entrance.faults.choice")])
        }
        let world = try await services.casefile.world()
        if let organ = world.organs[viewer.organ], let rank = level.rank, rank < world.rank(of: organ) {
            try await services.casefile.handUp(by: viewer, level: level)
            return try await handUp(request, context)
        }
        return .seeOther("/register/form?rank=\(level.rawValue)")
    }

    /// What is left to do with something that is not ours, and until when.
    private func handUp(
        _ request: Request, _ context: SiteContext, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let texts = services.shell.texts(context)
        let frame = try await services.staffFrame(request, context, title: texts.text("desk.register.title"))
        let due = try await services.casefile.handUpDue()
        return try services.shell.page("desk/hand-up", Entry(["due": due.text]), frame, status: status)
    }

    /// The rank that was answered at the gate; `nil` for whoever comes past it, or with a rank that stops there.
    private func passed(_ rank: String?, _ context: SiteContext) async throws -> String? {
        guard let level = rank.flatMap(ManagementLevel.init(rawValue:)) else { return nil }
        let world = try await services.casefile.world()
        guard let organ = world.organs[try context.viewer.organ] else { return nil }
        if let rank = level.rank, rank < world.rank(of: organ) { return nil }
        return level.rawValue
    }

    private func form(
        _ request: Request, _ context: SiteContext, _ form: Form, errors: [FieldError], rank: String
    ) async throws -> Response {
        _ = try context.viewer
        let texts = services.shell.texts(context)
        let frame = try await services.staffFrame(request, context, title: texts.text("desk.register.title"))
        let summary = ErrorSummary(
            errors.map { FieldError($0.field.replacing(".", with: "-"), $0.messageKey, $0.arguments) }, texts)
        let fields = RegistrationFields(
            texts: texts, workflow: workflow(), language: context.language.rawValue, form: form, summary: summary,
            rank: rank)
        let place = try await picker(form, context)
        let scans = scans(form.all("scan"), try context.viewer)
        let parties = fields.parties(Self.rows)
        let isTyped = form["channel"] != nil
        let model = Entry([
            "summary": summary.isEmpty
                ? nil
                : summary.naming(fields.basics + fields.reporter + parties.flatMap(\.named)),
            "basics": fields.basics, "parties": parties.map(\.entry),
            "reporter": fields.reporter, "marks": fields.marks, "rank": rank,
            "once": (form["once"].flatMap(RegistrationForm.init) ?? .fresh()).text,
            "completeness": isTyped ? Completeness(RegistrationInput(form: form), texts: texts) : nil,
            "scans": scans, "hasScans": !scans.isEmpty, "chooser": fields.scans,
            "mayAdd": parties.count < RegistrationFields.mostParties,
            "place": place.chosen(summary, texts), "placeName": place.search(texts),
        ])
        return try services.shell.page(
            "desk/register", model, frame, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func picker(_ form: Form, _ context: SiteContext) async throws -> PlacePicker {
        let home = try await services.casefile.world().organs[try context.viewer.organ]?.region
        return PlacePicker(form: form, regions: services.casefile.regions, home: home)
    }

    /// Scans shown beside the form: pictures drawn anew, everything else by name.
    private func scans(_ tickets: [String], _ viewer: Viewer) -> [Entry] {
        tickets.prefix(EvidenceLimits.files).compactMap { ticket in
            guard let scan = services.casefile.scan(ticket, of: viewer), services.casefile.isKept(scan) else {
                return nil
            }
            return Entry([
                "ticket": ticket, "name": scan.name, "href": "/register/scans/\(ticket)",
                "shown": scan.type.hasPrefix("image/") || scan.type == FileType.pdf.rawValue
                    ? "/register/scans/\(ticket)?show=yes" : nil,
            ])
        }
    }

    /// What was posted: the fields, with a ticket for each scan that was kept, and what is wrong with the others. Scans are
    /// kept sealed, and only the form that this page hands back can name them. `nil` for whoever comes past the gate.
    private func posted(
        _ request: Request, _ context: SiteContext
    ) async throws -> (form: Form, rank: String, errors: [FieldError])? {
        let viewer = try context.viewer
        guard request.isMultipart else {
            let form = try await request.form(context)
            return try await passed(form["rank"], context).map { (form, $0, []) }
        }
        struct PastTheGate: Error {}
        var tickets: [String] = []
        let sent: UploadedForm
        do {
            sent = try await UploadedForm.receive(
                request, context, into: services.casefile, fieldLimit: BodyLimits.report.maximumSize
            ) { form in
                guard try await passed(form["rank"], context) != nil else { throw PastTheGate() }
            } keep: { staged in
                tickets.append(try services.casefile.ticket(for: staged, of: viewer))
            }
        } catch is PastTheGate { return nil }
        guard let rank = try await passed(sent.fields["rank"], context) else { return nil }
        let before = sent.fields.all("scan").filter { services.casefile.scan($0, of: viewer) != nil }
        var errors = sent.faults
        let room = max(0, EvidenceLimits.files - before.count)
        for ticket in tickets.dropFirst(room) {
            guard let scan = services.casefile.scan(ticket, of: viewer) else { continue }
            services.casefile.files.remove(scan.stored)
            errors.append(FileRefusal.tooMany.fault(of: scan.name))
        }
        let scans = (before + tickets.prefix(room)).map { (name: "scan", value: $0) }
        return (Form(sent.fields.pairs.filter { $0.name != "scan" } + scans), rank, errors)
    }

    private func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        guard let (posted, rank, refused) = try await posted(request, context) else { return .seeOther("/register") }
        let picker = try await picker(posted, context)
        // Nothing is registered while a scan that belongs to it was refused.
        if let ticket = posted["drop"], let scan = services.casefile.scan(ticket, of: viewer) {
            try await services.casefile.discard([scan])
            let others = Form(posted.pairs.filter { $0.name != "scan" || $0.value != ticket })
            return try await form(request, context, others, errors: refused, rank: rank)
        }
        if ["find", "keep", "more", "drop"].contains(where: { posted[$0] != nil }) || !refused.isEmpty {
            return try await form(request, context, posted, errors: refused, rank: rank)
        }
        var input = RegistrationInput(form: posted)
        do {
            input.place = try picker.answer()
            var filing = try input.filing()
            filing.files = posted.all("scan").prefix(EvidenceLimits.files).compactMap {
                services.casefile.scan($0, of: viewer)
            }
            guard let once = posted["once"].flatMap(RegistrationForm.init) else {
                return try await slip(request, context, try await services.casefile.register(filing, by: viewer))
            }
            switch try await services.casefile.register(filing, by: viewer, once: once) {
            case .filed(let filed): return try await slip(request, context, filed)
            case .before(let id):
                let isReadable = (try? await services.casefile.report(id, for: viewer)) != nil
                return .seeOther(isReadable ? "/desk/reports/\(id)" : "/desk")
            }
        } catch let error as SiteError where error.kind == .invalid {
            return try await form(
                request, context, posted, errors: error.fields.map { posted.placed($0) }, rank: rank)
        } catch let CasefileError.invalid(faults) {
            let errors = faults.map { fault in
                posted.placed(
                    FieldError(
                        fault.field,
                        fault.field == "reporter.name" && fault.reason == "required"
                            ? "desk.register.reporter-missing" : "entrance.faults.\(fault.reason)"))
            }
            return try await form(request, context, posted, errors: errors, rank: rank)
        } catch CasefileError.handUp {
            return try await handUp(request, context, status: .conflict)
        }
    }

    /// The receipt slip: shown once, printable, for the person who came or called.
    private func slip(_ request: Request, _ context: SiteContext, _ filed: Filed) async throws -> Response {
        let texts = services.shell.texts(context)
        var frame = try await services.staffFrame(request, context, title: texts.text("desk.slip.title"))
        frame.isOnce = true
        let english = context.language == .en
        // Not everybody who registers may read what came in: one of unknown level is the director's alone.
        let viewer = try context.viewer
        let isReadable = (try? await services.casefile.report(filed.id, for: viewer)) != nil
        let model = Entry([
            "qr": try? QRDrawing(filed.receipt.grouped), "number": filed.number, "digits": filed.receipt.grouped,
            "organ": english ? filed.organ.nameEnglish : filed.organ.name, "day": filed.filedAt.day.text,
            "address": services.publicURL + "/receipt",
            "href": isReadable ? "/desk/reports/\(filed.id)?tab=waiting" : nil,
        ])
        return try services.shell.page("desk/slip", model, frame, status: .created)
    }
}
