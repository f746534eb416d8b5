package import Kernel

/// How a report came to its end, as the rules of retention look at it.
extension Standing {
    /// The stage of a report whose keys were destroyed. No act leads to it and none from it: see ``RetentionRules``.
    package static let destroyed = "destroyed"

    package var isDestroyed: Bool { stage == Self.destroyed }

    /// Somebody stopped its destruction, and nobody agreed since that it may go on; at whichever organ.
    package var isHeld: Bool { hold != nil }

    /// The hold in force.
    package var hold: DoneAct? {
        let released = done.last { $0.isAgreement(to: "release-hold") }?.sequence ?? 0
        return done.last { $0.act == "hold" && $0.sequence > released }
    }

    private var archiving: DoneAct? { stage == "archived" ? done.last { $0.act == "archive" } : nil }

    /// The day of archiving; `nil` for what is not archived.
    package var archivedDay: Day? { archiving?.at.day }

    /// A value of ``RetentionRules/outcomes``. Findings on single people are sealed: what counts is how the matter ended.
    package var outcome: String {
        switch archiving?.from {
        case "declined": return "declined"
        case "kept": return isRepeat ? "repeat" : "kept"
        case "answered", "concluded": break
        default: return "other"
        }
        let endings = ["conclude", "review-appeal", "answer-suggestion", "outside-result"]
        guard let end = done.last(where: { endings.contains($0.act) && $0.custody == custody?.index }) else {
            return "other"
        }
        switch end.act {
        case "review-appeal": return "appeal"
        case "answer-suggestion": return "suggestion"
        case "outside-result": return "handed-out"
        default: break
        }
        if wasDone("file-case") { return "case-filed" }
        return switch end.codes["end"] {
        case "case-filing": "case-filed"
        case "reminder": "reminded"
        case "pass-on": "passed-on"
        case "shelve": "shelved"
        case "close": "closed"
        default: disposal == "close" ? "closed" : "concluded"
        }
    }
}
