import Casework
import Kernel

@testable import Casefile

/// Who acts in whose place, told a second way: from the scene, not from the places that the world works out.
struct Lent: Sendable {
    /// Who is on leave.
    let away: Set<StaffID>
    private let delegates: [Seat: [StaffID]]
    private let order: [Seat: [StaffID]]
    /// Whose delegation is over.
    let former: Set<StaffID>
    /// Everybody who is named to act for others.
    let named: Set<StaffID>

    init(_ scene: Scene, _ people: [Staff], _ offices: [Office], onLeave: Set<String> = []) {
        func person(_ username: String) -> Staff? { people.first { $0.username == username } }
        func seat(_ kind: OfficeKind, _ role: Role, _ username: String) -> Seat? {
            let organ = person(username)?.organ
            return offices.first { $0.organ == organ && $0.kind == kind }.map { Seat(office: $0.id, role: role) }
        }
        away = Set(scene.away.union(onLeave).compactMap { person($0)?.id })
        former = Set(scene.former.compactMap { person($0.to)?.id })
        var delegates: [Seat: [StaffID]] = [:]
        for one in scene.delegated {
            guard let post = seat(one.office, one.role, one.from), let to = person(one.to) else { continue }
            delegates[post, default: []].append(to.id)
        }
        var order: [Seat: [StaffID]] = [:]
        for one in scene.order {
            guard let first = one.people.first, let post = seat(one.office, one.role, first) else { continue }
            order[post] = one.people.compactMap { person($0)?.id }
        }
        (self.delegates, self.order) = (delegates, order)
        named = Set(delegates.values.joined()).union(order.values.joined())
    }

    /// The posts in which somebody acts on a report beside their own: a delegate always; a stand-in while every holder and
    /// everybody before them is away or must not act on it.
    func seats(of person: StaffID, on standing: Standing, _ world: World) -> [Seat] {
        guard named.contains(person), !away.contains(person) else { return [] }
        let handed = delegates.filter { $0.value.contains(person) }.map(\.key)
        let standsIn = order.compactMap { post, people -> Seat? in
            guard let place = people.firstIndex(of: person) else { return nil }
            let holders = world.members(of: post.office).filter { $0.isRegular && $0.role == post.role }
            let isLeader = world.offices[post.office]?.kind == .leaders
            let before = (holders.map(\.staff) + (delegates[post] ?? []) + people[..<place]).filter {
                !away.contains($0)
            }
            let out = standing.barred.union(isLeader ? Set([standing.proposer].compactMap(\.self)) : [])
            return before.allSatisfy(out.contains) ? post : nil
        }
        return handed + standsIn
    }
}

extension Inspection {
    /// Whoever acts for others reads as their own places and the posts that are theirs today let them, and no further;
    /// whose delegation is over reads nothing by it.
    mutating func lentPostsDecide(_ person: Staff, _ reach: Reach, _ custody: Custody) {
        if model.lent.former.contains(person.id) {
            check(
                reach.isNone && held(by: person.id).isEmpty,
                "\(person.username), whose delegation is over, has \(reach)")
        }
        guard model.lent.named.contains(person.id), person.organ == custody.organ else { return }
        let lent = model.lent.seats(of: person.id, on: standing, world).map {
            Membership(staff: person.id, office: $0.office, role: $0.role, admitted: true)
        }
        let isDecided =
            model.workflow.stages[standing.stage]?.phase == .decision && standing.proposer != person.id
        func leads(_ place: Membership) -> Bool {
            isDecided && world.offices[place.office]?.kind == .leaders && [.deputy, .principal].contains(place.role)
        }
        let places = world.places(of: person.id).filter(\.isRegular) + lent
        check(
            !reach.letter || worksOnIt(person, places, custody) || places.contains(where: leads)
                || isConsulted(person, lent, custody),
            "\(person.username), who acts for others, reads beyond their posts: \(reach)")
        let isTheirs = lent.contains { leads($0) || ($0.office == custody.office && $0.role == .director) }
        check(!isTheirs || reach.papers, "\(person.username) acts in a post today and does not read for it")
    }

    /// A dispatched team's own unit is the reported: whoever belongs to it has nothing of the report, at whichever organ
    /// they sit.
    mutating func attachedUnitHasNothing(_ person: Staff, _ reach: Reach) {
        guard model.tied.contains(person.id) else { return }
        let held = held(by: person.id)
        check(
            reach.isNone && held.isEmpty && possible[person.id] == nil,
            "\(person.username), of the reported unit, has \(reach) and holds \(held.map(\.kind))")
    }
}
