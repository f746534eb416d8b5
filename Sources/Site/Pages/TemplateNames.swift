package import Mustache

/// One tag of a template.
package struct TemplateTag: Hashable, Sendable {
    /// What the tag does.
    package enum Kind: Sendable { case variable, section, unescaped, partial, parent, block }
    package let template: String
    package let kind: Kind
    package let name: String
}

extension Templates {
    /// The names of all templates, in order.
    package var names: [String] { sources.keys.sorted() }

    /// Every tag of every template, for tests.
    package func tags() -> [TemplateTag] {
        sources.sorted { $0.key < $1.key }.flatMap { Self.tags(of: $0.value, in: $0.key) }
    }

    static func tags(of text: String, in template: String) -> [TemplateTag] {
        text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst().compactMap { piece in
            let end = piece.firstIndex(of: "}") ?? piece.endIndex
            let inside = trimmed(piece[..<end])
            let name = trimmed(inside.drop { "#^/>&{$<!%=".contains($0) })
            let kind: TemplateTag.Kind
            switch inside.first {
            case "#", "^": kind = .section
            case ">": kind = .partial
            case "<": kind = .parent
            case "$": kind = .block
            case "{", "&": kind = .unescaped
            case "/", "!", "%", "=", nil: return nil
            default: kind = .variable
            }
            return TemplateTag(template: template, kind: kind, name: name)
        }
    }

    /// What is wrong in any template that can be seen without a model: an unescaped variable, a missing partial, a
    /// text or a name of the frame that does not exist. Empty when all is well.
    package func faults(texts: Texts) -> [String] {
        let catalogue = texts[.zhHans]
        return tags().compactMap { tag in
            let root = tag.name.prefix { $0 != "." }
            switch tag.kind {
            case .unescaped: return "\(tag.template): unescaped \(tag.name)"
            case .partial, .parent:
                return sources[tag.name] == nil ? "\(tag.template): no template \(tag.name)" : nil
            case .variable where root == "t":
                return catalogue.has(String(tag.name.dropFirst(2))) ? nil : "\(tag.template): no text \(tag.name)"
            case .variable where root == "page", .section where root == "page":
                let name = tag.name.dropFirst(5).prefix { $0 != "." }
                return PageFrame.names.contains(String(name)) ? nil : "\(tag.template): no \(tag.name)"
            default: return nil
            }
        }
    }

    /// The names in a template, its partials included, that nothing in this sample model answers. A room's test gives
    /// a model in which every field is filled.
    package func unknownNames(in template: String, sample: any MustacheParent) -> [String] {
        var seen: Set<String> = []
        let wanted = names(in: template, &seen)
        var objects: [any MustacheParent] = []
        Self.gather(sample, wanted, &objects, depth: 0)
        return wanted.filter { name in !objects.contains { $0.child(named: name) != nil } }.sorted()
    }

    /// The first components of all names of the model.
    private func names(in template: String, _ seen: inout Set<String>) -> Set<String> {
        guard seen.insert(template).inserted, template != "layout" else { return [] }
        var found: Set<String> = []
        for tag in Self.tags(of: sources[template] ?? "", in: template) {
            switch tag.kind {
            case .partial: found.formUnion(names(in: tag.name, &seen))
            case .variable, .section:
                let root = String(tag.name.prefix { $0 != "." })
                if !["t", "page", "assets", ""].contains(root) { found.insert(root) }
            default: break
            }
        }
        return found
    }

    private static func gather(
        _ value: Any, _ names: Set<String>, _ objects: inout [any MustacheParent], depth: Int
    ) {
        guard depth < 12 else { return }
        if let parent = value as? any MustacheParent {
            objects.append(parent)
            for name in names {
                if let child = parent.child(named: name) { gather(child, names, &objects, depth: depth + 1) }
            }
        } else if let list = value as? [Any] {
            for element in list { gather(element, names, &objects, depth: depth + 1) }
        }
    }
}
