import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Site

/// The rules for accounts: what holds, what it rests on, and where the root organ's administrators choose otherwise.
struct AccountRuleRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin/accounts") { request, context in try await self.show(request, context, nil, []) }
        routes.post("/admin/accounts") { request, context in try await self.choose(request, context) }
    }

    private func show(
        _ request: Request, _ context: SiteContext, _ sent: Form?, _ errors: [FieldError]
    ) async throws -> Response {
        let access = try await services.access(context)
        let texts = services.shell.texts(context)
        let page = AccountRulesPage(
            try await services.casefile.accountPolicy(), choice: try await services.casefile.accountChoice(),
            world: access.world, mayChoose: access.reachesRoot, sent: sent, errors, texts)
        return try await services.draw(
            "accounts", page, title: texts.text("accounts.title"), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func choose(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await services.access(context)
        let form = try await request.form(context)
        var (numbers, errors): ([AccountPolicy.Measure: Int], [FieldError]) = ([:], [])
        for measure in AccountPolicy.Measure.allCases {
            guard let number = Int(form.filled(measure.rawValue) ?? "") else {
                errors.append(FieldError(measure.rawValue, "entrance.faults.number"))
                continue
            }
            numbers[measure] = number
        }
        let roles = form.all("roles").compactMap(Role.init(rawValue:))
        if roles.count != form.all("roles").count { errors.append(FieldError("roles", "entrance.faults.choice")) }
        guard errors.isEmpty else { return try await show(request, context, form, errors) }
        do {
            try await services.casefile.choose(
                accounts: AccountChoice(
                    requiredOf: Array(Set(roles)).sorted { $0.rawValue < $1.rawValue }, numbers: numbers),
                by: try context.viewer)
        } catch CasefileError.invalid(let faults) {
            let errors = faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") }
            return try await show(request, context, form, errors.sorted { $0.field < $1.field })
        }
        return Response.seeOther("/admin/accounts?done=accounts-changed")
    }
}

extension Access {
    fileprivate var reachesRoot: Bool { world.root.map { reaches($0.id) } ?? false }
}

/// What holds for accounts here.
struct AccountRulesPage: MustacheParent {
    let version: String
    let rows: [[String: String]]
    let chosen: String?
    let fields: [FormField]
    let mayChoose: Bool
    let summary: ErrorSummary?

    init(
        _ policy: AccountPolicy, choice: AccountChoice?, world: World, mayChoose: Bool, sent: Form?,
        _ errors: [FieldError], _ texts: Catalogue
    ) {
        self.mayChoose = mayChoose
        version = texts.format(
            "accounts.version", ["version": policy.version, "day": policy.effectiveFrom.text])
        let isEnglish = texts.language == .en
        func words(_ text: Bilingual) -> String { isEnglish ? text.en : text.zh }
        let roles = Role.allCases.filter(policy.requiredOf.contains)
        rows =
            [
                [
                    "what": texts.text("accounts.measures.second-factor"),
                    "value": roles.isEmpty ? texts.text("accounts.nobody") : texts.list(roles.map { texts.name($0) }),
                    "source": words(policy.secondFactorSource),
                ]
            ]
            + AccountPolicy.Measure.allCases.map { measure in
                [
                    "what": texts.text("accounts.measures.\(measure.rawValue)"), "value": String(policy[measure]),
                    "source": policy.line(measure).map { words($0.source) } ?? "",
                ]
            }
        chosen = choice?.at.map { at in
            let who = choice?.by.flatMap { world.staff[$0] }.map { texts.name($0) } ?? ""
            return texts.format("accounts.chosen", ["day": at.day.text, "who": who])
        }
        let errors = ErrorSummary(errors, texts)
        summary = errors.isEmpty ? nil : errors
        let ticked = sent.map { Set($0.all("roles")) } ?? Set(roles.map(\.rawValue))
        fields =
            [
                FormField(
                    "roles", texts.text("accounts.measures.second-factor"), .choices, error: errors["roles"],
                    options: Role.allCases.map {
                        FieldOption($0.rawValue, texts.name($0), isChosen: ticked.contains($0.rawValue))
                    })
            ]
            + AccountPolicy.Measure.allCases.map { measure in
                let bounds = policy.line(measure)?.bounds ?? 0...0
                return FormField(
                    measure.rawValue, texts.text("accounts.measures.\(measure.rawValue)"), .number,
                    value: sent?[measure.rawValue] ?? String(policy[measure]),
                    hint: texts.format(
                        "accounts.bounds", ["from": String(bounds.lowerBound), "to": String(bounds.upperBound)]),
                    error: errors[measure.rawValue], isRequired: true, maximumLength: 4)
            }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "version": version
        case "rows": rows
        case "chosen": here(chosen)
        case "fields": fields
        case "mayChoose": mayChoose
        case "summary": here(summary)
        default: nil
        }
    }
}
