import Casework
import Kernel

@testable import Casefile

/// Whoever was to decide has gone: the next who holds the keys asks others.
extension Exploration {
    /// Follows every way in which others are asked. Where somebody is there to be asked and nobody here can hand them
    /// what they need, the report is stuck.
    mutating func askOthers(_ moment: Moment, _ reaches: [StaffID: Reach], _ inspection: inout Inspection) {
        let model = inspection.model
        let (world, workflow, standing) = (model.picture.world, model.workflow, moment.standing)
        guard workflow.waitsForNobody(standing, world: world) else { return }
        var isAsked = false
        for person in model.people {
            guard let reach = reaches[person.id], !reach.isNone else { continue }
            do {
                guard let after = try asked(by: person, reach, at: moment, model) else { continue }
                isAsked = true
                found.askedOthers(person, moment, model)
                add(after)
            } catch CasefileError.keyMissing {
            } catch { inspection.faults.append("\(person.username) cannot ask others: \(error)") }
        }
        inspection.check(isAsked || !inspection.somebodyIsThereToAsk, "others could be asked, and nobody here can")
    }

    /// Somebody goes on leave, or comes back. Whoever goes asks others at once where they hold what these need.
    func turned(_ person: Staff, at moment: Moment) throws -> Moment {
        var next = moment.turned(person)
        let model = model(at: next)
        let (world, workflow) = (model.picture.world, model.workflow)
        guard next.path.last?.act == Moment.onLeave, workflow.waitsForNobody(next.standing, world: world) else {
            return next
        }
        let reach = Reach.of(person.id, on: next.standing, world: world, workflow: workflow)
        guard !reach.isNone else { return next }
        let path = next.path
        do { next = try asked(by: person, reach, at: next, model) ?? next } catch CasefileError.keyMissing {}
        next.path = path
        return next
    }

    /// As at the door, one question after the other; `nil` where nobody is there to be asked.
    private func asked(by person: Staff, _ reach: Reach, at moment: Moment, _ model: Model) throws -> Moment? {
        let viewer = Viewer(staff: person.id, organ: person.organ, privateKey: Model.nobodysKey)
        var now = moment
        for _ in 1...10 {
            let open = now.open(for: person.id, reach, model)
            guard let change = try open.askingOthers(by: viewer, at: Model.start, words: { _ in "为何" }) else { break }
            now = try now.after(change, model, edition: now.edition)
        }
        guard now.standing.sequence > moment.standing.sequence else { return nil }
        now.path.append(Moment.Done(act: Workflow.newDeciders, person: person.id, input: [:]))
        return now
    }
}

extension Inspection {
    /// Whether anybody, here or above, could take the decision, or agree to a request, of which nobody is left.
    var somebodyIsThereToAsk: Bool {
        let waits = model.workflow.lacksDecider(standing, world: world)
        if waits, somebodyDecides { return true }
        return model.workflow.requestsWithoutDecider(on: standing, world: world).contains { request in
            !model.workflow.approvers(
                of: request.rule, chosen: request.act.codes, asker: request.act.staff,
                except: request.act.codes["person"].flatMap { StaffID($0) }, on: standing, world: world
            ).isEmpty
        }
    }

    /// Whether a leader is left, here or above, who did not propose it.
    var somebodyDecides: Bool {
        guard let organ = standing.custody.flatMap({ world.organs[$0.organ] }) else { return false }
        let isWaited = model.workflow.stages[standing.stage]?.phase == .decision
        let roles = model.workflow.decidingRoles(on: standing, world: world)
        return world.line(from: organ).contains { above in
            world.staff(of: above.id).contains { person in
                person.active && !model.lent.away.contains(person.id) && !(isWaited && person.id == standing.proposer)
                    && !standing.barred.contains(person.id)
                    && world.places(of: person.id).contains {
                        world.offices[$0.office]?.kind == .leaders && roles.contains($0.role)
                    }
            }
        }
    }

    /// The world as it was when the decision was asked of those of whom it is asked now.
    func world(after gone: Set<String>?) -> World { gone.flatMap { models[$0] }?.picture.world ?? world }
}

extension Findings {
    mutating func askedOthers(_ person: Staff, _ moment: Moment, _ model: Model) {
        let roles = Set(model.picture.world.places(of: person.id).map(\.role.rawValue)).sorted()
        acts.insert([
            moment.standing.stage, Workflow.newDeciders, roles.joined(separator: "+"),
            Self.relation(person, moment, model),
        ])
    }
}
