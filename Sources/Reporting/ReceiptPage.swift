import Casefile
import Casework
import Kernel
import Mustache
import Site

/// The report as its reporter sees it: stages in plain words, what was said, and what may be done now.
struct ReceiptPage: MustacheParent {
    let stage: String
    let organ: String
    let summary: ErrorSummary?
    let steps: [ReceiptLine]
    let replies: [ReceiptLine]
    let talk: [ReceiptLine]
    let files: [FileRow]
    let message: FormField?
    let evidence: FormField?
    let objection: FormField?
    let rating: [FormField]?
    /// Who should stand aside, and why; `nil` where one such request waits already.
    let recusal: [FormField]?
    let isRecusalWrong: Bool
    let isProven: Bool
    /// It should long stand in the log, and does not.
    let isLate: Bool

    init(
        _ view: ReceiptView, workflow: Workflow, language: Language, _ texts: Catalogue, faults: [FieldError],
        typed: [String: String], now today: Instant
    ) {
        let summary = ErrorSummary(faults, texts)
        func words(_ stage: String) -> String { workflow.publicStages[stage]?.text(language.rawValue) ?? stage }
        self.summary = summary.isEmpty ? nil : summary
        stage = words(view.stage)
        organ = language == .en ? view.organ.nameEnglish : view.organ.name
        steps = view.history.enumerated().map { index, entry in
            ReceiptLine(
                time: entry.at.day.text, who: "", text: words(entry.stage), isOwn: false,
                isNow: index == view.history.count - 1)
        }
        func line(_ turn: Turn) -> ReceiptLine {
            let isOwn = turn.from == "reporter"
            // What the office writes carries its day alone, what the reporter wrote its day too: neither needs more.
            return ReceiptLine(
                time: turn.at.day.text, who: texts.text("reporting.receipt.turns.\(isOwn ? "own-" : "")\(turn.kind)"),
                text: turn.text, isOwn: isOwn, isNow: false)
        }
        replies = view.notices(workflow, texts).map(line)
        talk = view.conversation.filter { !["notice", "reply"].contains($0.kind) }.map(line)
        files = view.files.map { FileRow(name: $0.name, size: sizeText($0.size)) }
        func area(_ name: String, _ may: ReceiptView.May) -> FormField? {
            guard view.may.contains(may) else { return nil }
            return FormField(
                name, texts.text("reporting.receipt.\(name).label"), .area(rows: 4), value: typed[name],
                hint: texts.text("reporting.receipt.\(name).hint"), error: summary[name], isRequired: true,
                maximumLength: FilingLimits.content)
        }
        message = area("message", .message)
        objection = area("objection", .objection)
        evidence =
            view.may.contains(.file)
            ? FormField(
                "files", texts.text("reporting.receipt.evidence.label"),
                .file(accept: ReportingRoutes.accepted, multiple: true), hint: texts.text("reporting.files.hint"),
                error: summary["files"], isRequired: true) : nil
        recusal =
            view.mayAskRecusal
            ? [
                FormField(
                    "whom", texts.text("reporting.receipt.recusal.whom"), value: typed["whom"],
                    hint: texts.text("reporting.receipt.recusal.whom-hint"), error: summary["whom"], isRequired: true,
                    maximumLength: FilingLimits.short),
                FormField(
                    "reason", texts.text("reporting.receipt.recusal.reason"), .area(rows: 3), value: typed["reason"],
                    hint: texts.text("reporting.receipt.recusal.reason-hint"), error: summary["reason"],
                    isRequired: true, maximumLength: FilingLimits.content),
            ] : nil
        isRecusalWrong = faults.contains { ["whom", "reason"].contains($0.field) }
        isProven = view.isProven
        isLate = !view.isProven && view.history.first.map { $0.at < today.adding(seconds: -86_400) } == true
        rating = view.may.contains(.rating) ? Self.ratingFields(texts, summary, typed) : nil
    }

    private static func ratingFields(
        _ texts: Catalogue, _ summary: ErrorSummary, _ typed: [String: String]
    ) -> [FormField] {
        [
            FormField(
                "score", texts.text("reporting.rating.score"), .choice, error: summary["score"],
                options: (1...5).reversed().map { score in
                    FieldOption(
                        String(score), texts.text("reporting.rating.scores.s\(score)"),
                        isChosen: typed["score"] == String(score))
                }, isRequired: true),
            FormField(
                "settled", texts.text("reporting.rating.settled"), .choice, error: summary["settled"],
                options: ["yes", "no"].map { answer in
                    FieldOption(
                        answer, texts.text("reporting.rating.settled-\(answer)"), isChosen: typed["settled"] == answer)
                }, isRequired: true),
            FormField(
                "comment", texts.text("reporting.rating.comment"), .area(rows: 3), value: typed["comment"],
                error: summary["comment"], maximumLength: FilingLimits.content),
        ]
    }

    func child(named name: String) -> Any? {
        switch name {
        case "stage": stage
        case "organ": organ
        case "summary": summary
        case "steps": steps
        case "hasReplies": !replies.isEmpty
        case "replies": replies
        case "hasTalk": !talk.isEmpty
        case "talk": talk
        case "hasFiles": !files.isEmpty
        case "files": files
        case "message": message
        case "evidence": evidence
        case "objection": objection
        case "canRate": rating != nil
        case "rating": rating
        case "mayAsk": recusal != nil
        case "recusal": recusal
        case "recusalOpen": isRecusalWrong
        case "proven": isProven
        case "late": isLate
        default: nil
        }
    }
}

struct ReceiptLine: MustacheParent {
    let time: String
    let who: String
    let text: String
    let isOwn: Bool
    let isNow: Bool

    func child(named name: String) -> Any? {
        switch name {
        case "time": time
        case "who": who
        case "text": text
        case "own": isOwn
        case "now": isNow
        default: nil
        }
    }
}
