import Kernel

/// Who may arrange what about absences, orders of stand-ins and delegations.
extension World {
    /// Whether a person administers an organ, or one above it.
    package func administers(_ organ: OrganID, by person: StaffID) -> Bool {
        guard staff[person]?.active == true else { return false }
        return places(of: person).contains { place in
            guard place.role == .administrator, let office = offices[place.office] else { return false }
            return office.kind == .administration && lies(organ, within: office.organ)
        }
    }

    /// Whether a person leads an office in their own right: as its director, or as the principal leader of the organ.
    package func leads(_ office: OfficeID, by person: StaffID) -> Bool {
        guard let organ = offices[office]?.organ, staff[person]?.active == true else { return false }
        return places(of: person).contains { place in
            guard place.isRegular, place.admitted else { return false }
            if place.role == .principal { return offices[place.office]?.organ == organ }
            return place.role == .director && place.office == office
        }
    }

    /// Whether a person may set the order of stand-ins of an office.
    package func mayArrange(_ office: OfficeID, by person: StaffID) -> Bool {
        guard let organ = offices[office]?.organ else { return false }
        return leads(office, by: person) || administers(organ, by: person)
    }

    /// Whether a person may write down, or end, that somebody is away: they themselves, who leads one of their
    /// offices, an administrator.
    package func mayDeclareAway(_ absent: StaffID, by person: StaffID) -> Bool {
        guard let organ = staff[absent]?.organ else { return false }
        return absent == person || administers(organ, by: person)
            || places(of: absent).contains { $0.isRegular && leads($0.office, by: person) }
    }

    /// Whether a person may hand over a post that somebody holds: the holder, or who leads the office.
    package func mayDelegate(_ post: Seat, of holder: StaffID, by person: StaffID) -> Bool {
        guard offices[post.office]?.kind != .administration, post.role.isDelegable, holds(post, holder) else {
            return false
        }
        return holder == person || leads(post.office, by: person)
    }

    /// Whether a person holds a post in their own right.
    package func holds(_ post: Seat, _ person: StaffID) -> Bool {
        places(of: person).contains { $0.isRegular && $0.office == post.office && $0.role == post.role }
    }

    /// Whether a person stands on the other side of 查审分离, by whatever right.
    package func mustStayApart(_ person: StaffID, from post: Seat) -> Bool {
        guard let apart = offices[post.office]?.kind.apart else { return false }
        return places(of: person).contains { offices[$0.office]?.kind == apart }
    }

    /// The people to whom a post of this office may be given for a time: active, of the same organ, not its holders,
    /// and not bound to stay apart from it.
    package func candidates(for post: Seat) -> [Staff] {
        guard let organ = offices[post.office]?.organ else { return [] }
        return staff(of: organ).filter { !holds(post, $0.id) && !mustStayApart($0.id, from: post) }
            .sorted { $0.username < $1.username }
    }
}

/// Who acts and who decides today.
extension World {
    /// The places that a person may use on one report: those in force, and those of a stand-in whose turn comes
    /// because everybody before them must not act on this report (barred; for the leaders also: proposed it).
    package func places(of person: StaffID, on standing: Standing) -> [Membership] {
        let withProposer = standing.proposer.map { standing.barred.union([$0]) } ?? standing.barred
        return places(of: person).filter { place in
            place.acts(barred: offices[place.office]?.kind == .leaders ? withProposer : standing.barred)
        }
    }

    /// Who decides for an organ today: its own leaders, their delegates and stand-ins, as far as they are there, not
    /// barred and not the proposer; without any, the leaders of the nearest superior that has somebody; nil if none has.
    package func deciders(
        of organ: OrganID, barred: Set<StaffID>, except proposer: StaffID? = nil,
        roles: Set<Role> = [.deputy, .principal]
    ) -> (office: OfficeID, people: [StaffID])? {
        guard let start = organs[organ] else { return nil }
        let out = proposer.map { barred.union([$0]) } ?? barred
        for organ in line(from: start) {
            guard let office = office(.leaders, of: organ.id) else { continue }
            let people = deciders(in: office.id, barred: out, roles: roles)
            if !people.isEmpty { return (office.id, people) }
        }
        return nil
    }

    /// Those of one office who decide today: there, and not barred.
    package func deciders(in office: OfficeID, barred: Set<StaffID>, roles: Set<Role>) -> [StaffID] {
        var seen = barred.union(away)
        return members(of: office)
            .filter { roles.contains($0.role) && $0.acts(barred: barred) && seen.insert($0.staff).inserted }
            .map(\.staff)
    }
}
