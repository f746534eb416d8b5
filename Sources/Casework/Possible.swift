import Kernel

/// An act that somebody may do now.
package struct PossibleAct: Sendable {
    package var rule: ActRule
    /// The stage it leads to; equal to the present one for acts that change nothing.
    package var to: String

    package init(rule: ActRule, to: String) {
        self.rule = rule
        self.to = to
    }
}

/// Somebody for whom a report waits: an office's roles, or one person.
package struct Waiter: Sendable, Hashable {
    package var office: OfficeID?
    package var roles: Set<Role>
    package var staff: StaffID?
    /// The proposer, who may not decide.
    package var except: StaffID?
}

extension Workflow {
    /// The step an act would take now, or `nil` when it cannot be done at this stage.
    package func step(of act: ActRule, on standing: Standing, world: World) -> String? {
        guard standing.fulfils(act.guardCondition, in: world) else { return nil }
        if act.once, standing.wasDone(act.name) { return nil }
        if act.steps.isEmpty {
            return stages[standing.stage]?.phase == .end && !act.alsoAtEnd ? nil : standing.stage
        }
        for step in act.steps
        where step.stage == standing.stage && standing.fulfils(step.when, in: world)
            && (step.unless.isEmpty || !standing.fulfils(step.unless, in: world))
        {
            return step.to ?? standing.stage
        }
        return nil
    }

    /// Whether the rules let this person do this act, need-to-know apart.
    package func isActor(_ person: StaffID, of act: ActRule, on standing: Standing, world: World) -> Bool {
        guard let custody = standing.custody, !standing.barred.contains(person) else { return false }
        if act.notByProposer, standing.proposer == person { return false }
        let places = world.places(of: person, on: standing)
        return act.actors.contains { actor in
            switch actor {
            case .handler:
                standing.handlers.contains(person) && places.contains { $0.office == custody.office }
            case .signer: standing.unsigned(in: world).contains(person)
            case .approver: !requests(for: person, on: standing, world: world).isEmpty
            case .reader: true
            case .reporter: false
            case .office(let relation, let rule):
                standing.offices(relation, in: world).contains { office in
                    let roles = act.narrow(rule, on: standing, in: world)
                    return places.contains { place in
                        place.office == office && roles.contains(place.role)
                            && (custody.audience != .director || place.office != custody.intakeOffice
                                || place.role == .director)
                    }
                }
            }
        }
    }

    /// The acts that this person may do now, in the order of the rules.
    package func possible(for person: StaffID, on standing: Standing, world: World) -> [PossibleAct] {
        let reach = Reach.of(person, on: standing, world: world, workflow: self)
        guard !reach.isNone else { return [] }
        return actOrder.compactMap { name in
            guard let act = acts[name], let to = step(of: act, on: standing, world: world),
                act.isWanted(standing, in: world),
                reach.allows(act), isActor(person, of: act, on: standing, world: world)
            else { return nil }
            return PossibleAct(rule: act.asked(at: standing.stage), to: to)
        }
    }

    /// The leaders who may take the decision that the report waits for; all of them where it waits for none. Whether it
    /// is left to others than those to whom it is narrowed is taken as it was settled, unless it is told.
    package func decidingRoles(on standing: Standing, world: World, otherwise: Bool? = nil) -> Set<Role> {
        var found: Set<Role> = []
        for act in waitedFor[standing.stage] ?? [] where step(of: act, on: standing, world: world) != nil {
            guard act.isWaitedFor(at: standing.stage, standing, in: world) else { continue }
            for case .office(.leaders, let roles) in act.actors {
                found.formUnion(act.narrow(roles, on: standing, in: world, otherwise: otherwise))
            }
        }
        return found.isEmpty ? [.deputy, .principal] : found
    }

