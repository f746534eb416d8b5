import Kernel
import Yams

/// Lays an organ's changes over the rules that hold above it. The result is read and checked as any rule file is, so
/// that nothing comes into force by a change that could not stand in a file.
struct RuleMerge {
    let base: Workflow
    let override: RuleOverride
    /// Whether a limit that is longer than the one above, or an act left to more people, is a fault; otherwise the one
    /// above stays.
    let isStrict: Bool

    func run() throws(RuleFault) -> Workflow {
        var top = try YAMLReader(file: base.file, text: base.text).node
        let change = try YAMLReader(file: override.file, text: override.text)
        try mergeLimits(change, into: &top)
        try mergeActs(change, into: &top)
        top.set("version", Node("\(base.version)+\(override.mark)", .implicit, .doubleQuoted))
        let text: String
        do { text = try serialize(node: top, allowUnicode: true) } catch {
            throw RuleFault(file: override.file, line: 1, reason: "cannot be written: \(error)")
        }
        do {
            return try Workflow(file: base.file, text: text)
        } catch {
            // The fault names an entry; the line that matters is the change's own.
            let name = String(error.reason.prefix { $0 != ":" })
            let listed = change.maybe("limits")?.items.first { (try? $0.string("name")) == name }
            let place = change.maybe("acts")?.maybe(name) ?? listed ?? change
            throw place.fault(error.words)
        }
    }

    /// Refuses an act that is left to more people than these rules let do it.
    func refuseWider() throws(RuleFault) {
        let acts = try YAMLReader(file: base.file, text: base.text).node["acts"]
        for (name, entry) in try YAMLReader(file: override.file, text: override.text).maybe("acts")?.pairs ?? [] {
            guard let by = entry.maybe("by"), let above = acts?[name]?["by"] else { continue }
            try refuseOutsiders(name, by, instead: above)
            if try !isWithin(name, by, above) { throw wider(name, by) }
        }
    }

    private func mergeLimits(_ change: YAMLReader, into top: inout Node) throws(RuleFault) {
        guard let part = change.maybe("limits") else { return }
        var limits = Array(top["limits"]?.sequence ?? [])
        for entry in part.items {
            let name = try entry.string("name")
            guard let place = limits.firstIndex(where: { $0["name"]?.scalar?.string == name }) else {
                _ = try Workflow.limit(entry)
                limits.append(entry.node)
                continue
            }
            for key in ["label", "starts", "ends", "when", "planned", "pauses"] {
                if let fixed = entry.maybe(key) { throw fixed.fault("\(name): \"\(key)\" cannot be changed here") }
            }
            var merged = limits[place]
            for key in ["count", "unit", "source", "extension"] {
                if let value = entry.maybe(key) { merged.set(key, value.node) }
            }
            let above = try Workflow.limit(YAMLReader(file: base.file, node: limits[place]))
            let own = try Workflow.limit(YAMLReader(file: override.file, node: merged))
            guard RuleLength.isWithin(own, above) else {
                if isStrict { throw entry.fault("\(name): longer than the limit above it") }
                continue
            }
            limits[place] = merged
        }
        top.set("limits", Node(limits))
    }

    private func mergeActs(_ change: YAMLReader, into top: inout Node) throws(RuleFault) {
        guard let part = change.maybe("acts"), var acts = top["acts"] else { return }
        for (name, entry) in part.pairs {
            guard var act = acts[name] else { throw entry.fault("no act \"\(name)\"") }
            if let by = entry.maybe("by") {
                try refuseOutsiders(name, by, instead: act["by"])
                if try isWithin(name, by, act["by"]) {
                    act.set("by", by.node)
                } else if isStrict {
                    throw wider(name, by)
                }
            }
            for key in ["notBy", "source"] {
                if let value = entry.maybe(key) { act.set(key, value.node) }
            }
            var fields = Array(act["fields"]?.sequence ?? [])
            for required in entry.maybe("required")?.items ?? [] {
                let field = try required.string()
                guard let place = fields.firstIndex(where: { $0["name"]?.scalar?.string == field }) else {
                    throw required.fault("\(name): no field \"\(field)\"")
                }
                fields[place].set("required", Node("true"))
            }
            if !fields.isEmpty { act.set("fields", Node(fields)) }
            acts.set(name, act)
        }
        top.set("acts", acts)
    }

    private func wider(_ name: String, _ by: YAMLReader) -> RuleFault {
        by.fault("\(name): more people than the rule above lets do it")
    }

    /// Whether nobody may act whom the rule above does not let act: a change leaves an act to fewer, never to more.
    private func isWithin(_ name: String, _ by: YAMLReader, _ above: Node?) throws(RuleFault) -> Bool {
        guard let above else { return false }
        let allowed = try Workflow.actors(YAMLReader(file: base.file, node: above))
        for actor in try Workflow.actors(by) {
            guard case .office(let relation, let roles) = actor else {
                if allowed.contains(actor) { continue }
                return false
            }
            let known = allowed.reduce(into: Set<Role>()) { all, other in
                if case .office(relation, let roles) = other { all.formUnion(roles) }
            }
            guard roles.isSubset(of: known) else { return false }
        }
        return true
    }

    /// What leaders decide and what custodians do stays theirs: a local change may not hand it to others.
    private func refuseOutsiders(_ name: String, _ by: YAMLReader, instead old: Node?) throws(RuleFault) {
        let before = (old?.sequence ?? []).map { $0["office"]?.scalar?.string ?? $0["person"]?.scalar?.string ?? "" }
        let reserved = ["leaders", "custody"]
        for actor in by.items {
            let who = actor.maybe("office") ?? actor.maybe("person") ?? actor
            let office = try who.string()
            if reserved.contains(office) || before.contains(where: reserved.contains), !before.contains(office) {
                throw who.fault("\(name): not theirs to do")
            }
        }
    }
}

extension Node {
    /// Sets one key of a mapping; its place in the order stays.
    fileprivate mutating func set(_ key: String, _ value: Node) {
        guard var mapping else { return }
        mapping[Node(key)] = value
        self = .mapping(mapping)
    }
}
