package import Kernel

/// The organs, offices and staff of one installation, as one immutable picture.
package struct World: Sendable {
    /// Rises with every change, so that several processes notice each other's.
    package let version: Int64
    package let organs: [OrganID: Organ]
    package let offices: [OfficeID: Office]
    package let staff: [StaffID: Staff]
    /// Regular places, and those of delegates and stand-ins as they stand on the day of the cover.
    package let memberships: [Membership]
    /// The people who are away on the day for which this picture was made.
    package let away: Set<StaffID>

    let names: NameIndex
    private let organByCode: [String: OrganID]
    private let childrenOf: [OrganID: [OrganID]]
    private let officesOf: [OrganID: [OfficeID]]
    private let membersOf: [OfficeID: [Membership]]
    private let placesOf: [StaffID: [Membership]]
    private let staffOfOrgan: [OrganID: [StaffID]]

    package init(
        version: Int64, organs: [Organ], offices: [Office], staff: [Staff], memberships: [Membership],
        cover: Cover? = nil
    ) {
        self.version = version
        self.organs = Dictionary(organs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.offices = Dictionary(offices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.staff = Dictionary(staff.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        away = cover?.away ?? []
        let memberships =
            memberships + (cover?.places(beside: memberships, staff: self.staff, offices: self.offices) ?? [])
        self.memberships = memberships
        names = NameIndex(organs: organs, staff: staff)
        organByCode = Dictionary(organs.map { ($0.code, $0.id) }, uniquingKeysWith: { first, _ in first })
        var children: [OrganID: [OrganID]] = [:]
        for organ in organs.sorted(by: { $0.code < $1.code }) {
            if let parent = organ.parent { children[parent, default: []].append(organ.id) }
        }
        childrenOf = children
        officesOf = Dictionary(grouping: offices.sorted { $0.code < $1.code }, by: \.organ).mapValues { $0.map(\.id) }
        membersOf = Dictionary(grouping: memberships, by: \.office)
        placesOf = Dictionary(grouping: memberships, by: \.staff)
        staffOfOrgan = Dictionary(grouping: staff.filter(\.active), by: \.organ).mapValues { $0.map(\.id) }
    }

    package static let empty = World(version: 0, organs: [], offices: [], staff: [], memberships: [])

    package func organ(code: String) -> Organ? { organByCode[code].flatMap { organs[$0] } }

    /// The organ without a parent; ties (a broken import) resolve to the lowest code.
    package var root: Organ? {
        organs.values.filter { $0.parent == nil }.min { $0.code < $1.code }
    }

    /// Staff whose name or alias stands in free words.
    package func staff(namedIn words: String) -> Set<StaffID> { Set(names.staff(inPlain: PlainName.normalised(words))) }

    package func parent(of organ: Organ) -> Organ? { organ.parent.flatMap { organs[$0] } }

    package func children(of organ: OrganID) -> [Organ] {
        (childrenOf[organ] ?? []).compactMap { organs[$0] }
    }

    /// The organ itself, then its parent, up to the root. A cycle (a broken import) ends the walk.
    package func line(from organ: Organ) -> [Organ] {
        var result = [organ]
        var seen: Set<OrganID> = [organ.id]
        while let last = result.last, let next = parent(of: last), seen.insert(next.id).inserted {
            result.append(next)
        }
        return result
    }

    /// Whether `organ` is `above` or lies under it in the tree.
    package func lies(_ organ: OrganID, within above: OrganID) -> Bool {
        guard let start = organs[organ] else { return false }
        return line(from: start).contains { $0.id == above }
    }

    /// The highest management rank an organ may receive. A dispatched team receives what was delegated to it, never more
    /// than its parent may delegate; without a word of it, one level below the parent.
    package func rank(of organ: Organ) -> Int {
        if let own = organ.level.rank { return own }
        guard let parent = parent(of: organ) else { return 4 }
        let most = parent.level.rank ?? 3
        return organ.delegated?.rank.map { max(most, $0) } ?? min(5, most + 1)
    }

    package func offices(of organ: OrganID) -> [Office] {
        (officesOf[organ] ?? []).compactMap { offices[$0] }
    }

    package func office(_ kind: OfficeKind, of organ: OrganID) -> Office? {
        offices(of: organ).first { $0.kind == kind }
    }

    /// Active members of an office, each once for every role held there.
    package func members(of office: OfficeID) -> [Membership] {
        (membersOf[office] ?? []).filter { staff[$0.staff]?.active == true }
    }

    /// Whether a report can go on in this office without the barred: with its director, at a desk also with whoever
    /// judges there, in handling also with somebody already allocated. Anyone else could only look at it.
    package func canCarryOn(
        _ office: OfficeID, audience: Audience, handlers: Set<StaffID> = [], barred: Set<StaffID>
    ) -> Bool {
        let isDesk = offices[office]?.kind == .letters
        return members(of: office).contains { place in
            guard place.acts(barred: barred), !barred.contains(place.staff) else { return false }
            return place.role == .director || handlers.contains(place.staff)
                || (isDesk && audience != .director && place.role == .triage)
        }
    }

    /// Those of an organ who may approve: its admitted leaders, with whoever acts for them today; the turn of a stand-in
    /// comes also where all before them are barred.
    package func leaders(of organ: OrganID, barred: Set<StaffID> = []) -> [StaffID] {
        guard let office = office(.leaders, of: organ) else { return [] }
        return members(of: office.id)
            .filter { $0.acts(barred: barred) && ($0.role == .deputy || $0.role == .principal) }
            .map(\.staff)
    }

    /// All places of a person, in force or not.
    package func places(of person: StaffID) -> [Membership] { placesOf[person] ?? [] }

    package func staff(of organ: OrganID) -> [Staff] {
        (staffOfOrgan[organ] ?? []).compactMap { staff[$0] }
    }

    /// The organ whose region covers `place` and whose rank is `rank`, else the nearest above it, else the root.
    /// Dispatched teams are never chosen by place.
    package func organ(over place: RegionCode?, rank: Int) -> Organ? {
        guard let place else { return root }
        let covering = organs.values
            .filter { $0.level != .dispatched && ($0.region == place || $0.region.contains(place) || $0.parent == nil) }
            .filter { self.rank(of: $0) <= min(rank, 4) }
        return covering.max { (self.rank(of: $0), $0.code) < (self.rank(of: $1), $1.code) } ?? root
    }
}
