package import Casework
package import Entrance
package import Foundation

/// The room in which organs, offices and people are written down and changed, and colleagues let in. No report is
/// read here: an administrator holds no key.
package enum Administration {
    /// The templates, texts and assets of this room.
    package static let bundle = Bundle.module

    /// The organs that a person looks after: those in which they are an administrator. Each includes the organs below.
    package static func organs(administeredBy person: StaffID, in world: World) -> Set<OrganID> {
        guard world.staff[person]?.active == true else { return [] }
        return Set(
            world.places(of: person).filter { $0.role == .administrator }.compactMap { place in
                world.offices[place.office].flatMap { $0.kind == .administration ? $0.organ : nil }
            })
    }
}

/// What this room adds to the staff navigation.
package enum AdministrationNavigation {
    /// My office, the rules and my absence, for all; administration, for administrators.
    package static let entries = [
        NavigationEntry("administration.nav.office", href: "/office") { person, world in
            !world.places(of: person.id).isEmpty
        },
        NavigationEntry("rules.nav", href: "/admin/rules") { _, _ in true },
        NavigationEntry("administration.nav.absence", href: "/absence") { person, world in
            !world.places(of: person.id).isEmpty
        },
        NavigationEntry("administration.nav.admin", href: "/admin") { person, world in
            !Administration.organs(administeredBy: person.id, in: world).isEmpty
        },
        AuditRoutes.navigation,
    ]
}
