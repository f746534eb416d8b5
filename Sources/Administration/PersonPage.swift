import Casework
import Kernel
import Mustache
import Site

/// One member of staff: who they are, what they do, and the acts of an administrator.
struct PersonPage: MustacheParent {
    let address: String
    let name: String
    let back: LinkItem
    let facts: [Fact]
    let roles: [RoleRow]
    /// The choice of a further role; nil where there is none or the person is deactivated.
    let place: FormField?
    let summary: ErrorSummary?
    let isActive: Bool
    let isMe: Bool
    /// What deactivating would close, in words.
    let warning: String?

    init(
        _ person: Staff, _ organ: Organ, _ access: Access, isOneTime: Bool, lastUse: Day? = nil, error: DirectoryError?,
        texts: Catalogue
    ) {
        let world = access.world
        address = "/admin/people/\(person.id)"
        name = texts.name(person)
        back = LinkItem(label: texts.name(organ), href: "/admin/organs/\(organ.id)")
        let state = !person.active ? "inactive" : isOneTime ? "one-time" : "active"
        facts = [
            Fact("person-name", person.name, texts), Fact("person-name-en", person.nameEnglish, texts),
            Fact("username", person.username, texts), Fact("organ", texts.name(organ), texts),
            Fact("aliases", texts.list(person.aliases), texts),
            Fact("kin", texts.list(person.kin.map { "\($0.name)：\($0.relation)" }), texts),
            Fact("units", texts.list(person.units), texts),
            Fact("last-use", lastUse?.text ?? texts.text("accounts.never"), texts),
            Fact("state", texts.text("administration.person." + state), texts),
        ].filter { !$0.value.isEmpty }
        let held = world.sortedPlaces(of: person.id)
        roles = held.map { RoleRow($0.office, $0.role, admitted: $0.admitted, texts) }
        let free = world.offices(of: organ.id).flatMap { office in
            office.kind.roles
                .filter { role in !held.contains { $0.office.id == office.id && $0.role == role } }
                .map { FieldOption("\(office.code):\($0.rawValue)", texts.place(office, $0)) }
        }
        let errors = ErrorSummary(error, texts)
        summary = errors.isEmpty ? nil : errors
        place =
            person.active && !free.isEmpty
            ? FormField(
                "roles", texts.text("administration.person.new-role"), .select, error: errors["roles"], options: free,
                isRequired: true) : nil
        isActive = person.active
        isMe = person.id == access.me.id
        let closed = Set(held.map(\.office)).filter { world.isLastHolder(person.id, of: $0.id) }.map { texts.name($0) }
        warning =
            person.active && !closed.isEmpty
            ? texts.format("administration.person.would-close", ["offices": texts.list(closed.sorted())]) : nil
    }

    func child(named name: String) -> Any? {
        switch name {
        case "address": address
        case "name": self.name
        case "back": back
        case "facts": facts
        case "roles": roles
        case "hasRoles": !roles.isEmpty
        case "place": here(place)
        case "summary": here(summary)
        case "active": isActive
        case "me": isMe
        case "warning": here(warning)
        default: nil
        }
    }
}

struct RoleRow: MustacheParent {
    let office: String
    let role: String
    let value: String
    let state: Mark

    init(_ office: Office, _ role: Role, admitted: Bool, _ texts: Catalogue) {
        self.office = texts.name(office)
        self.role = texts.name(role)
        value = "\(office.code):\(role.rawValue)"
        state =
            if !office.kind.holdsReports {
                Mark(.plain, texts.text("administration.person.no-key-needed"))
            } else if admitted {
                Mark(.good, texts.text("administration.person.let-in"))
            } else {
                Mark(.warn, texts.text("administration.person.waits"))
            }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "office": office
        case "role": role
        case "value": value
        case "state": state
        default: nil
        }
    }
}

extension Catalogue {
    /// When a one-time password ends.
    func ends(of policy: AccountPolicy) -> String {
        format("administration.person.one-time-ends", ["n": String(policy[.oneTimeHours])])
    }
}

/// The one time that a first password is shown.
struct FirstPasswordPage: MustacheParent {
    let name: String
    let username: String
    let password: String
    /// When the password ends.
    let ends: String
    let roles: String
    let back: LinkItem

    func child(named name: String) -> Any? {
        switch name {
        case "name": self.name
        case "username": username
        case "password": password
        case "ends": ends
        case "roles": here(roles.isEmpty ? nil : roles)
        case "back": back
        default: nil
        }
    }
}
