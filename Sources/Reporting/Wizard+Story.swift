import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Site

/// What happened, when, where, and what the reporter wants settled.
extension ReportingRoutes {
    func addStory(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report/what") { request, context in
            try await visit(request, context) { try whatPage($0, $0.draft, [], $0.isReturning) }
        }
        routes.post("/report/what") { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                let draft = try await drafts.change(visit.key) { draft in
                    draft.title = form.filled("title") ?? ""
                    draft.content = form["content"] ?? ""
                }
                var faults: [FieldError] = []
                if draft.title.isEmpty { faults.append(FieldError("title", "reporting.what.title-missing")) }
                if draft.title.count > FilingLimits.title { faults.append(tooLong("title", FilingLimits.title)) }
                if draft.content.allSatisfy(\.isWhitespace) {
                    faults.append(FieldError("content", "reporting.what.content-missing"))
                }
                if draft.content.count > FilingLimits.content {
                    faults.append(tooLong("content", FilingLimits.content))
                }
                if form["go"] != "back", !faults.isEmpty {
                    return try whatPage(visit, draft, faults, form["to"] == "check")
                }
                return onward(form, from: .what)
            }
        }
        addText(to: routes, .when, limit: FilingLimits.short, rows: 3, \.happened)
        addText(to: routes, .demand, limit: FilingLimits.content, rows: 6, \.demand)
        routes.get("/report/where") { request, context in
            try await visit(request, context) { try placePage($0, $0.draft, [], $0.isReturning) }
        }
        routes.post("/report/where") { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                let picked = form["place"]
                let place = picked.flatMap { RegionCode($0) }.flatMap { code in
                    services.casefile.regions.name(of: code) == nil ? nil : code
                }
                let draft = try await drafts.change(visit.key) { draft in
                    draft.location = form.filled("location") ?? ""
                    if let picked, picked.isEmpty || place != nil { draft.place = place }
                }
                if picked != nil { return .seeOther("/report/where" + (form["to"] == "check" ? "?to=check" : "")) }
                if form["go"] != "back", draft.location.count > FilingLimits.short {
                    return try placePage(
                        visit, draft, [tooLong("location", FilingLimits.short)], form["to"] == "check")
                }
                return onward(form, from: .place)
            }
        }
    }

    /// A page that asks for one text which may be left out.
    private func addText(
        to routes: some RouterMethods<SiteContext>, _ step: Step, limit: Int, rows: Int,
        _ path: any WritableKeyPath<Draft, String> & Sendable
    ) {
        let field = step.rawValue
        let draw = { @Sendable (visit: Visit, value: String, faults: [FieldError], isReturning: Bool) in
            let texts = visit.texts
            let summary = ErrorSummary(faults, texts)
            let question = texts.text("reporting.\(field).question")
            let model = StepPage(
                progress: progress(step, texts), summary: summary, action: step.path,
                fields: [
                    FormField(
                        field, question, .area(rows: rows), value: value,
                        hint: texts.text("reporting.\(field).hint"), error: summary[field], maximumLength: limit,
                        isHeading: true)
                ], isReturning: isReturning)
            return try page("step", model, visit, title: title(step, texts), isWrong: !faults.isEmpty)
        }
        routes.get(RouterPath(step.path)) { request, context in
            try await visit(request, context) { try draw($0, $0.draft[keyPath: path], [], $0.isReturning) }
        }
        routes.post(RouterPath(step.path)) { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                let value = form.filled(field) ?? ""
                try await drafts.change(visit.key) { $0[keyPath: path] = value }
                if form["go"] != "back", value.count > limit {
                    return try draw(visit, value, [tooLong(field, limit)], form["to"] == "check")
                }
                return onward(form, from: step)
            }
        }
    }

    func tooLong(_ field: String, _ limit: Int) -> FieldError {
        FieldError(field, "reporting.errors.too-long", ["limit": String(limit)])
    }

    private func whatPage(
        _ visit: Visit, _ draft: Draft, _ faults: [FieldError], _ isReturning: Bool
    ) throws -> Response {
        let texts = visit.texts
        let summary = ErrorSummary(faults, texts)
        let question = texts.text("reporting.what.question")
        let model = StepPage(
            progress: progress(.what, texts), question: question, summary: summary, action: Step.what.path,
            fields: [
                FormField(
                    "title", texts.text("reporting.what.title"), value: draft.title,
                    hint: texts.text("reporting.what.title-hint"), error: summary["title"], isRequired: true,
                    maximumLength: FilingLimits.title),
                FormField(
                    "content", texts.text("reporting.what.content"), .area(rows: 12), value: draft.content,
                    hint: texts.text("reporting.what.content-hint"), error: summary["content"], isRequired: true,
                    maximumLength: FilingLimits.content),
            ], isReturning: isReturning)
        return try page("step", model, visit, title: title(.what, texts), isWrong: !faults.isEmpty)
    }

    private func placePage(
        _ visit: Visit, _ draft: Draft, _ faults: [FieldError], _ isReturning: Bool
    ) throws -> Response {
        let texts = visit.texts
        let regions = services.casefile.regions
        let summary = ErrorSummary(faults, texts)
        let model = PlacePage(
            progress: progress(.place, texts), summary: summary.isEmpty ? nil : summary,
            chosen: draft.place.flatMap { regions.fullName(of: $0) },
            wider: draft.place.map { place in
                var wider = place.parent
                while let code = wider, regions.name(of: code) == nil { wider = code.parent }
                return wider?.description ?? ""
            },
            places: regions.children(of: draft.place).map { PlaceRow(code: $0.code.description, name: $0.name) },
            location: FormField(
                "location", texts.text("reporting.where.location"), .area(rows: 2), value: draft.location,
                hint: texts.text("reporting.where.location-hint"), error: summary["location"],
                maximumLength: FilingLimits.short),
            isReturning: isReturning)
        return try page("where", model, visit, title: title(.place, texts), isWrong: !faults.isEmpty)
    }
}

struct PlaceRow: MustacheParent {
    let code: String
    let name: String

    func child(named name: String) -> Any? {
        switch name {
        case "code": code
        case "name": self.name
        default: nil
        }
    }
}

struct PlacePage: MustacheParent {
    let progress: String
    let summary: ErrorSummary?
    let chosen: String?
    /// The code of the next wider place; empty for the whole country, `nil` where nothing is chosen.
    let wider: String?
    let places: [PlaceRow]
    let location: FormField
    let isReturning: Bool

    func child(named name: String) -> Any? {
        switch name {
        case "progress": progress
        case "summary": summary
        case "chosen": chosen
        case "wider": wider
        case "hasPlaces": !places.isEmpty
        case "places": places
        case "location": location
        case "returning": isReturning
        default: nil
        }
    }
}
