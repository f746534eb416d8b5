package import Kernel

/// Phantom tags of what is kept about who is away and who acts for them.
package enum AbsenceTag {}
package enum DelegationTag {}

package typealias AbsenceID = Identifier<AbsenceTag>
package typealias DelegationID = Identifier<DelegationTag>

/// One role in one office: what a person holds, hands over for a time, or stands in for.
package struct Seat: Sendable, Hashable {
    package var office: OfficeID
    package var role: Role

    package init(office: OfficeID, role: Role) {
        self.office = office
        self.role = role
    }
}

/// Calendar days in China from the first to the last, both included.
package struct Term: Sendable, Hashable {
    package var first: Day
    package var last: Day

    package init(first: Day, last: Day) {
        self.first = first
        self.last = last
    }

    package func includes(_ day: Day) -> Bool { first <= day && day <= last }
}

/// Somebody is away: on leave, ill, on a course.
package struct Absence: Sendable, Hashable {
    package var id: AbsenceID
    package var staff: StaffID
    package var term: Term

    package init(id: AbsenceID, staff: StaffID, term: Term) {
        self.id = id
        self.staff = staff
        self.term = term
    }
}

/// One person's place in the order of those who act while every holder of a post is away; position 1 comes first.
package struct StandIn: Sendable, Hashable {
    package var post: Seat
    package var position: Int
    package var staff: StaffID

    package init(post: Seat, position: Int, staff: StaffID) {
        self.post = post
        self.position = position
        self.staff = staff
    }
}

/// Why a post was handed over; the names stand in the text catalogues.
package enum DelegationReason: String, Sendable, CaseIterable {
    case leave, illness, travel, course, vacancy, other
}

/// A post handed over by its holder to somebody of the same organ, for a time.
package struct Delegation: Sendable, Hashable {
    package var id: DelegationID
    package var post: Seat
    package var from: StaffID
    package var to: StaffID
    package var term: Term

    package init(id: DelegationID, post: Seat, from: StaffID, to: StaffID, term: Term) {
        self.id = id
        self.post = post
        self.from = from
        self.to = to
        self.term = term
    }
}

extension Role {
    /// Roles on whose decision others wait: an order of stand-ins is kept for them.
    package var isDeciding: Bool {
        switch self {
        case .director, .deputy, .principal, .custodian: true
        case .registrar, .triage, .handler, .member, .administrator, .auditor: false
        }
    }

    /// Roles that may be handed over for a time. A case is given to another handler by the director instead.
    package var isDelegable: Bool { isDeciding || self == .registrar || self == .triage }
}

extension OfficeKind {
    /// The kind whose people must be others (查审分离): who investigates does not review, and the reverse.
    package var apart: OfficeKind? {
        switch self {
        case .investigation: .trial
        case .trial: .investigation
        default: nil
        }
    }
}
