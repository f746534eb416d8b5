import Mustache
import Site

/// A page with one form: what it is about, its fields, one button.
struct FormPage: MustacheParent {
    let title: String
    var about: String?
    let back: LinkItem
    var summary: ErrorSummary?
    var notes: [String] = []
    let action: String
    let fields: [FormField]
    let submit: String

    func child(named name: String) -> Any? {
        switch name {
        case "title": title
        case "about": here(about)
        case "back": back
        case "summary": here(summary.flatMap { $0.isEmpty ? nil : $0.naming(fields) })
        case "notes": notes
        case "action": action
        case "fields": fields
        case "submit": submit
        default: nil
        }
    }
}

/// A link with its words.
struct LinkItem: MustacheParent {
    let label: String
    let href: String

    func child(named name: String) -> Any? {
        switch name {
        case "label": label
        case "href": href
        default: nil
        }
    }
}

/// A short statement whose tone is never told by colour alone.
struct Mark: MustacheParent {
    enum Tone: String { case good, warn, bad, plain }
    let tone: Tone
    let text: String

    init(_ tone: Tone, _ text: String) {
        self.tone = tone
        self.text = text
    }

    func child(named name: String) -> Any? {
        switch name {
        case "tone": tone.rawValue
        case "text": text
        default: nil
        }
    }
}

extension ErrorSummary {
    init(_ error: DirectoryError?, _ texts: Catalogue) {
        self.init(error?.problems.map(\.fieldError) ?? [], texts)
    }
}
