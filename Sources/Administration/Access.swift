import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Site

/// An administrator and what they look after. Everything outside of it is not there for them.
struct Access: Sendable {
    let me: Staff
    let world: World
    let tops: Set<OrganID>

    func reaches(_ organ: OrganID) -> Bool { tops.contains { world.lies(organ, within: $0) } }

    func organ(_ context: SiteContext) throws(SiteError) -> Organ {
        guard let id = OrganID(try context.parameter("id")), let organ = world.organs[id], reaches(id) else {
            throw .notFound
        }
        return organ
    }

    func office(_ context: SiteContext) throws(SiteError) -> (office: Office, organ: Organ) {
        guard let id = OfficeID(try context.parameter("id")), let office = world.offices[id],
            let organ = world.organs[office.organ], reaches(organ.id)
        else { throw .notFound }
        return (office, organ)
    }

    func person(_ context: SiteContext) throws(SiteError) -> (person: Staff, organ: Organ) {
        guard let id = StaffID(try context.parameter("id")), let person = world.staff[id],
            let organ = world.organs[person.organ], reaches(organ.id)
        else { throw .notFound }
        return (person, organ)
    }

    /// The organs in reach as a tree is read: each before those below it, by code; with the depth below the top.
    var tree: [(organ: Organ, depth: Int)] {
        let roots = tops.compactMap { world.organs[$0] }
            .filter { top in !tops.contains { $0 != top.id && world.lies(top.id, within: $0) } }
        var waiting = roots.sorted { $0.code > $1.code }.map { (organ: $0, depth: 0) }
        var seen: Set<OrganID> = []
        var found: [(organ: Organ, depth: Int)] = []
        while let next = waiting.popLast() {
            guard seen.insert(next.organ.id).inserted else { continue }
            found.append(next)
            waiting += world.children(of: next.organ.id).reversed().map { ($0, next.depth &+ 1) }
        }
        return found
    }
}

extension Services {
    /// The administrator behind the request; anybody else is refused.
    func access(_ context: SiteContext) async throws -> Access {
        let me = try context.session.person
        let world = try await casefile.world()
        let tops = Administration.organs(administeredBy: me.id, in: world)
        guard !tops.isEmpty else { throw SiteError.forbidden }
        return Access(me: me, world: world, tops: tops)
    }

    /// A page of this room, with the sentence about what was just done if the address names one.
    func draw(
        _ template: String, _ model: some MustacheParent, title: String, _ request: Request, _ context: SiteContext,
        status: HTTPResponse.Status = .ok, isOnce: Bool = false
    ) async throws -> Response {
        var frame = try await staffFrame(request, context, title: title)
        frame.isOnce = isOnce
        let texts = shell.texts(context)
        if request.method == .get, let done = request.query("done"), texts.has("administration.done." + done) {
            frame.notice = PageNotice(.done, texts.text("administration.done." + done))
        }
        return try shell.page("administration/" + template, model, frame, status: status)
    }
}

extension Catalogue {
    func name(_ organ: Organ) -> String { language == .en ? organ.nameEnglish : organ.name }
    func name(_ office: Office) -> String { language == .en ? office.nameEnglish : office.name }
    func name(_ person: Staff) -> String { language == .en ? person.nameEnglish : person.name }
    func name(_ level: OrganLevel) -> String { text("administration.levels." + level.rawValue) }
    func name(_ level: ManagementLevel) -> String { text("administration.management." + level.rawValue) }
    func name(_ kind: OfficeKind) -> String { text("administration.kinds." + kind.rawValue) }
    func name(_ role: Role) -> String { text("administration.roles." + role.rawValue) }
    func name(_ gap: OrganGap) -> String { text("administration.gaps." + gap.rawValue) }

    /// Several names after one another.
    func list(_ items: [String]) -> String { items.joined(separator: language == .en ? "; " : "；") }

    /// 「信访室：登记员」
    func place(_ office: Office, _ role: Role) -> String {
        name(office) + (language == .en ? ": " : "：") + name(role)
    }
}

extension Form {
    /// The named fields that came in, several values of one name joined as in an import file.
    func values(_ names: [String]) -> FieldValues {
        names.reduce(into: [:]) { values, name in values[name] = all(name).joined(separator: ";") }
    }
}
