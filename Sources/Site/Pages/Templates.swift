import Mustache

/// Why templates could not be loaded or a page could not be drawn.
package enum TemplateError: Error, Equatable {
    /// The template does not parse.
    case broken(template: String, why: String)
    /// Two rooms give the same name.
    case duplicate(template: String)
    /// No template of this name.
    case unknown(template: String)
}

/// All templates, gathered from every room at start.
///
/// The name of a template is its path below `templates/` without the ending: `desk/inbox`. A page opens with
/// `{{<layout}}{{$main}}` and closes with `{{/main}}{{/layout}}`. Leading white space of every line is dropped on
/// loading: Mustache would repeat it inside whatever a partial draws, a person's own text included.
package struct Templates: Sendable {
    private let library: MustacheLibrary
    /// The text of every template, by name.
    let sources: [String: String]

    /// Loads `templates/**/*.mustache` below each folder of resources.
    package init(folders: [String]) throws {
        MustacheContentTypes.register(EscapedText(), named: EscapedText.name)
        var library = MustacheLibrary()
        var sources: [String: String] = [:]
        for folder in folders {
            for file in try Files.list(folder + "/templates", ending: ".mustache") {
                let name = String(file.name.dropLast(".mustache".count))
                let text = Self.withoutIndentation(try Files.text(file.path))
                guard sources.updateValue(text, forKey: name) == nil else {
                    throw TemplateError.duplicate(template: name)
                }
                do { try library.register(EscapedText.mark + text, named: name) } catch {
                    throw TemplateError.broken(template: name, why: "\(error)")
                }
            }
        }
        self.library = library
        self.sources = sources
    }

    static func withoutIndentation(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop(while: { $0 == " " || $0 == "\t" }) }
            .joined(separator: "\n")
    }

    /// Draws a template with a model; the frame is `page`, the texts are `t`, the assets are `assets`.
    func render(_ name: String, _ scope: PageScope) throws(TemplateError) -> String {
        guard let drawn = library.render(scope, withTemplate: name) else { throw .unknown(template: name) }
        return drawn
    }
}

/// The outermost names that a template sees.
struct PageScope: MustacheParent {
    let model: any MustacheParent
    let page: PageFrame
    let texts: CatalogueGroup
    let assets: AssetTree

    func child(named name: String) -> Any? {
        switch name {
        case "t": texts
        case "page": page
        case "assets": assets
        default: model.child(named: name)
        }
    }
}

/// A page without a model of its own.
package struct NoModel: MustacheParent {
    package init() {}
    package func child(named name: String) -> Any? { nil }
}

/// What a model answers for an optional that it holds: the value, or `false` where there is none.
///
/// Mustache climbs to the outer model when a name gives nil, so that an item without a hint would show its parent's.
package func here(_ value: Any?) -> Any { value ?? false }
