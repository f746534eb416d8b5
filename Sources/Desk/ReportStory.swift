import Casefile
import Casework
import Kernel
import Site

/// The story of a report in words.
extension ReportPageMaker {
    /// Acts and looks at evidence in one story, the newest first.
    var story: [Entry] {
        let acts = acts
        let looks = view.looks.map { ($0.at, look($0)) }
        // The acts keep their order among themselves, whatever their times say.
        var story: [Entry] = []
        var rest = looks[...]
        for (at, act) in acts {
            while let next = rest.first, next.0 < at {
                story.append(next.1)
                rest = rest.dropFirst()
            }
            story.append(act)
        }
        return Array((story + rest.map(\.1)).reversed())
    }

    private func look(_ look: EvidenceLook) -> Entry {
        Entry([
            "act": texts.text("evidence.event.\(look.kind.rawValue)"), "at": look.at.shortText,
            "who": name(of: look.staff), "organ": name(of: look.organ as OrganID?), "stage": look.name,
            "texts": [Entry](),
            "codes": look.count > 1
                ? [
                    Entry([
                        "label": texts.text("evidence.looks"),
                        "value": texts.format("evidence.times", ["count": String(look.count)]),
                    ])
                ]
                : [Entry](),
        ])
    }

    private var acts: [(Instant, Entry)] { view.story.map { ($0.at, row($0)) } }

    /// What was decided, the last decision first, and what the reporter said of it.
    var decisions: [Entry] { view.story.filter { Self.decisive.contains($0.act) }.reversed().map(row) }

    private static let decisive: Set = [
        "propose", "decline", "keep", "hand-out", "dispose", "approve", "conclude", "feedback", "object", "rate",
        "clarify", "determine-false", "reopen",
    ]

    private func row(_ entry: StoryEntry) -> Entry {
        let label = workflow.acts[entry.act]?.label.text(language) ?? texts.text("desk.event.\(entry.act)")
        let texts: [Entry] = entry.texts.map { field, text in
            Entry(["label": fieldLabel(entry.act, field), "text": shown(text, field: field)])
        }
        let codes: [Entry] = entry.codes.sorted { $0.key < $1.key }.compactMap { key, value in
            code(entry.act, key, value).map { Entry(["label": $0.0, "value": $0.1]) }
        }
        return Entry([
            "act": label, "at": entry.at.shortText, "who": entry.staff.flatMap { name(of: $0) },
            "organ": name(of: entry.organ), "stage": workflow.stageLabel(entry.to, language), "texts": texts,
            "codes": codes,
        ])
    }

    private func fieldLabel(_ act: String, _ field: String) -> String {
        let name = field.split(separator: ".").last.map(String.init) ?? field
        if name.hasPrefix("was-") { return texts.text("desk.was.\(name.dropFirst(4))") }
        return workflow.acts[act]?.fields.first { $0.name == name }?.label.text(language)
            ?? texts.text("desk.text")
    }

    /// Results are stored as rows; they are shown as words.
    private func shown(_ text: String, field: String) -> String {
        guard field == "conclude.results", let rows: [[String: String]] = JSONText.decode(text) else { return text }
        let parties = view.letter?.reported ?? []
        return rows.map { row in
            let place = row["party"].flatMap { Int($0) } ?? 0
            let party = parties.indices.contains(place &- 1) ? parties[place &- 1] : nil
            let name = row["name"] ?? party.map { $0.name.isEmpty ? $0.unit : $0.name } ?? "—"
            let fields = workflow.acts["conclude"]?.fields.first { $0.name == "results" }?.item ?? []
            let words = fields.compactMap { result($0, row[$0.name] ?? "") }
            return "\(name): " + words.joined(separator: semicolon)
        }.joined(separator: "\n")
    }

    /// One line of a result in words, with its label where the words alone do not say what it is about.
    private func result(_ field: FieldRule, _ value: String) -> String? {
        guard field.name != "party", !value.isEmpty else { return nil }
        let label = field.label.text(language)
        switch field.kind {
        case .flag: return ["true", "on"].contains(value) ? label : nil
        case .number:
            guard let fen = Int64(value), fen > 0 else { return nil }
            return texts.format("desk.recovered", ["money": Money(fen: fen).yuan])
        default:
            let words = field.choices.first { $0.value == value }?.label.text(language) ?? value
            return field.required ? words : texts.format("desk.list.labelled", ["label": label, "words": words])
        }
    }

    /// A code in words: choices by their labels, ids of offices, organs and people by their names.
    private func code(_ act: String, _ key: String, _ value: String) -> (String, String)? {
        guard let field = workflow.acts[act]?.fields.first(where: { $0.name == key }) else {
            return switch key {
            case "reasons": (texts.text("desk.reasons"), reasons(value))
            case "export-number": (texts.text("exports.event.number"), value)
            case "export-parts":
                (
                    texts.text("exports.event.parts"),
                    value.split(separator: " ").map { texts.text("exports.part.\($0)") }.joined(separator: comma)
                )
            case "export-ground":
                (
                    texts.text("exports.event.ground"),
                    (try? ExportRules.shipped())?.grounds.first { $0.value == value }?.label.text(language) ?? value
                )
            case "score": (texts.text("desk.rating.score"), texts.format("desk.rating.of-five", ["score": value]))
            case "settled" where act == "rate":
                (texts.text("desk.rating.settled"), texts.text(value == "true" ? "desk.yes" : "desk.no"))
            case "decider",
                "approver" where act == Workflow.newDeciders:
                (texts.text("desk.now-decides"), desks(value))
            case "consulted": (texts.text("desk.consulted"), desks(value))
            case "request-act" where act == Workflow.newDeciders:
                (texts.text("desk.col.what"), workflow.acts[value]?.label.text(language) ?? value)
            case Standing.leftToOthers where value == "yes":
                (texts.text("desk.left-to-others"), texts.text("desk.yes"))
            case Standing.drawn: (texts.text("desk.drawn"), texts.text("desk.yes"))
            case "first-leader": (texts.text("desk.first-leader"), texts.text(value == "yes" ? "desk.yes" : "desk.no"))
            default: nil
            }
        }
        let words = value.split(separator: " ").map { part -> String in
            let part = String(part)
            if let choice = field.choices.first(where: { $0.value == part }) { return choice.label.text(language) }
            if let id = OfficeID(part), let name = name(of: id) { return name }
            if let id = OrganID(part), let name = name(of: id as OrganID?) { return name }
            if let id = StaffID(part), let name = name(of: id) { return name }
            if field.kind == .flag { return texts.text(part == "true" ? "desk.yes" : "desk.no") }
            return part
        }
        return (field.label.text(language), words.joined(separator: comma))
    }

    /// Offices with their organs: whoever decides may be of another one.
    private func desks(_ value: String) -> String {
        value.split(separator: " ").compactMap { OfficeID(String($0)) }.map { office in
            [name(of: view.world.offices[office]?.organ), name(of: office)].compactMap(\.self).joined(separator: " · ")
        }.joined(separator: comma)
    }

    private func reasons(_ value: String) -> String {
        value.split(separator: " ").map { texts.text("desk.reason.\($0)") }.joined(separator: semicolon)
    }
}
