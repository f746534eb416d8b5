import Kernel

/// A request that waits for somebody's agreement: an extension, a supervision, a recusal that was asked for.
package struct Request: Sendable, Hashable {
    package var rule: ActRule
    package var act: DoneAct

    /// The place of the request in the report's story: its name in forms and codes.
    package var sequence: Int { act.sequence }
}

extension Workflow {
    /// The requests of the organ's present custody that nobody has decided yet, in order. What was asked at an earlier
    /// organ lapsed when the report went on.
    package func pending(on standing: Standing) -> [Request] {
        let decided = Set(standing.done.lazy.filter { $0.act == "decide" }.compactMap { Int($0.codes["request"] ?? "") })
        return standing.done.compactMap { act in
            guard act.custody == standing.custody?.index, let rule = acts[act.act], !rule.approval.isEmpty,
                !decided.contains(act.sequence)
            else { return nil }
            return Request(rule: rule, act: act)
        }
    }

    /// Who must agree to a request: the first of its rules whose condition holds.
    package func approval(of rule: ActRule, on standing: Standing, world: World) -> ApprovalRule? {
        rule.approval.first { standing.fulfils($0.when, in: world) }
    }

    /// The offices and roles that may agree to a request of this act by this person.
    package func approvers(
        of rule: ActRule, asker: StaffID?, on standing: Standing, world: World
    ) -> [(office: OfficeID, roles: Set<Role>)] {
        guard let approval = approval(of: rule, on: standing, world: world) else { return [] }
        return approval.by.flatMap { actor -> [(OfficeID, Set<Role>)] in
            guard case .office(let relation, let roles) = actor else { return [] }
            return standing.offices(relation, in: world, asker: asker, competence: rule.competence).map { ($0, roles) }
        }
    }

    /// The pending requests that this person may decide. Nobody agrees to what they asked for, nor decides on a
    /// recusal that is asked of themselves.
    package func requests(for person: StaffID, on standing: Standing, world: World) -> [Request] {
        guard !standing.barred.contains(person) else { return [] }
        let places = world.places(of: person).filter(\.admitted)
        return pending(on: standing).filter { request in
            guard request.act.staff != person, request.act.codes["person"] != person.description else { return false }
            return approvers(of: request.rule, asker: request.act.staff, on: standing, world: world).contains { office in
                places.contains { $0.office == office.office && office.roles.contains($0.role) }
            }
        }
    }
}
