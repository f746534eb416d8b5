import Casework
import Kernel
import Mustache
import Site

/// One organ: what it is, what it lacks, its offices and its people.
struct OrganPage: MustacheParent {
    let address: String
    let away: String
    let name: String
    let facts: [Fact]
    let gaps: [String]
    let offices: [OfficeRow]
    let people: [PersonRow]
    /// Where an organ below it is added; nil where none can stand.
    let addBelow: String?

    init(_ organ: Organ, _ world: World, regions: RegionTable, oneTime: Set<StaffID>, texts: Catalogue) {
        address = "/admin/organs/\(organ.id)"
        away = "/organs/\(organ.id)/away"
        name = texts.name(organ)
        let place = regions.fullName(of: organ.region)
        facts = [
            Fact("name", organ.name, texts), Fact("name-en", organ.nameEnglish, texts),
            Fact("short-name", organ.shortName, texts), Fact("code", organ.code, texts),
            Fact("level", texts.name(organ.level), texts),
            Fact("parent", world.parent(of: organ).map(texts.name) ?? "", texts),
            Fact("region", [place, organ.region.description].compactMap { $0 }.joined(separator: " "), texts),
            Fact("attached-unit", organ.attachedUnit ?? "", texts),
            Fact("delegated", organ.delegated.map(texts.name) ?? "", texts),
            Fact("aliases", texts.list(organ.aliases), texts),
        ].filter { !$0.value.isEmpty }
        gaps = Completeness(of: organ, in: world).gaps.map { texts.name($0) }
        offices = world.offices(of: organ.id).map { OfficeRow($0, world, texts) }
        people = world.staff.values.filter { $0.organ == organ.id }
            .sorted { ($0.active ? 0 : 1, $0.username) < ($1.active ? 0 : 1, $1.username) }
            .map { PersonRow($0, world, isOneTime: oneTime.contains($0.id), texts) }
        addBelow =
            OrganLevel.allCases.contains { $0.stands(below: organ.level) }
            ? "/admin/new-organ?parent=\(organ.code)" : nil
    }

    func child(named name: String) -> Any? {
        switch name {
        case "address": address
        case "name": self.name
        case "facts": facts
        case "gaps": gaps
        case "hasGaps": !gaps.isEmpty
        case "offices": offices
        case "hasOffices": !offices.isEmpty
        case "people": people
        case "hasPeople": !people.isEmpty
        case "away": away
        case "addBelow": here(addBelow)
        default: nil
        }
    }
}

/// A line of a list of facts.
struct Fact: MustacheParent {
    let label: String
    let value: String

    init(_ key: String, _ value: String, _ texts: Catalogue) {
        label = texts.text("administration.fields." + key)
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

struct OfficeRow: MustacheParent {
    let href: String
    /// The page of its stand-ins; nil where nobody decides.
    let standIns: String?
    /// The page of its keys; nil where none is.
    let keys: String?
    let name: String
    let code: String
    let kind: String
    let state: Mark

    init(_ office: Office, _ world: World, _ texts: Catalogue) {
        href = "/admin/offices/\(office.id)"
        standIns = office.kind.holdsReports ? "/offices/\(office.id)/stand-ins" : nil
        keys = office.kind.holdsReports ? "/offices/\(office.id)/keys" : nil
        name = texts.name(office)
        code = office.code
        kind = texts.name(office.kind)
        let standing = OfficeStanding(of: office.id, in: world)
        let waiting = standing.members &- standing.admitted
        state =
            if standing.members == 0 {
                Mark(.warn, texts.text("administration.organ.nobody"))
            } else if !office.kind.holdsReports {
                Mark(.plain, texts.format("administration.organ.members", ["n": String(standing.members)]))
            } else if standing.admitted == 0 {
                Mark(.bad, texts.text("administration.organ.closed"))
            } else if waiting > 0 {
                Mark(
                    .warn,
                    texts.format(
                        "administration.organ.some-wait", ["n": String(standing.admitted), "waiting": String(waiting)]))
            } else {
                Mark(.good, texts.format("administration.organ.members", ["n": String(standing.members)]))
            }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "href": href
        case "standIns": here(standIns)
        case "keys": here(keys)
        case "name": self.name
        case "code": code
        case "kind": kind
        case "state": state
        default: nil
        }
    }
}

struct PersonRow: MustacheParent {
    let href: String
    let name: String
    let username: String
    let roles: String
    let state: Mark

    init(_ person: Staff, _ world: World, isOneTime: Bool, _ texts: Catalogue) {
        href = "/admin/people/\(person.id)"
        name = texts.name(person)
        username = person.username
        let places = world.sortedPlaces(of: person.id)
        roles = texts.list(places.map { texts.place($0.office, $0.role) })
        let waits = places.contains { !$0.admitted && $0.office.kind.holdsReports }
        state =
            if !person.active {
                Mark(.plain, texts.text("administration.person.inactive"))
            } else if isOneTime {
                Mark(.warn, texts.text("administration.person.one-time"))
            } else if waits {
                Mark(.warn, texts.text("administration.person.waits"))
            } else {
                Mark(.good, texts.text("administration.person.active"))
            }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "href": href
        case "name": self.name
        case "username": username
        case "roles": roles
        case "state": state
        default: nil
        }
    }
}

extension World {
    /// A person's own roles with their offices, by the offices' codes.
    func sortedPlaces(of person: StaffID) -> [(office: Office, role: Role, admitted: Bool)] {
        places(of: person).filter(\.isRegular)
            .compactMap { place in offices[place.office].map { ($0, place.role, place.admitted) } }
            .sorted { ($0.0.code, $0.1.rawValue) < ($1.0.code, $1.1.rawValue) }
    }
}
