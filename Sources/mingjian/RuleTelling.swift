import Casefile
import Casework
import Kernel

/// Tells in plain lines how the rules stand with a report.
struct RuleTelling {
    let found: RuleExplanation

    init(_ found: RuleExplanation) { self.found = found }

    private var workflow: Workflow { found.workflow }
    private var world: World { found.world }

    var text: String {
        var lines = [
            "report \(found.id), received \(found.receivedAt.rfc3339)",
            "rules  \(workflow.version), version in force from \(workflow.effectiveFrom.text)",
        ]
        lines += found.changes.map {
            "       changed by \(organ(world.organ(code: $0.organ)?.id)) from \($0.effectiveFrom.text): \($0.name)"
        }
        lines.append("stage  \(both(workflow.stages[found.standing.stage]?.label, found.standing.stage))")
        lines.append("due    \(found.due?.text ?? "no day")")
        lines += ["", "held by"] + found.standing.custodies.map(hop)
        lines += ["", "done"] + found.standing.done.map(act)
        lines += ["", "waits for"] + (found.waiters.isEmpty ? ["  nobody"] : found.waiters.map(waiter))
        lines += ["", "limits"] + (found.limits.isEmpty ? ["  none"] : found.limits.flatMap(limit))
        lines += ["", "possible next"] + (found.open.isEmpty ? ["  nothing"] : found.open.map(possible))
        return lines.joined(separator: "\n") + "\n"
    }

    private func both(_ label: Bilingual?, _ code: String) -> String {
        label.map { "\($0.en) (\(code), \($0.zh))" } ?? code
    }

    private func organ(_ id: OrganID?) -> String {
        id.flatMap { world.organs[$0] }.map { "\($0.shortName) \($0.code)" } ?? "an unknown organ"
    }

    private func office(_ id: OfficeID?) -> String {
        id.flatMap { world.offices[$0] }.map { "\($0.name) (\($0.kind.rawValue))" } ?? "an unknown office"
    }

    private func hop(_ custody: Custody) -> String {
        var line = "  \(custody.since.rfc3339)  \(organ(custody.organ)), \(office(custody.office))"
        if let via = custody.via { line += ", by \(both(workflow.acts[via]?.label, via))" }
        let isSigned = found.standing.done.contains { $0.act == "sign" && $0.custody == custody.index }
        if custody.via != nil { line += isSigned ? ", signed for" : ", not signed for yet" }
        if let number = custody.number { line += ", number \(number)" }
        return line
    }

    private func act(_ act: DoneAct) -> String {
        let rule = workflow.acts[act.act]
        let who = act.staff.flatMap { world.staff[$0]?.username } ?? "reporter"
        let source = rule.map { "  [\($0.source.en); \($0.source.zh)]" } ?? ""
        return "  \(act.at.rfc3339)  \(both(rule?.label, act.act)) by \(who)\(source)"
    }

    private func waiter(_ waiter: Waiter) -> String {
        if let staff = waiter.staff { return "  \(world.staff[staff]?.username ?? "somebody")" }
        let roles = Role.allCases.filter(waiter.roles.contains).map(\.rawValue).joined(separator: ", ")
        let holder = waiter.office.flatMap { world.offices[$0]?.organ }
        var line = "  \(organ(holder)), \(office(waiter.office)): \(roles)"
        if let except = waiter.except { line += ", but not \(world.staff[except]?.username ?? "the proposer")" }
        return line
    }

    private func possible(_ act: PossibleAct) -> String {
        let actors = act.rule.actors.map { actor in
            if case .office(let relation, let rule) = actor {
                let roles = act.rule.narrow(rule, on: found.standing, in: world)
                let names = Role.allCases.filter(roles.contains).map(\.rawValue).joined(separator: "/")
                return "\(relation.rawValue): \(names)"
            }
            return String(describing: actor)
        }
        let to = act.to == found.standing.stage ? "" : " → \(act.to)"
        let other = act.rule.notByProposer ? ", not the proposer" : ""
        return "  \(both(act.rule.label, act.rule.name))\(to)  \(actors.joined(separator: "; "))\(other)"
    }

    private func limit(_ state: LimitState) -> [String] {
        let rule = state.rule
        func length(_ count: Int, _ unit: LimitRule.Unit) -> String {
            "\(count) " + (unit == .working ? "working days" : unit == .months ? "months" : "calendar days")
        }
        var lines = [
            "  \(both(rule.label, rule.name)): \(length(rule.count, rule.unit))  [\(rule.source.en); \(rule.source.zh)]",
            "    \(state.start.day.text) begins (not counted)",
        ]
        lines += state.exceptions.map { "    \($0)" }
        lines += state.pauses.map {
            "    \($0.from.text) stands still until \($0.to?.text ?? "now"): \(both($0.rule.label, $0.rule.name))"
        }
        lines += state.extensions.map {
            "    \($0.agreed.text) \(length($0.rule.count, $0.rule.unit)) more  [\($0.rule.source.en)]"
        }
        let end = state.met.map { "done \($0.day.text)" + ($0.day > state.due ? ", too late" : "") } ?? "open"
        lines.append(
            "    \(state.due.text) due\(state.provisional ? " (provisional: a year has no table yet)" : ""), \(end)")
        return lines
    }
}
