import Casework
import Kernel

@testable import Casefile

/// The reporter asks behind the receipt that somebody stand aside.
extension Exploration {
    private static let act = "request-recusal"

    /// Follows it of somebody who handles the report, of the organ's leader, and of both that leader and one of the
    /// superior's.
    mutating func reporterAsks(_ moment: Moment, _ inspection: inout Inspection) {
        let (model, standing) = (inspection.model, moment.standing)
        let workflow = model.workflow
        guard scene.asks.contains(Self.act), moment.requests(workflow) < scene.requests,
            let rule = workflow.acts[Self.act],
            workflow.stages[standing.stage]?.phase != .end, let anybody = model.people.first
        else { return }
        for named in [
            ["q1.inspection.handler.9"], ["q1.leaders.principal.7"], ["q1.leaders.principal.7", "c1.leaders.deputy.5"],
        ] {
            let whom = named.compactMap { model.person($0)?.name }.joined(separator: "、")
            do {
                var change = ActChange(
                    act: PossibleAct(rule: rule, to: standing.stage),
                    open: moment.open(for: anybody.id, .none, model), letter: nil, viewer: nil, at: Model.start)
                try change.askRecusal(of: whom, because: "是亲戚")
                var after = try moment.after(change, model, edition: moment.edition)
                after.path.append(Moment.Done(act: Self.act, person: nil, input: ["whom": .text(whom)]))
                found.acts.insert([standing.stage, Self.act, "reporter", "reporter"])
                add(after)
            } catch CasefileError.nobodyHome {
            } catch { inspection.faults.append("the reporter cannot ask about \(whom): \(error)") }
        }
    }
}

extension Inspection {
    /// Whether this person is to decide on what the reporter asks, told a second way: the organ's leaders do, and those of
    /// the organ above where one of the organ's is meant; never whoever is meant.
    func isAskedByReporter(_ person: Staff, _ custody: Custody) -> Bool {
        let decided = Set(standing.done.filter { $0.act == "decide" }.compactMap { $0.codes["request"] })
        return standing.done.contains { act in
            guard act.act == "request-recusal", act.custody == custody.index, !decided.contains(String(act.sequence))
            else { return false }
            let meant = (act.codes["named"] ?? "").split(separator: " ").map(String.init)
            let leaders = world.members(of: world.office(.leaders, of: custody.organ)?.id ?? .random())
            let isLeader = leaders.contains { meant.contains($0.staff.description) }
            let organ = isLeader ? world.organs[custody.organ]?.parent : custody.organ
            return !meant.contains(person.id.description) && person.organ == (organ ?? custody.organ)
                && world.places(of: person.id).contains {
                    world.offices[$0.office]?.kind == .leaders && [.deputy, .principal].contains($0.role)
                }
        }
    }

    /// Whether somebody without the report's keys agreed to what the reporter asked, and nobody here has acted since: the
    /// next of them wraps the keys anew, and the server refuses whoever is barred from the first moment on.
    var waitsForNewWraps: Bool {
        guard
            let decided = standing.done.lastIndex(where: {
                $0.codes["request-act"] == "request-recusal" && $0.codes["agreed"] == "yes"
            })
        else { return false }
        return standing.done[(decided + 1)...].allSatisfy { act in
            act.staff.flatMap { world.staff[$0]?.organ } != standing.custody?.organ
        }
    }
}
