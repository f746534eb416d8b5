import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Site

/// The beginning, and the question that comes before every other: how high is the highest of the reported?
extension ReportingRoutes {
    func addStart(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report") { request, context in try await start(request, context) }
        routes.post("/report/discard") { request, context in
            let key = draftKey(request)
            let form = try await request.form(guarded(context, by: key))
            if let key { try await discard(key) }
            let poster = try await poster(form)
            var response = Response.seeOther("/report" + poster.query)
            forgetDraft(&response)
            return response
        }
        routes.get("/report/rank") { request, context in
            let poster = try await poster(request.query)
            let draft = try await openDraft(request)
            return try rankPage(request, guarded(context, by: draftKey(request)), poster, chosen: draft?.rank.rawValue)
        }
        routes.post("/report/rank") { request, context in try await submitRank(request, context) }
        routes.get("/report/above") { request, context in try above(request, context) }
    }

    /// What a poster's address carries, as far as it exists here.
    struct Poster: Sendable {
        var organ: Organ?
        var place: RegionCode?

        var query: String {
            let parts = [organ.map { "organ=\($0.code)" }, place.map { "place=\($0)" }].compactMap { $0 }
            let isPlain = parts.allSatisfy { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x26 } }
            return parts.isEmpty || !isPlain ? "" : "?" + parts.joined(separator: "&")
        }
    }

    func poster(_ form: Form) async throws -> Poster {
        let world = try await services.casefile.world()
        let place = form.filled("place").flatMap { RegionCode($0) }
        return Poster(
            organ: form.filled("organ").flatMap { world.organ(code: $0) },
            place: place.flatMap { services.casefile.regions.name(of: $0) == nil ? nil : $0 })
    }

    private func openDraft(_ request: Request) async throws -> Draft? {
        guard let key = draftKey(request), case .open(let draft) = try await drafts.find(key) else { return nil }
        return draft
    }

    private func start(_ request: Request, _ context: SiteContext) async throws -> Response {
        let texts = services.shell.texts(context)
        let form = try request.query
        let poster = try await poster(form)
        let draft = try await openDraft(request)
        var frame = services.shell.frame(
            request, guarded(context, by: draft == nil ? nil : draftKey(request)),
            title: texts.text("titles.start"))
        frame.leaveAction = Self.leaveAction
        if form["gone"] != nil { frame.notice = PageNotice(.warning, texts.text("reporting.start.gone")) }
        let model = StartPage(
            organ: poster.organ.map { context.language == .en ? $0.nameEnglish : $0.name },
            place: poster.place.flatMap { services.casefile.regions.fullName(of: $0) },
            href: "/report/rank" + poster.query, hasDraft: draft != nil, organCode: poster.organ?.code,
            placeCode: poster.place?.description)
        return try services.shell.page("reporting/start", model, frame)
    }

    private func rankPage(
        _ request: Request, _ context: SiteContext, _ poster: Poster, chosen: String?, isMissing: Bool = false
    ) throws -> Response {
        let texts = services.shell.texts(context)
        let summary = ErrorSummary(isMissing ? [FieldError("rank", "reporting.rank.missing")] : [], texts)
        let options = ManagementLevel.allCases.map { level in
            FieldOption(
                level.rawValue, texts.text("reporting.levels.\(level.rawValue).name"),
                hint: texts.text("reporting.levels.\(level.rawValue).who"), isChosen: chosen == level.rawValue)
        }
        var fields = [
            FormField(
                "rank", texts.text("reporting.rank.question"), .choice, hint: texts.text("reporting.rank.hint"),
                error: summary["rank"], options: options, isRequired: true, isHeading: true)
        ]
        if let organ = poster.organ { fields.append(FormField("organ", "", .hidden, value: organ.code)) }
        if let place = poster.place { fields.append(FormField("place", "", .hidden, value: place.description)) }
        let model = StepPage(
            progress: progress(.rank, texts), summary: summary, action: "/report/rank", fields: fields,
            isReturning: (try? request.query["to"]) == "check")
        var frame = services.shell.frame(request, context, title: title(.rank, texts))
        frame.leaveAction = Self.leaveAction
        return try services.shell.page("reporting/step", model, frame, status: isMissing ? .unprocessableContent : .ok)
    }

    private func submitRank(_ request: Request, _ context: SiteContext) async throws -> Response {
        let key = draftKey(request)
        let context = guarded(context, by: key)
        let form = try await request.form(context)
        let poster = try await poster(form)
        if form["go"] == "back" { return .seeOther("/report" + poster.query) }
        guard let rank = form["rank"].flatMap(ManagementLevel.init(rawValue:)) else {
            return try rankPage(request, context, poster, chosen: nil, isMissing: true)
        }
        let world = try await services.casefile.world()
        if let asked = rank.rank, let root = world.root, asked < world.rank(of: root) {
            return try await turnedAway(request, context)
        }
        if let key, case .open = try await drafts.find(key) {
            try await drafts.change(key) { $0.rank = rank }
            return onward(form, from: .rank)
        }
        return try await waiting(request, context, form, back: "/report/rank" + poster.query) {
            try admit(.draft, request, context)
            do {
                let key = try await drafts.begin(Draft(organ: poster.organ?.code, place: poster.place, rank: rank))
                var response = onward(form, from: .rank)
                response.setCookie(
                    "draft", key.cookie, secure: services.shell.settings.secureCookies, sameSite: .lax,
                    path: Self.cookiePath)
                return response
            } catch DraftError.full {
                return try full(request, context)
            }
        }
    }

    /// Throws the draft away, with files that are not there whole.
    func discard(_ key: DraftKey) async throws {
        try await drafts.discard(key)
        try await services.casefile.forgetUploads(of: try key.uploads)
    }

    /// The matter stands above everything here: the draft is thrown away, and the page says where to turn (I-2).
    func turnedAway(_ request: Request, _ context: SiteContext) async throws -> Response {
        if let key = draftKey(request) { try await discard(key) }
        var response = Response.seeOther("/report/above")
        forgetDraft(&response)
        return response
    }

    private func above(_ request: Request, _ context: SiteContext) throws -> Response {
        let title = services.shell.texts(context).text("titles.above")
        return try services.shell.page(
            "reporting/above", NoModel(), services.shell.frame(request, context, title: title))
    }

    /// There is no room for another draft: said plainly, with the other ways to report.
    func full(_ request: Request, _ context: SiteContext) throws -> Response {
        let title = services.shell.texts(context).text("titles.full")
        return try services.shell.page(
            "reporting/full", NoModel(), services.shell.frame(request, context, title: title),
            status: .serviceUnavailable)
    }
}

struct StartPage: MustacheParent {
    let organ: String?
    let place: String?
    let href: String
    let hasDraft: Bool
    let organCode: String?
    let placeCode: String?

    func child(named name: String) -> Any? {
        switch name {
        case "organ": organ
        case "place": place
        case "href": href
        case "draft": hasDraft
        case "organCode": organCode
        case "placeCode": placeCode
        default: nil
        }
    }
}
