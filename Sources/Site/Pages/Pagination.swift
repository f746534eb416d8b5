import Mustache

/// The links to the page before and the page after, as the partial `pagination` draws them:
/// `{{#pagination}}{{> pagination}}{{/pagination}}`.
package struct Pagination: MustacheParent, Sendable {
    package let previous: String?
    package let next: String?
    /// Where one is, such as “21–40 of 312”.
    package let position: String?

    package init(previous: String?, next: String?, position: String? = nil) {
        self.previous = previous
        self.next = next
        self.position = position
    }

    package func child(named name: String) -> Any? {
        switch name {
        case "previous": here(previous)
        case "next": here(next)
        case "position": here(position)
        default: nil
        }
    }
}
