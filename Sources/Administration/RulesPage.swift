import Casefile
import Casework
import Kernel
import Mustache
import Site

/// The rules that an organ follows for a report that begins on a day, as a page that can be read.
struct RulesPage: MustacheParent {
    let filters: [FormField]
    let facts: [Fact]
    let diagram: RuleDiagram
    let acts: [ActRow]
    let limits: [LimitRow]
    let versions: [VersionRow]
    let changes: [ChangeRow]
    /// Whether the reader may change rules.
    let mayChange: Bool

    init(
        organ: Organ, on day: Day, today: Day, workflow: Workflow, book: RuleBook, stored: [StoredRuleChange],
        tops: Set<OrganID>, world: World, texts: Catalogue
    ) {
        let words = RuleWords(workflow: workflow, texts: texts)
        filters = [
            FormField(
                "organ", texts.text("rules.organ"), .select,
                options: world.organs.values.sorted { $0.code < $1.code }.map {
                    FieldOption($0.code, texts.name($0), isChosen: $0.id == organ.id)
                }, isRequired: true),
            FormField("on", texts.text("rules.on"), .date, value: day.text, isRequired: true),
        ]
        facts = [
            Fact("rules.organ", texts.name(organ), texts: texts), Fact("rules.version", workflow.version, texts: texts),
            Fact("rules.since", workflow.effectiveFrom.text, texts: texts),
            Fact("rules.source", words.text(workflow.source), texts: texts),
        ]
        diagram = RuleDiagram(words)
        acts = workflow.actOrder.compactMap { workflow.acts[$0] }.map { ActRow($0, words) }
        limits = workflow.limits.map { LimitRow($0, words) }
        let olders: [Workflow?] = [nil] + book.versions
        versions = zip(book.versions, olders).reversed().map { VersionRow($0, after: $1, texts) }
        changes = stored.reversed().compactMap { change in
            world.organs[change.organ].map {
                ChangeRow(
                    change, $0, book: book, today: today,
                    isMine: tops.contains { world.lies(change.organ, within: $0) }, world, texts)
            }
        }
        mayChange = !tops.isEmpty
    }

    func child(named name: String) -> Any? {
        switch name {
        case "filters": filters
        case "facts": facts
        case "diagram": diagram
        case "acts": acts
        case "limitRules": limits
        case "versions": versions
        case "changes": changes
        case "hasChanges": !changes.isEmpty
        case "mayChange": mayChange
        default: nil
        }
    }
}

extension Fact {
    init(_ key: String, _ value: String, texts: Catalogue) {
        label = texts.text(key)
        self.value = value
    }
}

/// One version that came with the software, and how it differs from the one before.
struct VersionRow: MustacheParent {
    let version: String
    let since: String
    let scope: String
    let source: String
    let differences: [DifferenceRow]

    init(_ workflow: Workflow, after older: Workflow?, _ texts: Catalogue) {
        let words = RuleWords(workflow: workflow, texts: texts)
        version = workflow.version
        since = workflow.effectiveFrom.text
        scope = texts.text("rules.scopes.\(workflow.scope.rawValue)")
        source = words.text(workflow.source)
        differences = older.map { RuleDifference.between($0, workflow).map { DifferenceRow($0, words) } } ?? []
    }

    func child(named name: String) -> Any? {
        switch name {
        case "version": version
        case "since": since
        case "scope": scope
        case "source": source
        case "differences": differences
        case "differs": !differences.isEmpty
        default: nil
        }
    }
}

/// One change that an organ brought.
struct ChangeRow: MustacheParent {
    let name: String
    let organ: String
    let since: String
    let scope: String
    let source: String
    let state: Mark
    let story: [String]
    let differences: [DifferenceRow]
    let text: String
    /// Where it is taken back; nil where the reader may not, or it is.
    let withdraw: String?

    init(
        _ stored: StoredRuleChange, _ organ: Organ, book: RuleBook, today: Day, isMine: Bool, _ world: World,
        _ texts: Catalogue
    ) {
        let change = stored.change
        name = change.name
        self.organ = texts.name(organ)
        since = change.effectiveFrom.text
        scope = texts.text("rules.scopes.\(change.scope.rawValue)")
        source = change.source.text(texts.language.rawValue)
        state =
            if stored.withdrawnAt != nil {
                Mark(.plain, texts.text("rules.states.withdrawn"))
            } else if change.effectiveFrom > today {
                Mark(.warn, texts.text("rules.states.coming"))
            } else {
                Mark(.good, texts.text("rules.states.in-force"))
            }
        func who(_ person: StaffID) -> String { world.staff[person].map { texts.name($0) } ?? "" }
        var story = [
            texts.format(
                "rules.uploaded", ["day": stored.uploadedAt.day.text, "person": who(stored.uploadedBy)])
        ]
        if let at = stored.withdrawnAt, let by = stored.withdrawnBy, let end = change.end {
            story.append(
                texts.format(
                    "rules.withdrawn",
                    [
                        "day": at.day.text, "person": who(by),
                        "scope": texts.text("rules.scopes.\(end.scope.rawValue)"),
                    ]))
        }
        self.story = story
        let (before, after) = book.beforeAndAfter(change, organ, in: world)
        if let before, let after {
            let words = RuleWords(workflow: after, texts: texts)
            differences = RuleDifference.between(before, after).map { DifferenceRow($0, words) }
        } else {
            differences = []
        }
        text = change.text
        withdraw = isMine && stored.withdrawnAt == nil ? "/admin/rules/changes/\(stored.id)/withdraw" : nil
    }

    func child(named child: String) -> Any? {
        switch child {
        case "name": name
        case "organ": organ
        case "since": since
        case "scope": scope
        case "source": source
        case "state": state
        case "story": story
        case "differences": differences
        case "differs": !differences.isEmpty
        case "text": text
        case "withdraw": here(withdraw)
        default: nil
        }
    }
}

extension RuleBook {
    /// What an organ would follow on a change's first day without it, and with it.
    func beforeAndAfter(_ change: RuleOverride, _ organ: Organ, in world: World) -> (Workflow?, Workflow?) {
        let day = change.effectiveFrom
        let others = overrides.filter { $0.mark != change.mark }
        var open = change
        open.end = nil
        func rules(_ changes: [RuleOverride]) -> Workflow? {
            with(changes).workflow(of: organ.id, began: day, today: day, in: world)
        }
        return (rules(others), rules(others + [open]))
    }
}
