import Casefile
import Casework
import Kernel
import Mustache
import Site

/// What a change would do, before it is confirmed.
struct RulePreviewPage: MustacheParent {
    struct StageCount: MustacheParent {
        let stage: String
        let count: Int

        func child(named name: String) -> Any? {
            switch name {
            case "stage": stage
            case "count": String(count)
            default: nil
            }
        }
    }

    let facts: [Fact]
    let differences: [DifferenceRow]
    let stages: [StageCount]
    let touched: String
    let due: String?
    let text: String

    init(_ preview: RulePreview, text: String, texts: Catalogue) {
        let words = RuleWords(workflow: preview.workflow, texts: texts)
        let change = preview.change
        facts = [
            Fact("rules.organ", texts.name(preview.organ), texts: texts), Fact("rules.name", change.name, texts: texts),
            Fact("rules.since", change.effectiveFrom.text, texts: texts),
            Fact("rules.scope", texts.text("rules.scopes.\(change.scope.rawValue)"), texts: texts),
            Fact("rules.source", words.text(change.source), texts: texts),
        ]
        differences = preview.differences.map { DifferenceRow($0, words) }
        stages = preview.workflow.stageOrder.compactMap { stage in
            preview.touched[stage].map { StageCount(stage: words.stage(stage), count: $0) }
        }
        let count = preview.touched.values.reduce(0, +)
        touched = texts.format("rules.preview.touched", ["n": String(count), "open": String(preview.open)])
        due =
            count == 0
            ? nil
            : texts.format(
                "rules.preview.due",
                [
                    "earlier": String(preview.earlier), "later": String(preview.later), "same": String(preview.same),
                ])
        self.text = text
    }

    func child(named name: String) -> Any? {
        switch name {
        case "facts": facts
        case "differences": differences
        case "differs": !differences.isEmpty
        case "stages": stages
        case "hasStages": !stages.isEmpty
        case "touched": touched
        case "due": here(due)
        case "text": text
        default: nil
        }
    }
}