    /// For whom the report waits now.
    package func waiters(on standing: Standing, world: World) -> [Waiter] {
        guard let custody = standing.custody, !standing.isDestroyed else { return [] }
        // An office may stand here twice: for an act of everybody's, and for one that somebody may not do.
        var byOffice: [[String]: Waiter] = [:]
        var people: Set<StaffID> = []
        func add(_ office: OfficeID, _ roles: Set<Role>, except: StaffID?) {
            let limited = custody.audience == .director && office == custody.intakeOffice
            let place = [office.description, except?.description ?? ""]
            var waiter = byOffice[place] ?? Waiter(office: office, roles: [], staff: nil, except: except)
            waiter.roles.formUnion(limited ? [.director] : roles)
            byOffice[place] = waiter
        }
        for act in waitedFor[standing.stage] ?? [] {
            guard step(of: act, on: standing, world: world) != nil,
                act.isWaitedFor(at: standing.stage, standing, in: world)
            else { continue }
            for actor in act.actors {
                switch actor {
                case .handler:
                    people.formUnion(standing.handlers.filter { isActor($0, of: act, on: standing, world: world) })
                case .reader, .reporter: continue
                case .signer: people.formUnion(standing.unsigned(in: world))
                case .approver:
                    for request in pending(on: standing) {
                        for place in asked(by: request, on: standing, world: world) {
                            add(place.office, place.roles, except: request.except(in: place.office, world))
                        }
                    }
                case .office(let relation, let rule):
                    let roles = act.narrow(rule, on: standing, in: world)
                    for office in standing.offices(relation, in: world) {
                        add(office, roles, except: act.notByProposer ? standing.proposer : nil)
                    }
                }
            }
        }
        let offices = byOffice.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        let persons = people.sorted { $0.description < $1.description }
            .map { Waiter(office: nil, roles: [], staff: $0, except: nil) }
        return offices + persons
    }
}

extension ActRule {
    /// The roles that may act as the matter stands: those of the first narrowing whose condition holds, else all. Where
    /// the decision was left to others, because nobody of those was left, to them too.
    package func narrow(
        _ roles: Set<Role>, on standing: Standing, in world: World, otherwise: Bool? = nil
    ) -> Set<Role> {
        guard let rule = narrowed.first(where: { standing.fulfils($0.when, in: world) }) else { return roles }
        return otherwise ?? standing.isLeftToOthers ? rule.roles.union(rule.otherwise) : rule.roles
    }

    /// Whether a report at this stage can be waiting for this act at all.
    func mayBeWaitedFor(at stage: String) -> Bool {
        let isPossible = steps.isEmpty || steps.contains { $0.stage == stage }
        return switch waits {
        case .never: false
        case .stages(let stages): isPossible && stages.contains(stage)
        case .always, .fact: isPossible
        }
    }

    /// The act with the fields that are asked at a stage.
    func asked(at stage: String) -> ActRule {
        guard fields.contains(where: { !$0.at.isEmpty }) else { return self }
        var asked = self
        asked.fields.removeAll { !$0.at.isEmpty && !$0.at.contains(stage) }
        return asked
    }

    /// Whether a report at this stage waits for this act.
    package func isWaitedFor(at stage: String, _ standing: Standing, in world: World) -> Bool {
        if let only, !standing.holds(only, in: world) { return false }
        return switch waits {
        case .never: false
        case .always: true
        case .stages(let stages): stages.contains(stage)
        case .fact("request"): true
        case .fact(let name): standing.holds(name, in: world)
        }
    }

    /// Acts tied to a fact are offered only while it holds.
    fileprivate func isWanted(_ standing: Standing, in world: World) -> Bool {
        only.map { standing.holds($0, in: world) } ?? true
    }

    /// Acts of people outside the holding organ, who see the outline and not its papers.
    fileprivate var isFromOutside: Bool {
        actors.contains { actor in
            switch actor {
            case .approver, .office(.sender, _), .office(.watcher, _), .office(.alarmed, _),
                .office(.consulted, _):
                true
            default: false
            }
        }
    }
}

extension Reach {
    fileprivate func allows(_ act: ActRule) -> Bool {
        if act.actors == [.office(.custody, roles: [.custodian])] { return custody }
        if act.actors.contains(.reader) { return !isNone }
        // Who is asked is seen to where the requests are looked at; some are agreed to without sight of the letter.
        if act.actors == [.approver] { return outline || custody }
        return papers || (outline && letter && act.isFromOutside)
    }
}
