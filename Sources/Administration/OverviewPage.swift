import Casework
import Kernel
import Mustache
import Site

/// The organs in reach as one table, with what each still lacks.
struct OverviewPage: MustacheParent {
    let rows: [OverviewRow]
    let incomplete: String?

    init(_ access: Access, regions: RegionTable, texts: Catalogue) {
        rows = access.tree.map { OverviewRow($0.organ, depth: $0.depth, access.world, regions, texts) }
        let count = rows.filter { !$0.isComplete }.count
        incomplete = count == 0 ? nil : texts.format("administration.overview.incomplete", ["n": String(count)])
    }

    func child(named name: String) -> Any? {
        switch name {
        case "rows": rows
        case "incomplete": here(incomplete)
        default: nil
        }
    }
}

struct OverviewRow: MustacheParent {
    let href: String
    let name: String
    let code: String
    let depth: Int
    let level: String
    let region: String
    /// Set where the place does not lie in the superior's.
    let regionFault: Mark?
    let staff: Int
    let letters: Mark
    let custodians: Mark
    let leaders: Mark
    let handling: Mark
    let isComplete: Bool

    init(_ organ: Organ, depth: Int, _ world: World, _ regions: RegionTable, _ texts: Catalogue) {
        href = "/admin/organs/\(organ.id)"
        name = texts.name(organ)
        code = organ.code
        self.depth = min(depth, 5)
        level = texts.name(organ.level)
        region = regions.fullName(of: organ.region) ?? organ.region.description
        staff = world.staff(of: organ.id).count
        let state = Completeness(of: organ, in: world)
        func mark(_ gaps: Set<OrganGap>) -> Mark {
            let found = state.gaps.filter(gaps.contains)
            guard !found.isEmpty else { return Mark(.good, texts.text("administration.overview.ready")) }
            return Mark(.bad, texts.list(found.map { texts.text("administration.gaps-short.\($0.rawValue)") }))
        }
        regionFault = state.gaps.contains(.region) ? mark([.region]) : nil
        letters = mark([.noLetters, .lettersClosed, .noDirector])
        custodians = Mark(
            state.custodians < 2 ? .bad : .good,
            texts.format(
                state.custodians < 2 ? "administration.overview.too-few" : "administration.overview.enough",
                ["n": String(state.custodians)]))
        leaders = mark([.principal, .deputy])
        handling = mark([.noHandling])
        isComplete = state.gaps.isEmpty
    }

    func child(named name: String) -> Any? {
        switch name {
        case "href": href
        case "name": self.name
        case "code": code
        case "depth": String(depth)
        case "level": level
        case "region": region
        case "regionFault": here(regionFault)
        case "staff": String(staff)
        case "letters": letters
        case "custodians": custodians
        case "leaders": leaders
        case "handling": handling
        default: nil
        }
    }
}
