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
    let content: String?
    let demand: String?
    let parties: [Entry]
    let reporter: [Fact]
    let masked: Bool
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
    let completeness: Completeness?
    /// Why the report is here; empty for whom the letter is not.
    let why: [Entry]

    func child(named name: String) -> Any? {
        switch name {
        case "queue": queue
        case "title": title
        case "stage": stage
        case "facts": facts
        case "content": here(content)
        case "demand": here(demand)
        case "parties": parties
        case "hasParties": !parties.isEmpty
        case "reporter": reporter
        case "hasReporter": !reporter.isEmpty
        case "masked": masked
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
        case "completeness": here(completeness)
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

    private func name(of organ: OrganID?) -> String? {
        organ.flatMap { view.world.organs[$0] }.map { language.hasPrefix("en") ? $0.nameEnglish : $0.name }
    }

    private func name(of office: OfficeID) -> String? {
        view.world.offices[office].map { language.hasPrefix("en") ? $0.nameEnglish : $0.name }
    }

    private func name(of person: StaffID) -> String? {
        view.world.staff[person].map { language.hasPrefix("en") ? $0.nameEnglish : $0.name }
    }

    func page(queue: QueueModel, acts: [ActForm], back: String, address: String) -> ReportPage {
        let rows = WayRows(view: view, texts: texts, language: language)
        return ReportPage(
            queue: queue, title: view.letter?.title ?? texts.text("desk.sealed-title"),
            stage: workflow.stageLabel(view.standing.stage, language), facts: facts,
            content: view.letter?.content, demand: view.letter?.demand, parties: parties, reporter: reporter,
            masked: view.reporter?.masked ?? false, files: files,
            upload: view.reach.papers ? "/desk/reports/\(view.id)/files\(address)" : nil, talk: talk,
            way: rows.way, requests: rows.requests, limits: limits, story: story, acts: acts, back: back,
            interference: "/desk/reports/\(view.id)/interference",
            completeness: view.letter.map { Completeness($0, hasReporter: view.standing.hasReporter, texts: texts) },
            why: JurisdictionBlock.all(view, regions: regions, texts: texts, language: language).map(\.entry))
    }

    private var comma: String { texts.text("desk.list.items") }
    private var semicolon: String { texts.text("desk.list.clauses") }

    private var facts: [Fact] {
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

    private var parties: [Entry] {
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
        guard let reporter = view.reporter?.reporter else { return [] }
        return [
            Fact(texts.text("desk.reporter.kind"), texts.text("desk.reporter.\(reporter.kind.rawValue)")),
            Fact(texts.text("desk.reporter.name"), reporter.name),
            Fact(texts.text("desk.reporter.phone"), reporter.phone),
            Fact(texts.text("desk.reporter.email"), reporter.email),
            Fact(texts.text("desk.reporter.address"), reporter.address),
            Fact(texts.text("desk.reporter.id"), reporter.residentID),
            Fact(texts.text("desk.reporter.others"), reporter.others),
            Fact(texts.text("desk.reporter.safe"), reporter.safeContact),
        ].compactMap { $0 }
    }

    private var files: [Entry] {
        view.files.map { file in
            Entry([
                "name": file.name, "href": "/desk/reports/\(view.id)/files/\(file.id)",
                "size": Sizes.text(file.size), "from": texts.text("desk.author.\(file.author)"), "day": file.day.text,
                "shown": file.author == "office" && FileResponse.shown.contains(file.type)
                    ? "/desk/reports/\(view.id)/files/\(file.id)?show=yes" : nil,
            ])
        }
    }

    private var talk: [Entry] {
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

    private var story: [Entry] {
        view.story.reversed().map { entry in
            let label = workflow.acts[entry.act]?.label.text(language) ?? texts.text("desk.event.\(entry.act)")
            let texts: [Entry] = entry.texts.map { field, text in
                Entry(["label": fieldLabel(entry.act, field), "text": shown(text, field: field)])
            }
            let codes: [Entry] = entry.codes.sorted { $0.key < $1.key }.compactMap { key, value in
                code(entry.act, key, value).map { Entry(["label": $0.0, "value": $0.1]) }
            }
            return Entry([
                "act": label, "at": entry.at.shortText, "who": entry.staff.flatMap { name(of: $0) },
                "organ": name(of: entry.organ), "stage": workflow.stageLabel(entry.to, language), "texts": texts,
                "codes": codes,
            ])
        }
    }

    private func fieldLabel(_ act: String, _ field: String) -> String {
        let name = field.split(separator: ".").last.map(String.init) ?? field
        if name.hasPrefix("was-") { return texts.text("desk.was.\(name.dropFirst(4))") }
        return workflow.acts[act]?.fields.first { $0.name == name }?.label.text(language)
            ?? texts.text("desk.text")
    }

    /// Results are stored as rows; they are shown as words.
    private func shown(_ text: String, field: String) -> String {
        guard field == "conclude.results", let rows: [[String: String]] = JSONText.decode(text) else { return text }
        let parties = view.letter?.reported ?? []
        return rows.map { row in
            let place = row["party"].flatMap { Int($0) } ?? 0
            let party = parties.indices.contains(place &- 1) ? parties[place &- 1] : nil
            let name = row["name"] ?? party.map { $0.name.isEmpty ? $0.unit : $0.name } ?? "—"
            let finding = workflow.label("finding", row["finding"] ?? "", language)
            let handling = workflow.label("handling-result", row["handling"] ?? "", language)
            return "\(name): " + [finding, handling].joined(separator: semicolon)
        }.joined(separator: "\n")
    }

    /// A code in words: choices by their labels, ids of offices, organs and people by their names.
    private func code(_ act: String, _ key: String, _ value: String) -> (String, String)? {
        guard let field = workflow.acts[act]?.fields.first(where: { $0.name == key }) else {
            return switch key {
            case "reasons": (texts.text("desk.reasons"), reasons(value))
            case "first-leader": (texts.text("desk.first-leader"), texts.text("desk.yes"))
            default: nil
            }
        }
        let words = value.split(separator: " ").map { part -> String in
            let part = String(part)
            if let choice = field.choices.first(where: { $0.value == part }) { return choice.label.text(language) }
            if let id = OfficeID(part), let name = name(of: id) { return name }
            if let id = OrganID(part), let name = name(of: id as OrganID?) { return name }
            if let id = StaffID(part), let name = name(of: id) { return name }
            if field.kind == .flag { return texts.text(part == "true" ? "desk.yes" : "desk.no") }
            return part
        }
        return (field.label.text(language), words.joined(separator: comma))
    }

    private func reasons(_ value: String) -> String {
        value.split(separator: " ").map { texts.text("desk.reason.\($0)") }.joined(separator: semicolon)
    }
}
