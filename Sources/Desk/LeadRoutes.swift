import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site

/// The register of leads (线索台账) of case supervision: what its organ handed on, and what runs out.
struct LeadRoutes: Sendable {
    let services: Services

    init(_ services: Services) { self.services = services }

    static let navigation = NavigationEntry("leads.nav", href: "/leads") { person, world in
        world.keepsRegister(person.id) != nil
    }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/leads") { request, context in try await self.page(request, context) }
    }

    private func page(_ request: Request, _ context: SiteContext) async throws -> Response {
        let texts = services.shell.texts(context)
        let view = request.query("show").flatMap { LeadView(rawValue: $0) } ?? .running
        let offset = min(max(0, request.query("offset").flatMap { Int($0) } ?? 0), 10_000_000)
        let size = 25
        let page = try await services.casefile.leads(view, offset: offset, limit: size, for: try context.viewer)
        let words = LeadWords(
            world: try context.session.world, workflow: services.casefile.workflow, texts: texts,
            today: services.casefile.clock.now().day)
        func address(_ view: LeadView, _ offset: Int = 0) -> String {
            "/leads?show=\(view.rawValue)" + (offset > 0 ? "&offset=\(offset)" : "")
        }
        let model = Entry([
            "views": LeadView.allCases.map {
                QueueTab(
                    label: texts.text("leads.view.\($0.rawValue)"), href: address($0), isCurrent: $0 == view, mark: nil)
            },
            "lines": page.lines.map(words.row), "hasLines": !page.lines.isEmpty,
            "pages": offset == 0 && !page.more
                ? nil
                : Pagination(
                    previous: offset > 0 ? address(view, max(0, offset - size)) : nil,
                    next: page.more ? address(view, offset + size) : nil),
        ])
        let frame = try await services.staffFrame(request, context, title: texts.text("leads.title"))
        return try services.shell.page("desk/leads", model, frame)
    }
}

/// A line of the register in words.
struct LeadWords {
    let world: World
    let workflow: Workflow
    let texts: Catalogue
    let today: Day

    func row(_ line: LeadLine) -> Entry {
        let language = texts.language.rawValue
        let isEnglish = texts.language == .en
        let place =
            line.office.flatMap { world.offices[$0] }.map { isEnglish ? $0.nameEnglish : $0.name }
            ?? world.organs[line.organ].map { isEnglish ? $0.nameEnglish : $0.name }
        let words = LimitText(texts: texts, language: language)
        return Entry([
            "number": line.number, "place": place, "via": texts.text("desk.via.\(line.via)"), "at": line.at.day.text,
            "signed": line.signed?.day.text, "concluded": line.concluded?.day.text,
            "limits": line.limits.map { words.row($0, of: nil, today: today) },
            "passed": !line.isLast,
        ])
    }
}
