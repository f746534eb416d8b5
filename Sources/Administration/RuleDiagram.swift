import Casework
import Drawing
import Mustache
import Site

/// The stages and the ways between them, for a template to draw as SVG: numbers and path letters from the layout,
/// words from the rules.
struct RuleDiagram: MustacheParent {
    struct Heading: MustacheParent {
        let x: Int
        let text: String

        func child(named name: String) -> Any? {
            switch name {
            case "x": String(x)
            case "text": text
            default: nil
            }
        }
    }

    struct Box: MustacheParent {
        let box: StageDiagram.Box
        let phase: String

        func child(named name: String) -> Any? {
            switch name {
            case "x": String(box.x)
            case "y": String(box.y)
            case "phase": phase
            case "lines": box.lines.map { TextLine(line: $0) }
            default: nil
            }
        }
    }

    struct TextLine: MustacheParent {
        let line: StageDiagram.Line

        func child(named name: String) -> Any? {
            switch name {
            case "x": String(line.x)
            case "y": String(line.y)
            case "text": line.text
            default: nil
            }
        }
    }

    struct Arrow: MustacheParent {
        let arrow: StageDiagram.Arrow
        let title: String

        func child(named name: String) -> Any? {
            switch name {
            case "path": arrow.path
            case "head": arrow.head
            case "back": arrow.isBack
            case "title": title
            default: nil
            }
        }
    }

    private static let phases: [StageRule.Phase] = [.intake, .decision, .handling, .end]
    let layout: StageDiagram
    let headings: [Heading]
    let boxes: [Box]
    let arrows: [Arrow]
    let summary: String

    init(_ words: RuleWords) {
        let workflow = words.workflow
        let stages = workflow.stageOrder.compactMap { workflow.stages[$0] }
        let ways = workflow.ways
        let layout = StageDiagram(
            nodes: stages.map {
                .init(id: $0.name, label: words.text($0.label), lane: Self.phases.firstIndex(of: $0.phase) ?? 0)
            }, ways: ways.map { ($0.from, $0.to) }, lanes: Self.phases.count)
        self.layout = layout
        headings = zip(layout.lanes, Self.phases).map {
            Heading(x: $0, text: words.texts.text("rules.phases.\($1.rawValue)"))
        }
        boxes = layout.boxes.map { Box(box: $0, phase: Self.phases[$0.lane].rawValue) }
        arrows = layout.arrows.map { arrow in
            let acts = ways.first { $0.from == arrow.from && $0.to == arrow.to }?.acts ?? []
            let names = acts.map { words.text($0.label) }.joined(separator: words.comma)
            return Arrow(
                arrow: arrow,
                title: "\(words.stage(arrow.from)) → \(words.stage(arrow.to))"
                    + (words.texts.language == .en ? ": " : "：") + names)
        }
        summary = words.texts.format(
            "rules.diagram.about", ["stages": String(boxes.count), "ways": String(arrows.count)])
    }

    func child(named name: String) -> Any? {
        switch name {
        case "width": String(layout.width)
        case "height": String(layout.height)
        case "boxWidth": String(StageDiagram.boxWidth)
        case "boxHeight": String(StageDiagram.boxHeight)
        case "headings": headings
        case "boxes": boxes
        case "arrows": arrows
        case "summary": summary
        default: nil
        }
    }
}
