package import Casework
import Database
package import Kernel

/// A hop as one viewer may see it.
package struct HopView: Sendable {
    package var hop: Hop
    /// The number that the organ drew; `nil` for whom its papers are not, and before registration.
    package var number: String?
    /// Nobody has it after this hop.
    package var isLast: Bool
}

/// Something that was asked for and waits for somebody's agreement.
package struct RequestView: Sendable {
    package var rule: ActRule
    package var asker: StaffID?
    /// The offices that were asked to agree.
    package var asked: [OfficeID]
    package var since: Instant
    /// This viewer is one of those who may decide.
    package var isMine: Bool
    /// Why it is asked, where this viewer decides on it without sight of the report; else it stands in the story.
    package var why: String?
}

extension Casefile {
    /// Whoever sees stage, holder and dates sees the way; a number is for those of its organ and for whom its papers are.
    func way(_ open: OpenReport, for viewer: Viewer) -> [HopView] {
        guard open.reach.outline else { return [] }
        let standing = open.stored.standing
        let visible = visibleCustodies(open)
        let ownOrgan = open.picture.world.staff[viewer.staff]?.organ
        let numbers = Dictionary(
            standing.custodies.map { ($0.index, $0.number) }, uniquingKeysWith: { first, _ in first })
        let hops = standing.way
        return hops.enumerated().map { place, hop in
            let mayRead = hop.organ == ownOrgan || visible.contains(hop.custody)
            return HopView(
                hop: hop, number: mayRead ? numbers[hop.custody] ?? nil : nil, isLast: place == hops.count - 1)
        }
    }

    /// Requests are papers of the holding organ; beside those who read them, who asked and who may decide know of one.
    func requests(_ open: OpenReport, for viewer: Viewer, _ tx: any Transaction) throws -> [RequestView] {
        guard open.reach.outline else { return [] }
        let standing = open.stored.standing
        let world = open.picture.world
        let mine = Set(open.workflow.requests(for: viewer.staff, on: standing, world: world).map(\.sequence))
        return try open.workflow.pending(on: standing).filter { request in
            open.reach.papers || request.act.staff == viewer.staff || mine.contains(request.sequence)
        }.map { request in
            RequestView(
                rule: request.rule, asker: request.act.staff,
                asked: open.workflow.asked(by: request, on: standing, world: world).map(\.office),
                since: request.act.at, isMine: mine.contains(request.sequence),
                why: mine.contains(request.sequence) ? try open.why(request, tx) : nil)
        }
    }
}
