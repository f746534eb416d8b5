import Kernel

/// A request that waits for somebody's agreement: an extension, a supervision, a recusal that was asked for.
package struct Request: Sendable, Hashable {
    package var rule: ActRule
    package var act: DoneAct

    /// The place of the request in the report's story: its name in forms and codes.
    package var sequence: Int { act.sequence }

    /// The member of an office that may agree who may not: nobody decides on what they asked for, or on themselves.
    func except(in office: OfficeID, _ world: World) -> StaffID? {
        excluded.first { person in world.members(of: office).contains { $0.staff == person } }
    }
}

extension ActRule {
    /// Whether it is asked behind the receipt.
    package var isOfReporter: Bool { actors == [.reporter] }

    /// Whether it is for the office alone that has the report, and its handlers: more time, a stop of the clock.
    package var isOfHolder: Bool {
        actors.allSatisfy { actor in
            switch actor {
            case .office(.holder, _), .handler: true
            default: false
            }
        }
    }
}

extension Workflow {
    /// The requests of the organ's present custody that nobody has decided yet, in order. What was asked at an earlier
    /// organ lapsed when the report went on.
    package func pending(on standing: Standing) -> [Request] {
        let asked = standing.done.compactMap { act -> Request? in
            guard act.custody == standing.custody?.index, let rule = acts[act.act], !rule.approval.isEmpty else {
                return nil
            }
            // What the office that had it asked for itself lapsed when it went on to another, or back.
            if let office = act.codes["asked-at"], office != standing.custody?.office.description { return nil }
            return Request(rule: rule, act: act)
        }
        if asked.isEmpty { return [] }
        let decided = Set(
            standing.done.lazy.filter { $0.act == "decide" }.compactMap { Int($0.codes["request"] ?? "") })
        // So did what custodians asked who have passed the identity on since.
        let passed = standing.done.last { $0.act == "pass-identity" }?.sequence ?? 0
        return asked.filter { request in
            !decided.contains(request.sequence)
                && (request.rule.effect != "open-identity" || request.sequence > passed)
        }
    }

    /// Who must agree to a request: the first of its rules whose condition holds, of the report or of what was chosen
    /// with the request (the codes of its event).
    package func approval(
        of rule: ActRule, chosen: [String: String], on standing: Standing, world: World
    ) -> ApprovalRule? {
        rule.approval.first { standing.fulfils($0.when, chosen: chosen, in: world) }
    }

    /// Whether it is agreed to without sight of letter and papers.
    package func isBlind(_ request: Request, on standing: Standing, world: World) -> Bool {
        isBlind(request.rule, chosen: request.act.codes, on: standing, world: world)
    }

    package func isBlind(
        _ rule: ActRule, chosen: [String: String], on standing: Standing, world: World
    ) -> Bool {
        approval(of: rule, chosen: chosen, on: standing, world: world)?.isBlind ?? false
    }

    /// Who is to agree to a request of this act by this person: for each rule the office of leaders that has somebody
    /// there today, the organ's own, one of the level that the rule demands, or the nearest superior's.
    package func approvers(
        of rule: ActRule, chosen: [String: String], asker: StaffID?, except: StaffID? = nil, on standing: Standing,
        world: World
    ) -> [(office: OfficeID, roles: Set<Role>)] {
        guard let approval = approval(of: rule, chosen: chosen, on: standing, world: world) else { return [] }
        var out = standing.barred
        if let except { out.insert(except) }
        func places(_ actor: ActorRule) -> [(OfficeID, Set<Role>)] {
            guard case .office(let relation, let roles) = actor else { return [] }
            return standing.offices(relation, in: world, asker: asker).compactMap { office in
                // Custodians agree among themselves; no other organ's does for them.
                if relation == .custody {
                    let others = asker.map { out.union([$0]) } ?? out
                    return world.deciders(in: office, barred: others, roles: roles).isEmpty ? nil : (office, roles)
                }
                guard let organ = world.offices[office]?.organ,
                    let able = world.organ(from: organ, atLeast: rule.competence),
                    let deciders = world.deciders(of: able, barred: out, except: asker, roles: roles)
                else { return nil }
                return (deciders.office, roles)
            }
        }
        let first = approval.by.flatMap(places)
        return first.isEmpty ? approval.otherwise.flatMap(places) : first
    }

    /// The offices and roles that were asked to agree: when the request was made, or since, when nobody of those was left.
    package func asked(by request: Request, on standing: Standing, world: World) -> [(
        office: OfficeID, roles: Set<Role>
    )] {
        let since = standing.askedAgain(request).last
        let offices = ((since ?? request.act).codes["approver"] ?? "").split(separator: " ")
            .compactMap { OfficeID(String($0)) }
        let approval = approval(of: request.rule, chosen: request.act.codes, on: standing, world: world)
        let actors = approval.map { $0.by + $0.otherwise } ?? []
        let roles = actors.reduce(into: Set<Role>()) { all, actor in
            if case .office(_, let roles) = actor { all.formUnion(roles) }
        }
        return offices.map { ($0, roles) }
    }

    /// The pending requests that this person may decide. Nobody agrees to what they asked for, nor decides on a
    /// recusal that is asked of themselves.
    package func requests(for person: StaffID, on standing: Standing, world: World) -> [Request] {
        guard !standing.barred.contains(person) else { return [] }
        let places = world.places(of: person, on: standing)
        return pending(on: standing).filter { request in
            guard !request.excluded.contains(person) else { return false }
            return asked(by: request, on: standing, world: world).contains { office in
                places.contains { $0.office == office.office && office.roles.contains($0.role) }
            }
        }
    }
}

extension Standing {
    /// When others were asked to decide on a request, because nobody was left of those who had been, in order.
    package func askedAgain(_ request: Request) -> [DoneAct] {
        done.filter { $0.act == Workflow.newDeciders && $0.codes["request"] == String(request.sequence) }
    }
}
