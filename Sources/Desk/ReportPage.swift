import Casefile
import Casework
import Kernel
import Mustache
import Site

/// A label and what stands beside it.
struct Fact: MustacheParent {
    let label: String
    let value: String

    init?(_ label: String, _ value: String?) {
        guard let value, !value.isEmpty else { return nil }
        self.label = label
        self.value = value
    }

    func child(named name: String) -> Any? {
        switch name {
        case "label": label
        case "value": value
        default: nil
        }
    }
}

/// Plain rows of names for a template; every name is answered, so that nothing of an outer model shows through.
struct Entry: MustacheParent {
    let values: [String: Any]

    init(_ values: [String: Any?]) { self.values = values.mapValues { here($0) } }

    func child(named name: String) -> Any? { values[name] }
}

/// A report on the desk: the letter, its people, files, conversation, story, limits, and the acts of this person.
struct ReportPage: MustacheParent {
    let queue: QueueModel
    let title: String
    let stage: String
    let facts: [Fact]
    /// What was found in its words.
    let hints: [Fact]
    let content: String?
    let demand: String?
    let parties: [Entry]
    let reporter: [Fact]
    let opening: Entry?
    let files: [Entry]
    let upload: String?
    let talk: [Entry]
    let way: [Entry]
    let requests: [Entry]
    let limits: [Entry]
    let story: [Entry]
    let acts: [ActForm]
    let back: String
    let interference: String
    /// Where it is printed or exported; `nil` for whom the letter is not.
    let export: String?
    /// Where it is held against others; nowhere for whom the letter is not.
    let same: String?
    /// All letters about the same matter.
    let matter: String?
    /// Letters of its wording, or of its reporter, that stand together with it.
    let groups: [Entry]
    /// What stands across a page that is printed without the server.
    let printed: String?
    let completeness: Completeness?
    /// A decision is due and nobody is there to take it.
    let nobodyDecides: Bool
    /// Why the report is here; empty for whom the letter is not.
    let why: [Entry]

    func child(named name: String) -> Any? {
        switch name {
        case "queue": queue
        case "title": title
        case "stage": stage
        case "facts": facts
        case "hints": hints
        case "hasHints": !hints.isEmpty
        case "content": here(content)
        case "demand": here(demand)
        case "parties": parties
        case "hasParties": !parties.isEmpty
        case "reporter": reporter
        case "hasReporter": !reporter.isEmpty
        case "opening": here(opening)
        case "files": files
        case "hasFiles": !files.isEmpty
        case "upload": here(upload)
        case "talk": talk
        case "hasTalk": !talk.isEmpty
        case "way": way
        case "hasWay": !way.isEmpty
        case "requests": requests
        case "hasRequests": !requests.isEmpty
        case "limits": limits
        case "hasLimits": !limits.isEmpty
        case "story": story
        case "acts": acts
        case "hasActs": !acts.isEmpty
        case "back": back
        case "interference": interference
        case "export": here(export)
        case "same": here(same)
        case "matter": here(matter)
        case "groups": groups
        case "printed": here(printed)
        case "completeness": here(completeness)
        case "nobodyDecides": nobodyDecides
        case "why": why
        case "hasWhy": !why.isEmpty
        default: nil
        }
    }
}

/// Builds the page's model from what the viewer may see.
struct ReportPageMaker {
    let view: ReportView
    let workflow: Workflow
    let regions: RegionTable
    let texts: Catalogue
    let language: String
    let today: Day

    func name(of organ: OrganID?) -> String? {
        organ.flatMap { view.world.organs[$0] }.map { language.hasPrefix("en") ? $0.nameEnglish : $0.name }
    }

    func name(of office: OfficeID) -> String? {
        view.world.offices[office].map { language.hasPrefix("en") ? $0.nameEnglish : $0.name }
    }

    func name(of person: StaffID) -> String? {
        view.world.staff[person].map { language.hasPrefix("en") ? $0.nameEnglish : $0.name }
    }

    func page(
        queue: QueueModel, acts: [ActForm], back: String, address: String, around: Surroundings? = nil,
        printed: String? = nil
    ) -> ReportPage {
        let rows = WayRows(view: view, texts: texts, language: language)
        return ReportPage(
            queue: queue, title: view.letter?.title ?? texts.text("desk.sealed-title"),
            stage: workflow.stageLabel(view.standing.stage, language),
            facts: facts + [Fact(texts.text("desk.waits.for"), waitsFor)].compactMap(\.self),
            hints: hints + elsewhere(around), content: view.letter?.content, demand: view.letter?.demand,
            parties: parties,
            reporter: reporter,
            opening: opening, files: files,
            upload: view.reach.papers ? "/desk/reports/\(view.id)/files\(address)" : nil, talk: talk,
            way: rows.way, requests: rows.requests, limits: limits, story: story, acts: acts, back: back,
            interference: "/desk/reports/\(view.id)/interference",
            export: view.letter == nil ? nil : "/desk/reports/\(view.id)/export",
            same: view.letter == nil ? nil : "/desk/reports/\(view.id)/same",
            matter: view.letter == nil ? nil : "/desk/reports/\(view.id)/matter", groups: groups(around),
            printed: printed,
            completeness: view.letter.map { Completeness($0, hasReporter: view.standing.hasReporter, texts: texts) },
            nobodyDecides: view.waitsForNobody,
            why: JurisdictionBlock.all(view, regions: regions, texts: texts, language: language).map(\.entry))
    }

