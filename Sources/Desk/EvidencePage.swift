import Casefile
import Casework
import Kernel
import Mustache
import Site

/// The page of one file.
struct EvidencePage {
    let isMaking: Bool
    let entry: Entry

    /// Pictures on one page.
    private static let window = 10

    init(
        _ shown: ShownEvidence, report: ReportID, from: Int, texts: Catalogue, world: World, errors: [FieldError]
    ) {
        let address = "/desk/reports/\(report)/files/\(shown.file.id)"
        let summary = ErrorSummary(errors, texts)
        var values: [String: Any?] = [
            "name": shown.file.name, "back": "/desk/reports/\(report)", "again": "\(address)/view",
            "mark": shown.mark.map { $0.lines.joined(separator: " · ") },
            "original": "\(address)/original", "summary": summary.isEmpty ? nil : summary,
            "understood": FormField(
                "understood", texts.text("evidence.understood"), .flag, error: summary["understood"], isRequired: true),
            "facts": Self.facts(shown, texts), "proof": Self.proof(shown, texts),
            "looks": shown.looks.reversed().map { Self.look($0, texts, world) }, "hasLooks": !shown.looks.isEmpty,
            "making": false, "pictures": [Entry](), "pages": nil, "text": nil, "copy": nil, "note": nil, "refused": nil,
        ]
        var isMaking = false
        func note(_ word: String?) -> String? {
            word.flatMap { texts.has("evidence.note.\($0)") ? texts.text("evidence.note.\($0)") : nil }
        }
        switch shown.state {
        case .making:
            isMaking = true
            values["making"] = true
        case .pictures(let count, let word):
            values["note"] = note(word)
            let first = min(max(1, from), count)
            let last = min(count, first + Self.window - 1)
            values["pictures"] = (first...max(first, last)).map { number in
                Entry([
                    "src": "\(address)/pictures/\(number)",
                    "alt": texts.format("evidence.picture", ["number": String(number), "count": String(count)]),
                ])
            }
            if count > Self.window {
                values["pages"] = Pagination(
                    previous: first > 1 ? "\(address)/view?from=\(max(1, first - Self.window))" : nil,
                    next: last < count ? "\(address)/view?from=\(last + 1)" : nil,
                    position: "\(first)–\(last) / \(count)")
            }
        case .text(let text, let word):
            values["note"] = note(word)
            values["text"] = text
        case .file(let size, let name, let word):
            values["note"] = note(word)
            values["copy"] = Entry(["href": "\(address)/copy", "name": name, "size": Sizes.text(Int64(size))])
        case .refused(let why, let found):
            values["refused"] = texts.format("evidence.refused.\(why)", ["found": found ?? ""])
        case .unavailable(let failure):
            let why =
                switch failure {
                case .noTools: "no-tools"
                case .notScanned: "not-scanned"
                case .changed: "changed"
                }
            values["refused"] = texts.text("evidence.unavailable.\(why)")
        }
        self.isMaking = isMaking
        entry = Entry(values)
    }

    private static func facts(_ shown: ShownEvidence, _ texts: Catalogue) -> [Fact] {
        [
            Fact(texts.text("evidence.from"), texts.text("desk.author.\(shown.file.author)")),
            Fact(texts.text("evidence.day"), shown.file.day.text),
            Fact(texts.text("evidence.size"), Sizes.text(shown.file.size)),
            Fact(texts.text("evidence.type"), shown.file.type),
        ].compactMap { $0 }
    }

    private static func proof(_ shown: ShownEvidence, _ texts: Catalogue) -> [Fact] {
        [
            Fact("SHA-256", shown.sha256), Fact(texts.text("evidence.salt"), shown.salt),
            Fact(texts.text("evidence.commitment"), shown.commitment ?? texts.text("evidence.no-commitment")),
        ].compactMap { $0 }
    }

    private static func look(_ look: EvidenceLook, _ texts: Catalogue, _ world: World) -> Entry {
        Entry([
            "who": world.staff[look.staff].map { texts.language == .en ? $0.nameEnglish : $0.name },
            "at": look.at.shortText, "kind": texts.text("evidence.look.\(look.kind.rawValue)"),
            "count": look.count > 1 ? texts.format("evidence.times", ["count": String(look.count)]) : nil,
            "marks": look.kind == .original ? nil : look.marks.joined(separator: " "),
        ])
    }
}
