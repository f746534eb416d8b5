import Casefile
import Casework
import Entrance
import Foundation
import Kernel
import Site

/// Draws what leaves of a report: the parts that were asked for, without the reporter, with a mark on every page.
struct ExportPaper: Sendable {
    let services: Services
    let frame: PageFrame
    let order: ExportOrder

    /// Copies of the mark on a page.
    private static let marks = 9
    /// The style of every paper; part of each, so that it stands alone.
    static let style: String = {
        let path = Desk.bundle.bundlePath + "/Resources/papers/paper.css"
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }()

    func draw(_ view: ReportView, _ head: ExportHead) throws -> [UInt8] {
        let texts = services.shell.texts[frame.language]
        let maker = ReportPageMaker(
            view: ordered(view), workflow: services.casefile.workflow, regions: services.casefile.regions,
            texts: texts, language: frame.language.rawValue, today: head.at.day)
        let english = frame.language == .en
        let made = texts.format(
            "exports.paper.made",
            [
                "name": english ? head.maker.nameEnglish : head.maker.name, "username": head.maker.username,
                "organ": english ? head.organ.nameEnglish : head.organ.name, "at": head.at.shortText,
            ])
        let ground = try ExportRules.shipped().grounds.first { $0.value == order.ground }
        let parts = ExportPart.allCases.filter(order.parts.contains).map { texts.text("exports.part.\($0.rawValue)") }
        let body = try services.shell.draw(
            "desk/export-paper",
            Entry([
                "marks": Array(repeating: "\(made) · \(head.number)", count: Self.marks),
                "way": texts.text("exports.paper.\(order.way.rawValue)"), "number": head.number, "made": made,
                "ground": ground?.label.text(frame.language.rawValue), "parts": parts.joined(separator: maker.comma),
                "report": maker.paper,
            ]), frame)
        let paper = Paper(
            title: texts.text("exports.paper.title"), language: frame.language, style: Self.style, body: body)
        return Array(paper.html.utf8)
    }

    /// The view without the parts that were not asked for, and without what acts on the identity say of it.
    private func ordered(_ view: ReportView) -> ReportView {
        var view = view
        if !order.parts.contains(.letter) { view.letter = nil }
        if !order.parts.contains(.conversation) { view.conversation = [] }
        view.looks = []
        view.story = order.parts.contains(.papers) ? view.story.map(paperEntry) : []
        return view
    }

    private func paperEntry(_ entry: StoryEntry) -> StoryEntry {
        var entry = entry
        let ofIdentity = entry.act.hasSuffix("-identity")
        entry.texts = entry.texts.filter { text in
            !ofIdentity && (order.parts.contains(.conversation) || !Casefile.isConversation(text.field))
        }
        return entry
    }
}

extension ReportPageMaker {
    /// What stands across a page that somebody prints with the browser alone.
    func printed(by person: Staff, at now: Instant) -> String {
        texts.format(
            "exports.printed",
            [
                "name": name(of: person.id) ?? "", "username": person.username, "organ": name(of: person.organ) ?? "",
                "at": now.shortText,
            ])
    }

    /// The report on paper; every name of the template is answered.
    fileprivate var paper: Entry {
        Entry([
            "title": view.letter?.title ?? view.number ?? texts.text("desk.report"), "facts": facts,
            "parties": parties, "hasParties": !parties.isEmpty, "content": view.letter?.content,
            "demand": view.letter?.demand, "talk": talk, "hasTalk": !talk.isEmpty, "story": story,
            "hasStory": !story.isEmpty,
        ])
    }
}
