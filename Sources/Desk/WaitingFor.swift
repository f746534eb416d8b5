import Casefile
import Casework
import Kernel
import Site

extension ReportPageMaker {
    /// For whom the report waits now: each office with those of it who are there and may act, or the person. `nil` for
    /// whom the papers are not, and where it waits for nobody in particular.
    var waitsFor: String? {
        guard view.reach.papers else { return nil }
        let lines = view.workflow.waiters(on: view.standing, world: view.world).compactMap { waiter -> String? in
            guard let office = waiter.office else { return waiter.staff.flatMap { name(of: $0) } }
            let out = waiter.except.map { view.standing.barred.union([$0]) } ?? view.standing.barred
            let people = view.world.deciders(in: office, barred: out, roles: waiter.roles).compactMap { name(of: $0) }
            let isOwn = view.world.offices[office]?.organ == view.standing.custody?.organ
            let place = [isOwn ? nil : name(of: view.world.offices[office]?.organ), name(of: office)]
            return texts.format(
                "desk.waits.office",
                [
                    "office": place.compactMap(\.self).joined(separator: " · "),
                    "people": people.isEmpty ? texts.text("desk.waits.nobody") : people.joined(separator: comma),
                ])
        }
        return lines.isEmpty ? nil : lines.joined(separator: semicolon)
    }
}
