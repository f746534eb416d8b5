import Casefile
import Casework
import Mustache
import Site

/// Sizes as people read them.
enum Sizes {
    static func text(_ bytes: Int64) -> String {
        if bytes < 1024 { return "\(bytes) B" }
        if bytes < 1024 * 1024 { return "\(bytes / 1024) KB" }
        return "\(bytes / (1024 * 1024)).\(bytes % (1024 * 1024) * 10 / (1024 * 1024)) MB"
    }
}
/// How complete a report is, and what is missing (the county's first fault: information entered inaccurately).
struct Completeness: MustacheParent {
    let percent: Int
    let missing: [String]
    private let comma: String

    /// Of a form that is still being filled in; nobody, where what is typed makes no letter yet.
    init?(_ input: RegistrationInput, texts: Catalogue) {
        guard let filing = try? input.filing() else { return nil }
        self.init(filing.letter, hasReporter: filing.reporter != nil, texts: texts)
    }

    init(_ letter: Letter, hasReporter: Bool, texts: Catalogue) {
        let party = letter.reported.first
        let checks: [(String, Bool)] = [
            ("title", !letter.title.isEmpty), ("content", letter.content.count >= 30),
            ("reported", party != nil),
            ("unit", letter.reported.allSatisfy { !$0.unit.isEmpty || $0.kind == .unit } && party != nil),
            ("position", letter.reported.allSatisfy { !$0.position.isEmpty || $0.kind == .unit } && party != nil),
            ("management", party != nil && letter.reported.allSatisfy { $0.management != .unknown }),
            ("happened", !letter.happened.isEmpty), ("place", letter.place != nil || !letter.location.isEmpty),
            ("demand", letter.demand?.isEmpty == false), ("reporter", hasReporter),
        ]
        comma = texts.text("desk.list.items")
        percent = checks.filter(\.1).count * 100 / checks.count
        missing = checks.filter { !$0.1 }.map { texts.text("desk.missing.\($0.0)") }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "percent": String(percent)
        case "missing": missing.joined(separator: comma)
        case "complete": missing.isEmpty
        default: nil
        }
    }
}
