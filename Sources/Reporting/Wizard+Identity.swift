import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Site

/// Who the reporter is: anonymous, or named with a way to reach them (规则 24条).
extension ReportingRoutes {
    func addIdentity(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report/you") { request, context in
            try await visit(request, context) { try youPage($0, isReturning: $0.isReturning) }
        }
        routes.post("/report/you") { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                let returning = form["to"] == "check" ? "?to=check" : ""
                guard let identity = form["identity"].flatMap(Draft.Identity.init(rawValue:)) else {
                    if form["go"] == "back" { return onward(form, from: .you) }
                    return try youPage(visit, isReturning: !returning.isEmpty, isMissing: true)
                }
                try await drafts.change(visit.key) { draft in
                    draft.identity = identity
                    // Who chooses to stay anonymous leaves no name behind in the draft either.
                    if identity == .anonymous { draft.reporter = Reporter(name: "") }
                }
                if form["go"] == "back" || identity == .anonymous { return onward(form, from: .you) }
                return .seeOther("/report/contact" + returning)
            }
        }
        routes.get("/report/contact") { request, context in
            try await visit(request, context) { visit in
                guard let identity = visit.draft.identity, identity != .anonymous else {
                    return .seeOther("/report/you")
                }
                return try contactPage(visit, visit.draft.reporter, identity, [], visit.isReturning)
            }
        }
        routes.post("/report/contact") { request, context in
            try await visit(request, context) { try await submitContact($0) }
        }
    }

    private func youPage(_ visit: Visit, isReturning: Bool, isMissing: Bool = false) throws -> Response {
        let texts = visit.texts
        let summary = ErrorSummary(isMissing ? [FieldError("identity", "reporting.you.missing")] : [], texts)
        let question = texts.text("reporting.you.question")
        let options = Draft.Identity.allCases.map { identity in
            FieldOption(
                identity.rawValue, texts.text("reporting.you.kinds.\(identity.rawValue).name"),
                hint: texts.text("reporting.you.kinds.\(identity.rawValue).means"),
                isChosen: visit.draft.identity == identity)
        }
        let model = StepPage(
            progress: progress(.you, texts), summary: summary, action: Step.you.path,
            fields: [
                FormField(
                    "identity", question, .choice, hint: texts.text("reporting.you.hint"),
                    error: summary["identity"], options: options, isRequired: true, isHeading: true)
            ], isReturning: isReturning)
        return try page("step", model, visit, title: title(.you, texts), isWrong: isMissing)
    }

    private func submitContact(_ visit: Visit) async throws -> Response {
        guard let identity = visit.draft.identity, identity != .anonymous else { return .seeOther("/report/you") }
        let form = try await visit.form()
        let reporter = Reporter(
            name: form.filled("name") ?? "", phone: form.filled("phone") ?? "", email: form.filled("email") ?? "",
            address: form.filled("address") ?? "", safeContact: form.filled("safe") ?? "",
            others: form.filled("others") ?? "")
        try await drafts.change(visit.key) { $0.reporter = reporter }
        let isReturning = form["to"] == "check"
        if form["go"] == "back" { return .seeOther("/report/you" + (isReturning ? "?to=check" : "")) }
        let faults = contactFaults(reporter)
        if !faults.isEmpty { return try contactPage(visit, reporter, identity, faults, isReturning) }
        return onward(form, from: .you)
    }

    func contactFaults(_ reporter: Reporter) -> [FieldError] {
        var faults: [FieldError] = []
        if reporter.name.isEmpty { faults.append(FieldError("name", "reporting.contact.name-missing")) }
        if reporter.phone.isEmpty, reporter.email.isEmpty, reporter.address.isEmpty {
            faults.append(FieldError("phone", "reporting.contact.way-missing"))
        }
        if !reporter.phone.isEmpty, (try? PhoneNumber(validating: reporter.phone)) == nil {
            faults.append(FieldError("phone", "entrance.faults.phone"))
        }
        for (field, value) in [
            ("name", reporter.name), ("email", reporter.email), ("address", reporter.address),
            ("safe", reporter.safeContact),
        ] where value.count > FilingLimits.short { faults.append(tooLong(field, FilingLimits.short)) }
        return faults
    }

    private func contactPage(
        _ visit: Visit, _ reporter: Reporter, _ identity: Draft.Identity, _ faults: [FieldError], _ isReturning: Bool
    ) throws -> Response {
        let texts = visit.texts
        let summary = ErrorSummary(faults, texts)
        let own = "reporting.contact.\(identity.rawValue)"
        var fields = [
            FormField("name", texts.text(own + ".name"), value: reporter.name, error: summary["name"], isRequired: true)
        ]
        if identity == .joint {
            fields.append(
                FormField(
                    "others", texts.text("reporting.contact.others"), .area(rows: 4), value: reporter.others,
                    hint: texts.text("reporting.contact.others-hint")))
        }
        fields += [
            FormField(
                "phone", texts.text("reporting.contact.phone"), .telephone, value: reporter.phone,
                hint: texts.text("reporting.contact.phone-hint"), error: summary["phone"]),
            FormField(
                "address", texts.text("reporting.contact.address"), value: reporter.address,
                error: summary["address"]),
            FormField(
                "email", texts.text("reporting.contact.email"), .email, value: reporter.email, error: summary["email"]),
            FormField(
                "safe", texts.text("reporting.contact.safe"), .area(rows: 2), value: reporter.safeContact,
                hint: texts.text("reporting.contact.safe-hint"), error: summary["safe"]),
        ]
        let question = texts.text(own + ".question")
        let model = StepPage(
            progress: progress(.you, texts), question: question, paragraphs: [texts.text("reporting.contact.sealed")],
            summary: summary, action: "/report/contact", fields: fields, isReturning: isReturning)
        return try page(
            "step", model, visit, title: title(.you, texts, isContact: true), isWrong: !faults.isEmpty)
    }
}
