import Foundation
import Kernel

extension RuleBook {
    /// Every `workflow*.yaml` that comes with the software, checked one by one and together.
    package static func shipped() throws(RuleFault) -> RuleBook {
        let folder = Bundle.module.bundlePath + "/rules"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var versions: [Workflow] = []
        for name in names.sorted() where name.hasPrefix("workflow") && name.hasSuffix(".yaml") {
            guard let text = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8) else {
                throw RuleFault(file: name, line: 0, reason: "the file cannot be read")
            }
            versions.append(try Workflow(file: name, text: text))
        }
        return try RuleBook(checking: versions)
    }

    /// Checks the book whole: whose changes they are, that no two of an organ overlap, and that every combination of
    /// version and changes that any organ will ever follow is a workflow that works. Throws the first fault.
    package func check(in world: World) throws(RuleFault) {
        for (index, change) in overrides.enumerated() {
            // What a superior narrowed since stays as the superior has it; what was wider from the first is a fault.
            if change.isEver, let base = current(on: change.effectiveFrom) {
                try RuleMerge(base: base, override: change, isStrict: false).refuseWider()
            }
            guard world.organ(code: change.organ) != nil else {
                throw change.fault("organ", "no organ \"\(change.organ)\"")
            }
            for other in overrides[..<index] where other.organ == change.organ {
                if other.name == change.name { throw change.fault("name", "the organ has a change of this name") }
                if other.effectiveFrom == change.effectiveFrom, other.end == nil, change.end == nil {
                    throw change.fault("effectiveFrom", "begins on the same day as \(other.name)")
                }
            }
        }
        var seen: Set<[String]> = []
        for organ in world.organs.values.sorted(by: { $0.code < $1.code })
        where overrides.contains(where: { $0.organ == organ.code }) {
            for (began, today) in moments {
                try checkOnce(changes(for: organ, began: began, today: today, in: world), began, today, &seen)
            }
        }
    }

    /// The book with one more change. The change must fit what holds above it on its first day: no limit longer.
    package func adding(_ change: RuleOverride, in world: World) throws(RuleFault) -> RuleBook {
        let book = with(overrides + [change])
        try book.check(in: world)
        guard let organ = world.organ(code: change.organ) else { return book }
        let above = world.parent(of: organ)?.id
        for began in versions.map(\.effectiveFrom).filter({ $0 > change.effectiveFrom }) + [change.effectiveFrom] {
            guard let base = workflow(of: above, began: began, today: began, in: world) ?? current(on: began) else {
                continue
            }
            let rules = try RuleMerge(base: base, override: change, isStrict: true).run()
            try change.refuseDesertion(base, rules, below: organ, in: world)
        }
        return book
    }

    /// Days on which something begins or ends, as pairs of the day a report began and the day it is looked at.
    private var moments: [(began: Day, today: Day)] {
        let days = Set(
            versions.map(\.effectiveFrom) + overrides.map(\.effectiveFrom) + overrides.compactMap { $0.end?.day }
        ).sorted()
        return days.flatMap { began in days.filter { $0 >= began }.map { (began, $0) } }
    }

    private func checkOnce(
        _ changes: [RuleOverride], _ began: Day, _ today: Day, _ seen: inout Set<[String]>
    ) throws(RuleFault) {
        // The version is whatever an organ without changes would follow on these days.
        guard !changes.isEmpty, let base = workflow(of: nil, began: began, today: today, in: .empty),
            seen.insert([base.version] + changes.map(\.mark)).inserted
        else { return }
        var rules = base
        for change in changes { rules = try RuleMerge(base: rules, override: change, isStrict: false).run() }
    }
}

extension RuleOverride {
    /// A fault at one of the outermost keys of the text.
    package func fault(_ key: String, _ reason: FaultWords) -> RuleFault {
        let top = try? YAMLReader(file: file, text: text)
        return top?.maybe(key)?.fault(reason) ?? RuleFault(file: file, line: 1, reason: reason)
    }
}
