import Kernel

/// Decisions that wait for people of whom none is left: they went on leave, left, or were barred after they were asked.
extension Workflow {
    /// The event by which others are asked to decide. It is no act of anybody's: it follows from who is there.
    package static let newDeciders = "new-deciders"

    /// Whether a proposal waits, and none of the leaders who were asked can decide on it today.
    package func lacksDecider(_ standing: Standing, world: World) -> Bool {
        guard stages[standing.stage]?.phase == .decision else { return false }
        let out = standing.proposer.map { standing.barred.union([$0]) } ?? standing.barred
        let roles = decidingRoles(on: standing, world: world)
        return standing.offices(.leaders, in: world).allSatisfy {
            world.deciders(in: $0, barred: out, roles: roles).isEmpty
        }
    }

    /// The pending requests to which none of those who were asked can agree today, in order.
    package func requestsWithoutDecider(on standing: Standing, world: World) -> [Request] {
        pending(on: standing).filter { request in
            let out = standing.barred.union(request.excluded)
            return asked(by: request, on: standing, world: world).allSatisfy {
                world.deciders(in: $0.office, barred: out, roles: $0.roles).isEmpty
            }
        }
    }

    /// Whether anything here waits for people of whom none is there today.
    package func waitsForNobody(_ standing: Standing, world: World) -> Bool {
        lacksDecider(standing, world: world) || !requestsWithoutDecider(on: standing, world: world).isEmpty
    }
}

extension Request {
    /// Nobody decides on what they asked for, or on themselves.
    var excluded: [StaffID] { [act.codes["person"].flatMap { StaffID($0) }, act.staff].compactMap(\.self) }
}
