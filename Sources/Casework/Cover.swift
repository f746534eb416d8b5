package import Kernel

/// Who is away on one day and who acts for them: what stands beside the regular places of a ``World``.
package struct Cover: Sendable {
    /// Who holds an office's key in its newest generation.
    package struct KeyHolder: Sendable, Hashable {
        package var office: OfficeID
        package var staff: StaffID

        package init(office: OfficeID, staff: StaffID) {
            self.office = office
            self.staff = staff
        }
    }

    package let day: Day
    package let order: [StandIn]
    package let delegations: [Delegation]
    package let absences: [Absence]
    private let keys: Set<KeyHolder>

    /// Takes what was not ended early; what lies outside of its days is looked past.
    package init(
        day: Day, absences: [Absence] = [], order: [StandIn] = [], delegations: [Delegation] = [],
        keys: Set<KeyHolder> = []
    ) {
        self.day = day
        self.absences = absences
        self.order = order.sorted { $0.position < $1.position }
        self.delegations = delegations.sorted { $0.id.description < $1.id.description }
        self.keys = keys
    }

    /// The people who are away today.
    package var away: Set<StaffID> { Set(absences.filter { $0.term.includes(day) }.map(\.staff)) }

    /// The first day after ``day`` on which somebody leaves, comes back, or a delegation begins or ends.
    package var nextTurn: Day? {
        (absences.map(\.term) + delegations.map(\.term)).flatMap { [$0.first, $0.last.adding(days: 1)] }
            .filter { day < $0 }.min()
    }

    /// The places of delegates and stand-ins: all who are named, admitted only while it is their turn.
    ///
    /// A delegate acts on the days of the delegation, as long as whoever made it holds the post. Of the stand-ins, the
    /// first who is not away acts while no regular holder and no delegate is there; on a report on which all who are there
    /// before them must not act, it is their turn too.
    func places(beside regular: [Membership], staff: [StaffID: Staff], offices: [OfficeID: Office]) -> [Membership] {
        let away = away
        let holders = Dictionary(grouping: regular) { Seat(office: $0.office, role: $0.role) }
        let kinds = Dictionary(grouping: regular, by: \.staff).mapValues {
            Set($0.compactMap { offices[$0.office]?.kind })
        }
        func isThere(_ person: StaffID) -> Bool { staff[person]?.active == true && !away.contains(person) }
        func holdsKey(_ person: StaffID, _ post: Seat) -> Bool {
            keys.contains(KeyHolder(office: post.office, staff: person))
        }
        /// Who stands on the other side of 查审分离 has no place here, however they were named.
        func mayHold(_ person: StaffID, _ post: Seat) -> Bool {
            guard let office = offices[post.office], staff[person]?.organ == office.organ else { return false }
            return office.kind.apart.map { kinds[person]?.contains($0) != true } ?? true
        }
        let handed = Dictionary(grouping: delegations, by: \.post)
        let standing = Dictionary(grouping: order, by: \.post)
        var result: [Membership] = []
        let posts = Set(handed.keys).union(standing.keys)
            .sorted { ($0.office.description, $0.role.rawValue) < ($1.office.description, $1.role.rawValue) }
        for post in posts {
            let own = holders[post] ?? []
            var named = Set(own.map(\.staff))
            var ahead = Set(own.filter { $0.admitted && isThere($0.staff) }.map(\.staff))
            for delegation in handed[post] ?? [] {
                guard staff[delegation.from]?.active == true, own.contains(where: { $0.staff == delegation.from }),
                    mayHold(delegation.to, post), delegation.term.last >= day,
                    !own.contains(where: { $0.staff == delegation.to })
                else { continue }
                let acts = delegation.term.includes(day) && holdsKey(delegation.to, post)
                // Two delegations of one post to one person are one place, the one in force if there is one.
                if !named.insert(delegation.to).inserted {
                    guard acts, !ahead.contains(delegation.to) else { continue }
                    result.removeAll {
                        $0.staff == delegation.to && $0.office == post.office && $0.role == post.role
                    }
                }
                result.append(
                    Membership(
                        staff: delegation.to, office: post.office, role: post.role, admitted: acts,
                        basis: .delegation(from: delegation.from), holdsKey: holdsKey(delegation.to, post)))
                if acts, isThere(delegation.to) { ahead.insert(delegation.to) }
            }
            for next in standing[post] ?? [] where mayHold(next.staff, post) {
                guard named.insert(next.staff).inserted else { continue }
                let hasKey = holdsKey(next.staff, post)
                let mayAct = hasKey && isThere(next.staff)
                result.append(
                    Membership(
                        staff: next.staff, office: post.office, role: post.role, admitted: mayAct && ahead.isEmpty,
                        basis: .standIn(position: next.position), holdsKey: hasKey, behind: mayAct ? ahead : []))
                if mayAct { ahead.insert(next.staff) }
            }
        }
        return result
    }
}
