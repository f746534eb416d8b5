import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Similarity
import Site

/// What may be the same matter as a report: side by side with it, with what speaks for it and against it. A person decides.
struct SameRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/desk/reports/:id/same") { request, context in try await self.page(request, context) }
        routes.post("/desk/reports/:id/same") { request, context in try await self.judge(request, context) }
        routes.get("/desk/reports/:id/matter") { request, context in try await self.matter(request, context) }
    }

    /// What two reports are to each other, or that this holds no more.
    private func judge(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (id, viewer) = (try context.reportID, try context.viewer)
        let form = try await request.form(context)
        try await casefile.judge(
            id, form["decision"].flatMap { SameDecision(rawValue: $0) }, form["other"].flatMap { ReportID($0) },
            by: viewer)
        return .seeOther("/desk/reports/\(id)/same")
    }

    private func page(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (id, viewer) = (try context.reportID, try context.viewer)
        let view = try await casefile.report(id, for: viewer)
        guard let letter = view.letter else { throw SiteError.notFound }
        let likely = try await casefile.candidates(of: id, for: viewer)
        let words = SameWords(
            workflow: casefile.workflow, texts: services.shell.texts(context), language: context.language.rawValue)
        let mayLink = view.acts.contains { $0.rule.effect == "link" }
        let texts = words.texts
        let today = casefile.clock.now().day
        let judged = try await casefile.judgedOthers(of: id, for: viewer)
        let around = try await casefile.surroundings(of: id, for: viewer)
        let maker = ReportPageMaker(
            view: view, workflow: view.workflow, regions: casefile.regions, texts: texts, language: words.language,
            today: today)
        let entry = Entry([
            "number": view.number ?? texts.text("desk.report"), "back": "/desk/reports/\(id)",
            "items": likely.map { item in
                let maker = ReportPageMaker(
                    view: item.view, workflow: item.view.workflow, regions: casefile.regions, texts: texts,
                    language: words.language, today: today)
                return words.item(item, beside: letter, mayLink: mayLink, decisions: maker.decisions)
            },
            "hasItems": !likely.isEmpty, "judged": judged.map { words.judged($0, world: view.world) },
            "groups": maker.groups(around), "elsewhere": maker.elsewhere(around),
            "hasJudged": !judged.isEmpty, "address": "/desk/reports/\(id)/same", "matter": "/desk/reports/\(id)/matter",
            "action": "/desk/reports/\(id)/acts/link", "seen": String(view.standing.sequence),
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("same.title"))
        return try services.shell.page("desk/same", entry, frame)
    }

    /// All letters about one matter that this person may read: what each asked for, and what came of it.
    private func matter(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (id, viewer) = (try context.reportID, try context.viewer)
        let matter = try await casefile.matter(of: id, for: viewer)
        let words = SameWords(
            workflow: casefile.workflow, texts: services.shell.texts(context), language: context.language.rawValue)
        let (texts, today) = (words.texts, casefile.clock.now().day)
        guard let this = matter.told.first(where: { $0.view.id == id }) else { throw SiteError.notFound }
        let entry = Entry([
            "number": this.view.number ?? texts.text("desk.report"), "back": "/desk/reports/\(id)",
            "same": "/desk/reports/\(id)/same",
            "counted": texts.format("matter.counted", ["n": String(matter.letters)]),
            "items": matter.told.map { told in
                let maker = ReportPageMaker(
                    view: told.view, workflow: told.view.workflow, regions: casefile.regions, texts: texts,
                    language: words.language, today: today)
                return words.told(told, isThis: told.view.id == id, decisions: maker.decisions)
            },
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("matter.title"))
        return try services.shell.page("desk/matter", entry, frame)
    }
}

/// What speaks for sameness, in words.
private struct SameWords {
    let workflow: Workflow
    let texts: Catalogue
    let language: String

    func item(
        _ item: LikelyReport, beside letter: Letter, mayLink: Bool, decisions: [Entry]
    ) -> Entry {
        let parts = TextDifference(from: item.letter.content, to: letter.content).parts
        return Entry([
            "href": "/desk/reports/\(item.id)", "number": item.view.number ?? texts.text("desk.report"),
            "title": item.letter.title, "stage": workflow.stageLabel(item.view.standing.stage, language),
            "received": item.view.receivedAt.day.text, "demand": item.letter.demand,
            "level": item.score.level.map { texts.text("same.level.\($0.rawValue)") },
            "isCertain": item.score.level == .certain, "percent": String(Int((item.score.value * 100).rounded(.down))),
            "reasons": item.score.reasons.map { reason in
                Entry(["said": said(reason), "weight": weight(reason.weight), "isFor": reason.weight > 0])
            },
            "parts": parts.map { part in
                switch part {
                case .same(let text): Entry(["same": text])
                case .removed(let text): Entry(["removed": text])
                case .added(let text): Entry(["added": text])
                }
            },
            "link": mayLink && !item.isLinked ? item.view.number : nil, "isLinked": item.isLinked,
            "id": item.id.description, "decisions": decisions, "hasDecisions": !decisions.isEmpty,
            "settled": item.letter.demand == nil ? nil : settled(item.view.story),
            "state": state(item.view),
        ])
    }

    /// One letter of a matter.
    func told(_ told: Matter.Told, isThis: Bool, decisions: [Entry]) -> Entry {
        let view = told.view
        return Entry([
            "href": "/desk/reports/\(view.id)", "number": view.number ?? texts.text("desk.report"),
            "title": told.letter.title, "isThis": isThis, "part": texts.text("matter.part.\(told.part.rawValue)"),
            "stage": workflow.stageLabel(view.standing.stage, language),
            "organ": view.standing.custody.flatMap { view.world.organs[$0.organ] }.map {
                texts.language == .en ? $0.nameEnglish : $0.name
            },
            "received": view.receivedAt.day.text, "demand": told.letter.demand, "state": state(view),
            "settled": told.letter.demand == nil ? nil : settled(view.story),
            "decisions": decisions, "hasDecisions": !decisions.isEmpty,
        ])
    }

    /// Where the demand stands, as whoever handles it wrote last.
    private func state(_ view: ReportView) -> Entry? {
        guard let state = view.demandState else { return nil }
        return Entry([
            "label": view.workflow.label("demand-state", state.value, language), "isSettled": state.value == "settled",
            "isOpen": state.value == "open",
            "by": state.by?.text, "at": state.at.day.text, "note": state.note,
        ])
    }

    /// Whether what was asked for was settled, as the reporter said last.
    private func settled(_ story: [StoryEntry]) -> String {
        let said = story.last { $0.act == "rate" }?.codes["settled"]
        return texts.text("same.settled.\(said == "true" ? "yes" : said == "false" ? "no" : "unsaid")")
    }

    func judged(_ other: JudgedOther, world: World) -> Entry {
        Entry([
            "href": "/desk/reports/\(other.id)", "number": other.number ?? texts.text("desk.report"),
            "by": world.staff[other.by].map { texts.language == .en ? $0.nameEnglish : $0.name },
            "at": other.at.shortText, "id": other.id.description,
            "decision": texts.text("same.decision.\(other.decision.rawValue)"),
        ])
    }

    private func said(_ reason: Similarity.Reason) -> String {
        switch reason.what {
        case .wording(let jaccard, _, let shared):
            let alike = texts.format("same.wording", ["n": String(Int((jaccard * 100).rounded()))])
            return shared.isEmpty
                ? alike
                : alike + texts.format("same.words", ["words": shared.joined(separator: texts.text("desk.list.items"))])
        case .marks(let count): return texts.format("same.marks", ["n": String(count)])
        case .kind(let kind, let outcome, _): return texts.text("same.kind.\(kind.rawValue).\(outcome.rawValue)")
        }
    }

    private func weight(_ bits: Double) -> String {
        let tenths = Int((bits * 10).rounded())
        return (tenths < 0 ? "−" : "+") + "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
