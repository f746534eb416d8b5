import Casefile
import Casework
import Entrance
import Hummingbird
import Mustache
import Site

/// Who is reported: one page for each, and a list of them.
extension ReportingRoutes {
    func addParties(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report/party") { request, context in
            try await visit(request, context) { visit in
                visit.draft.parties.isEmpty ? .seeOther("/report/party/1" + query(visit)) : try list(visit)
            }
        }
        routes.post("/report/party") { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                if form["go"] != "back" {
                    if visit.draft.parties.isEmpty { return .seeOther("/report/party/1") }
                    if !visit.draft.isRankOnList { return try list(visit, isWrong: true) }
                }
                return onward(form, from: .party)
            }
        }
        routes.get("/report/party/:n") { request, context in
            try await visit(request, context) { visit in
                let index = try index(visit)
                return try partyPage(visit, index, visit.draft.answers(at: index))
            }
        }
        routes.post("/report/party/:n") { request, context in
            try await visit(request, context) { try await submitParty($0) }
        }
        routes.post("/report/party/:n/remove") { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                let index = try index(visit)
                try await drafts.change(visit.key) { $0.removeParty(at: index) }
                return .seeOther("/report/party" + (form["to"] == "check" ? "?to=check" : ""))
            }
        }
    }

    private func query(_ visit: Visit) -> String { visit.isReturning ? "?to=check" : "" }

    /// Counts from 0; the place after the last is for one more.
    private func index(_ visit: Visit) throws -> Int {
        guard let number = Int(try visit.context.parameter("n")), number >= 1, number <= FilingLimits.parties,
            number <= visit.draft.parties.count + 1
        else { throw SiteError.notFound }
        return number - 1
    }

    private func submitParty(_ visit: Visit) async throws -> Response {
        let index = try index(visit)
        let form = try await visit.form()
        let answers = PartyAnswers(form)
        let isReturning = form["to"] == "check"
        let faults = answers.faults
        if form["go"] != "back", !faults.isEmpty {
            return try partyPage(visit, index, answers, faults, isReturning: isReturning)
        }
        if !answers.namesNobody {
            // Only what is above everything here is turned away now. Organ and place, which tell where the rest leads,
            // may still be missing; the door refuses what has no recipient before it stores anything.
            var candidate = visit.draft
            candidate.put(answers.party, at: index)
            if Jurisdiction.standsAbove(candidate.parties, in: try await services.casefile.world()) {
                return try await turnedAway(visit.request, visit.context)
            }
        }
        let draft = try await drafts.change(visit.key) { draft in
            if faults.isEmpty { draft.put(answers.party, at: index) } else { draft.keep(answers, at: index) }
        }
        let list = "/report/party" + (isReturning ? "?to=check" : "")
        guard form["go"] == "back" else { return .seeOther(list) }
        if draft.parties.isEmpty { return onward(form, from: .party) }
        return index == 0 && !isReturning ? .seeOther(Step.party.previous) : .seeOther(list)
    }

    private func partyPage(
        _ visit: Visit, _ index: Int, _ answers: PartyAnswers, _ faults: [FieldError] = [], isReturning: Bool = false
    ) throws -> Response {
        let texts = visit.texts
        let summary = ErrorSummary(faults, texts)
        func text(_ name: String, _ value: String) -> FormField {
            FormField(
                name, texts.text("reporting.party.\(name)"), value: value,
                hint: texts.text("reporting.party.\(name)-hint"), error: summary[name],
                maximumLength: FilingLimits.short)
        }
        let levels = ManagementLevel.allCases.map { level in
            FieldOption(
                level.rawValue, texts.text("reporting.levels.\(level.rawValue).name"),
                hint: texts.text("reporting.levels.\(level.rawValue).who"),
                isChosen: answers.management == level.rawValue)
        }
        let kinds = ReportedParty.Kind.allCases.map { kind in
            FieldOption(
                kind.rawValue, texts.text("reporting.party.kinds.\(kind.rawValue)"),
                isChosen: answers.kind == kind.rawValue)
        }
        let question = texts.format(
            index == 0 ? "reporting.party.first" : "reporting.party.another", ["n": String(index + 1)])
        let model = StepPage(
            progress: progress(.party, texts), question: question, summary: summary,
            action: "/report/party/\(index + 1)",
            fields: [
                FormField(
                    "kind", texts.text("reporting.party.kind"), .choice, error: summary["kind"], options: kinds,
                    isRequired: true),
                text("name", answers.name), text("unit", answers.unit), text("position", answers.position),
                FormField(
                    "management", texts.text("reporting.party.management"), .choice,
                    hint: texts.text("reporting.party.management-hint"), error: summary["management"],
                    options: levels, isRequired: true),
                FormField(
                    "principal", texts.text("reporting.party.principal"), .flag,
                    value: answers.principal ? "yes" : nil, hint: texts.text("reporting.party.principal-hint")),
            ], isReturning: isReturning || visit.isReturning)
        return try page("step", model, visit, title: title(.party, texts), isWrong: !faults.isEmpty)
    }

    private func list(_ visit: Visit, isWrong: Bool = false) throws -> Response {
        let texts = visit.texts
        let level = texts.text("reporting.levels.\(visit.draft.rank.rawValue).name")
        let summary = ErrorSummary(
            isWrong ? [FieldError("list", "reporting.party.rank-missing", ["level": level])] : [], texts)
        let model = PartyListPage(
            progress: progress(.party, texts), summary: summary.isEmpty ? nil : summary,
            rows: visit.draft.parties.enumerated().map { index, party in
                PartyRow(party, number: index + 1, query: query(visit), texts)
            },
            addHref: visit.draft.parties.count < FilingLimits.parties
                ? "/report/party/\(visit.draft.parties.count + 1)" + query(visit) : nil,
            isReturning: visit.isReturning)
        return try page(
            "parties", model, visit, title: title(.party, texts), isWrong: isWrong)
    }
}

struct PartyRow: MustacheParent {
    let title: String
    let details: String
    let number: String
    let changeHref: String
    let removeAction: String

    init(_ party: ReportedParty, number: Int, query: String, _ texts: Catalogue) {
        title = party.name.isEmpty ? party.unit : party.name
        details = [
            party.name.isEmpty ? "" : party.unit, party.position,
            party.principal ? texts.text("reporting.party.is-principal") : "",
            texts.text("reporting.levels.\(party.management.rawValue).name"),
        ].filter { !$0.isEmpty }.joined(separator: " · ")
        self.number = String(number)
        changeHref = "/report/party/\(number)\(query)"
        removeAction = "/report/party/\(number)/remove"
    }

    func child(named name: String) -> Any? {
        switch name {
        case "title": title
        case "details": details
        case "number": number
        case "changeHref": changeHref
        case "removeAction": removeAction
        default: nil
        }
    }
}

struct PartyListPage: MustacheParent {
    let progress: String
    let summary: ErrorSummary?
    let rows: [PartyRow]
    let addHref: String?
    let isReturning: Bool

    func child(named name: String) -> Any? {
        switch name {
        case "progress": progress
        case "summary": summary
        case "rows": rows
        case "addHref": addHref
        case "returning": isReturning
        default: nil
        }
    }
}