    var comma: String { texts.text("desk.list.items") }
    var semicolon: String { texts.text("desk.list.clauses") }

    /// Where the demand stands, as whoever handles it wrote last.
    private var demandState: String? {
        guard let state = view.demandState else { return nil }
        return [view.workflow.label("demand-state", state.value, language), state.by?.text].compactMap(\.self)
            .joined(separator: " ")
    }

    var facts: [Fact] {
        let standing = view.standing
        let place = view.letter?.place.flatMap { regions.fullName(of: $0) }
        let handlers = standing.handlers.compactMap { name(of: $0) }.sorted().joined(separator: comma)
        return [
            Fact(texts.text("desk.fact.number"), view.number),
            Fact(
                texts.text("desk.fact.holder"),
                standing.custody.flatMap { custody in
                    [name(of: custody.organ), name(of: custody.office)].compactMap { $0 }.joined(separator: " · ")
                }),
            Fact(texts.text("desk.fact.handlers"), view.reach.papers ? handlers : nil),
            Fact(texts.text("desk.fact.channel"), texts.text("desk.channel.\(view.channel.rawValue)")),
            Fact(texts.text("desk.fact.received"), view.receivedAt.shortText),
            Fact(texts.text("desk.fact.dated"), view.letter?.dated),
            Fact(texts.text("desk.fact.place"), place),
            Fact(texts.text("desk.fact.location"), view.letter?.location),
            Fact(texts.text("desk.fact.happened"), view.letter?.happened),
            Fact(texts.text("desk.fact.demand-state"), demandState),
            Fact(
                texts.text("desk.fact.name-status"),
                view.reach.letter || view.reach.custody
                    ? workflow.label("real-name", standing.realName, language) : nil),
            Fact(texts.text("desk.fact.category"), view.category.map { workflow.label("category", $0, language) }),
            Fact(texts.text("desk.fact.problem"), view.problem.map { workflow.label("problem", $0, language) }),
            Fact(
                texts.text("desk.fact.marks"),
                view.marks.map { workflow.markLabel($0, language) }.joined(separator: comma)),
        ].compactMap { $0 }
    }

    var parties: [Entry] {
        (view.letter?.reported ?? []).map { party in
            Entry([
                "name": party.name.isEmpty ? party.unit : party.name,
                "unit": party.kind == .person ? party.unit : "", "position": party.position,
                "management": workflow.label("management", party.management.rawValue, language),
                "principal": party.principal,
            ])
        }
    }

    private var reporter: [Fact] {
        view.reporter.map(ReporterFacts(texts: texts).facts) ?? []
    }

    private var opening: Entry? {
        guard let opening = view.opening else { return nil }
        let ground = workflow.label("identity-ground", opening.ground, language)
        return Entry([
            "action": opening.isHanded ? "/desk/reports/\(view.id)/identity" : nil,
            "line": texts.format("identity.line", ["ground": ground, "until": opening.until.shortText]),
        ])
    }

    private var files: [Entry] {
        view.files.map { file in
            let looks = view.looks.filter { $0.file == file.id }.reduce(0) { $0 + $1.count }
            return Entry([
                "name": file.name, "href": "/desk/reports/\(view.id)/files/\(file.id)/view",
                "size": Sizes.text(file.size), "from": texts.text("desk.author.\(file.author)"), "day": file.day.text,
                "looks": looks > 0 ? texts.format("evidence.looked", ["count": String(looks)]) : nil,
            ])
        }
    }

    var talk: [Entry] {
        view.conversation.map { turn in
            Entry([
                "text": turn.text, "own": turn.from == "office", "at": turn.at.shortText,
                "from": texts.text("desk.author.\(turn.from)"), "kind": texts.text("desk.turn.\(turn.kind)"),
            ])
        }
    }

    private var limits: [Entry] {
        let words = LimitText(texts: texts, language: language)
        let names = WayRows(view: view, texts: texts, language: language)
        let hops = view.way.map(\.hop)
        let isOfOne = Set(hops.map(\.organ)).count == 1
        return view.limits.map { state in
            // Where more than one organ had it, each limit says whose it is.
            let holder = isOfOne ? nil : hops.last { $0.since <= state.start }?.organ
            return words.row(state, of: holder.flatMap { names.name($0) }, today: today)
        }
    }
}
