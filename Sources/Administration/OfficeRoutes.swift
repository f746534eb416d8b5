import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Site

/// Everybody's own offices: who works there, and who waits to be let in.
struct OfficeRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/office") { request, context in
            let me = try context.session.person
            let texts = services.shell.texts(context)
            let page = OfficePage(
                me, try await services.casefile.world(),
                oneTime: try await services.casefile.peopleWithOneTimePassword(),
                reset: try await services.casefile.resetPeople(), texts: texts)
            return try await services.draw(
                "office", page, title: texts.text("administration.office.title"), request, context)
        }
        routes.post("/office/admit") { request, context in
            let viewer = try context.viewer
            let form = try await request.form(context)
            guard let office = OfficeID(form["office"] ?? ""), let newcomer = StaffID(form["person"] ?? "") else {
                throw SiteError.notFound
            }
            try await services.casefile.admit(newcomer, to: office, by: viewer)
            return Response.seeOther("/office?done=let-in")
        }
    }
}

struct OfficePage: MustacheParent {
    let offices: [OwnOffice]

    init(_ me: Staff, _ world: World, oneTime: Set<StaffID>, reset: [StaffID: Instant], texts: Catalogue) {
        let own = Set(world.places(of: me.id).map(\.office))
        offices = own.compactMap { world.offices[$0] }.sorted { $0.code < $1.code }
            .map { OwnOffice($0, me: me, world, oneTime: oneTime, reset: reset, texts) }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "offices": offices
        default: nil
        }
    }
}

/// One of my offices.
struct OwnOffice: MustacheParent {
    enum Standing { case none, amIn, wait, waitForNobody }
    let id: String
    let name: String
    let kind: String
    let standing: Standing
    let colleagues: [Colleague]

    init(
        _ office: Office, me: Staff, _ world: World, oneTime: Set<StaffID>, reset: [StaffID: Instant],
        _ texts: Catalogue
    ) {
        id = office.id.description
        name = texts.name(office)
        kind = texts.name(office.kind)
        let members = Dictionary(grouping: world.members(of: office.id), by: \.staff)
        let amIn = members[me.id]?.contains(where: \.holdsKey) ?? false
        let canLetIn = office.kind.holdsReports && members[me.id]?.contains(where: \.admitted) == true
        standing =
            if !office.kind.holdsReports {
                .none
            } else if amIn {
                .amIn
            } else {
                members.values.joined().contains(where: \.admitted) ? .wait : .waitForNobody
            }
        colleagues = members.compactMap { id, places in world.staff[id].map { ($0, places) } }
            .sorted { $0.0.username < $1.0.username }
            .map { person, places in
                Colleague(
                    person, places, office: office, isMe: person.id == me.id, canLetIn: canLetIn,
                    isOneTime: oneTime.contains(person.id), reset: reset[person.id]?.day, texts)
            }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "id": id
        case "name": self.name
        case "kind": kind
        case "keys": standing == .amIn ? "/offices/\(id)/keys" : nil
        case "wait": standing == .wait
        case "waitForNobody": standing == .waitForNobody
        case "someWait": colleagues.contains(where: \.canBeLetIn)
        case "colleagues": colleagues
        default: nil
        }
    }
}

struct Colleague: MustacheParent {
    let id: String
    let office: String
    let name: String
    /// Tells two people of one name apart.
    let username: String
    let roles: String
    let state: Mark
    let canBeLetIn: Bool
    /// What to know before letting them in.
    let caution: String?

    init(
        _ person: Staff, _ places: [Membership], office: Office, isMe: Bool, canLetIn: Bool, isOneTime: Bool,
        reset: Day?, _ texts: Catalogue
    ) {
        id = person.id.description
        self.office = office.id.description
        name = texts.name(person)
        username = person.username
        roles = texts.list(
            places.sorted { $0.role.rawValue < $1.role.rawValue }.map { place in
                let role = texts.name(place.role)
                return place.isRegular ? role : texts.format("administration.stand-ins.instead", ["role": role])
            })
        let admitted = places.contains(where: \.holdsKey)
        state =
            if !office.kind.holdsReports {
                Mark(.plain, texts.text("administration.person.no-key-needed"))
            } else if admitted {
                Mark(.good, texts.text("administration.person.let-in"))
            } else {
                Mark(.warn, texts.text("administration.person.waits"))
            }
        canBeLetIn = canLetIn && !admitted && !isMe
        let cautions = [
            reset.map { texts.format("accounts.office.was-reset", ["day": $0.text]) },
            isOneTime ? texts.text("administration.office.one-time") : nil,
        ].compactMap { $0 }
        caution = canBeLetIn && !cautions.isEmpty ? cautions.joined(separator: " ") : nil
    }

    func child(named name: String) -> Any? {
        switch name {
        case "id": id
        case "office": office
        case "name": self.name
        case "username": username
        case "roles": roles
        case "state": state
        case "canBeLetIn": canBeLetIn
        case "caution": here(caution)
        default: nil
        }
    }
}
