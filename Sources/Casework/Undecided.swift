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

    /// Who is to decide on what is proposed: a leader of those to whom the matter is narrowed, of the organ or of the
    /// nearest superior that has one; where none of them has, those who decide otherwise. `nil`: nobody anywhere.
    package func deciders(on standing: Standing, world: World) -> (office: OfficeID, areOthers: Bool)? {
        guard let organ = standing.custody?.organ else { return nil }
        for areOthers in [false, true] {
            let roles = decidingRoles(on: standing, world: world, otherwise: areOthers)
            let found = world.deciders(
                of: organ, barred: standing.barred, except: standing.proposer, roles: roles)
            if let found { return (found.office, areOthers) }
        }
        return nil
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

extension Standing {
    /// The code by which an event says whether the decision is left to others than those to whom it is narrowed.
    package static let leftToOthers = "left-to-others"

    /// Whether it was when it was last asked for.
    package var isLeftToOthers: Bool {
        done.last { $0.codes[Self.leftToOthers] != nil }?.codes[Self.leftToOthers] == "yes"
    }
}

extension Request {
    /// The code that holds whom a reporter's words name.
    package static let named = "named"

    /// Nobody decides on what they asked for, on themselves, or on words that name them.
    package var excluded: [StaffID] {
        let named = (act.codes[Self.named] ?? "").split(separator: " ").compactMap { StaffID(String($0)) }
        return [act.codes["person"].flatMap { StaffID($0) }, act.staff].compactMap(\.self) + named
    }
}
