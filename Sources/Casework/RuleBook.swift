package import Kernel
import Synchronization

/// All rules of an installation: the versions of the workflow, and what organs changed for themselves and those below.
/// A report keeps the rules in force on the day it began, unless a change says that it also touches running reports.
package struct RuleBook: Sendable {
    /// Versions by the day they take effect, earliest first; never empty.
    package let versions: [Workflow]
    /// What organs changed, in the order in which it came; withdrawn ones stay, for reports that began under them.
    package let overrides: [RuleOverride]
    private let ofOrgan: [String: [Int]]
    private let merged = MergedRules()

    package init(_ first: Workflow, _ later: Workflow...) {
        self.init(versions: [first] + later, overrides: [])
    }

    private init(versions: [Workflow], overrides: [RuleOverride]) {
        self.versions = versions.sorted { $0.effectiveFrom < $1.effectiveFrom }
        self.overrides = overrides
        ofOrgan = Dictionary(grouping: overrides.indices, by: { overrides[$0].organ })
    }

    /// Versions of the rules in the order of their days; refused when two begin on one day or have one name.
    package init(checking versions: [Workflow]) throws(RuleFault) {
        let sorted = versions.sorted { $0.effectiveFrom < $1.effectiveFrom }
        guard !sorted.isEmpty else { throw RuleFault(file: "workflow.yaml", line: 0, reason: "the file is missing") }
        for (old, new) in zip(sorted, sorted.dropFirst()) where old.effectiveFrom == new.effectiveFrom {
            throw RuleFault(
                file: new.file, line: new.line(of: "effectiveFrom:"), reason: "begins on the same day as \(old.file)")
        }
        var names: Set<String> = []
        for version in sorted where !names.insert(version.version).inserted {
            throw RuleFault(
                file: version.file, line: version.line(of: "version:"), reason: "another file has the same version")
        }
        self.init(versions: sorted, overrides: [])
    }

    /// The same versions with other changes. Cheap when they are the same as now. Not checked: see ``check(in:)``.
    package func with(_ overrides: [RuleOverride]) -> RuleBook {
        overrides == self.overrides ? self : RuleBook(versions: versions, overrides: overrides)
    }

    /// The newest version in force on a day: its names of stages, acts and values serve lists and forms that belong to
    /// no one report.
    package func current(on day: Day) -> Workflow? {
        versions.last { $0.effectiveFrom <= day } ?? versions.first
    }

    /// The rules that a report follows at the organ that holds it: the version, and over it the latest change of each
    /// organ from the root down. Merged once, then kept.
    package func workflow(of organ: OrganID?, began: Day, today: Day, in world: World) -> Workflow? {
        guard let base = version(began: began, today: today) else { return nil }
        guard !overrides.isEmpty, let organ, let found = world.organs[organ] else { return versions[base] }
        let stack = stack(of: found, began: began, today: today, in: world)
        return stack.isEmpty ? versions[base] : merged.workflow(versions[base], stack.map { ($0, overrides[$0]) })
    }

    /// The changes that a report follows at an organ, from the root down.
    package func changes(for organ: Organ, began: Day, today: Day, in world: World) -> [RuleOverride] {
        stack(of: organ, began: began, today: today, in: world).map { overrides[$0] }
    }

    private func version(began: Day, today: Day) -> Int? {
        let found = versions.lastIndex {
            $0.effectiveFrom <= began || ($0.scope == .running && $0.effectiveFrom <= today)
        }
        return found ?? versions.indices.first
    }

    private func stack(of organ: Organ, began: Day, today: Day, in world: World) -> [Int] {
        world.line(from: organ).reversed().compactMap { organ in
            (ofOrgan[organ.code] ?? []).filter { overrides[$0].holds(began: began, today: today) }
                .max { (overrides[$0].effectiveFrom, $0) < (overrides[$1].effectiveFrom, $1) }
        }
    }
}

/// Merged rules by what they were merged of.
private final class MergedRules: Sendable {
    private struct Key: Hashable {
        var version: String
        var stack: [Int]
    }
    private let known = Mutex<[Key: Workflow]>([:])

    func workflow(_ base: Workflow, _ stack: [(Int, RuleOverride)]) -> Workflow {
        let key = Key(version: base.version, stack: stack.map(\.0))
        return known.withLock { known in
            if let found = known[key] { return found }
            // A change that no longer fits was refused at the start; here the rules above it hold.
            let made = stack.reduce(base) { rules, change in
                (try? RuleMerge(base: rules, override: change.1, isStrict: false).run()) ?? rules
            }
            known[key] = made
            return made
        }
    }
}

extension Workflow {
    /// The first line that begins so, from 1; 0 when there is none.
    func line(of start: String) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.firstIndex { $0.hasPrefix(start) } ?? -1) + 1
    }
}
