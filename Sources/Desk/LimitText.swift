import Casework
import Kernel
import Site

/// Limits in words: how each came about, and how much time is left.
struct LimitText {
    let texts: Catalogue
    let language: String

    /// One line of a limit's story.
    func line(_ line: LimitLine) -> String {
        texts.format(
            "desk.limit.line.\(line.kind.rawValue)",
            [
                "days": line.from == line.to ? line.from.text : "\(line.from.text) – \(line.to.text)",
                "numbers": line.numbers.map(numbers) ?? "", "amount": amount(line.amount, line.unit),
                "name": line.name.map { texts.holiday($0.text(language)) } ?? "",
            ])
    }

    func lines(_ state: LimitState) -> [String] { state.explanation.map { line($0) } }

    /// A row of the page; `organ` is the name of the one whose limit it is, where that has to be said.
    func row(_ state: LimitState, of organ: String?, today: Day) -> Entry {
        let isOverdue = state.isOverdue(on: today)
        let isOpen = state.met == nil && !isOverdue
        let isNear = isOpen && !state.isPaused && state.due <= today.adding(days: 3)
        return Entry([
            "label": state.rule.label.text(language), "organ": organ, "due": state.due.text,
            "source": state.rule.source.text(language), "met": state.met?.day.text, "overdue": isOverdue,
            "near": isNear, "open": isOpen && !isNear && !state.isPaused, "paused": state.isPaused,
            "left": state.met == nil && !state.isPaused
                ? left(state.remaining(on: today), isOverdue: isOverdue) : nil,
            "provisional": state.provisional, "lines": lines(state),
        ])
    }

    /// `nil` where a limit ran out on the last working day and none has passed since.
    private func left(_ days: Int, isOverdue: Bool) -> String? {
        switch days {
        case 0: isOverdue ? nil : texts.text("desk.limit.last-day")
        case 1...: texts.format("desk.limit.left", ["n": String(days)])
        default: texts.format("desk.limit.late", ["n": String(-days)])
        }
    }

    private func numbers(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? String(range.lowerBound) : "\(range.lowerBound)–\(range.upperBound)"
    }

    private func amount(_ count: Int?, _ unit: LimitRule.Unit?) -> String {
        guard let count, let unit else { return "" }
        return texts.format("desk.limit.amount.\(unit.rawValue)", ["n": String(count)])
    }
}
