import Mustache

/// One entry of the navigation.
package struct NavigationItem: MustacheParent, Sendable {
    package let label: String
    package let href: String
    package let isCurrent: Bool
    /// A short mark beside the label, such as a number of items waiting.
    package let mark: String?

    package init(_ label: String, href: String, isCurrent: Bool = false, mark: String? = nil) {
        self.label = label
        self.href = href
        self.isCurrent = isCurrent
        self.mark = mark
    }

    package func child(named name: String) -> Any? {
        switch name {
        case "label": label
        case "href": href
        case "current": isCurrent
        case "mark": here(mark)
        default: nil
        }
    }
}

/// A sentence at the top of a page about what was just done.
package struct PageNotice: MustacheParent, Sendable {
    /// How it is drawn; never by colour alone.
    package enum Kind: String, Sendable { case done, info, warning, fault }
    package let kind: Kind
    package let text: String
    /// The part of the page that it speaks of.
    package let href: String?

    package init(_ kind: Kind, _ text: String, href: String? = nil) {
        self.kind = kind
        self.text = text
        self.href = href
    }

    package func child(named name: String) -> Any? {
        switch name {
        case "kind": kind.rawValue
        case "text": text
        case "href": here(href)
        case "urgent": kind == .fault || kind == .warning
        default: nil
        }
    }
}

/// Everything around the content of a page: what the layout draws.
package struct PageFrame: MustacheParent, Sendable {
    /// Who the page is for: large targets for the public, dense for staff.
    package enum Area: String, Sendable { case `public`, staff }

    package var title: String
    package var language: Language
    package var area: Area
    package var navigation: [NavigationItem] = []
    /// A standing line above everything, such as that this is a demonstration.
    package var banner: String?
    package var notice: PageNotice?
    /// The token for `<input type="hidden" name="csrf" value="{{page.csrf}}">`.
    package var csrf: String?
    package var userName: String?
    /// The user's organ or office, beside the name.
    package var userPlace: String?
    /// Where “leave at once” leads; nil where the page has no such button.
    package var leaveURL: String?
    /// Where its form goes: an address that gets the cookies which are to be forgotten.
    package var leaveAction = "/leave"
    /// The page's own address without `lang`, for the language switch.
    package var address: String
    /// Where an error page leads on.
    package var onward: NavigationItem?
    /// What is shown here is shown once: the page has no switch of language, which would lose it.
    package var isOnce = false
    /// Whether the content is wide, as on a desk of three panes.
    package var isWide = false

    package init(title: String, language: Language, area: Area, address: String) {
        self.title = title
        self.language = language
        self.area = area
        self.address = address
    }

    /// The other languages of this page, as links.
    var languages: [[String: Any]] {
        if isOnce { return [] }
        return Language.allCases.filter { $0 != language }.map { other in
            let joint = address.contains("?") ? "&" : "?"
            return ["name": other.ownName, "tag": other.rawValue, "href": address + joint + "lang=" + other.rawValue]
        }
    }

    /// The frame with where its error page leads on.
    package func leading(_ onward: NavigationItem) -> PageFrame {
        var frame = self
        frame.onward = onward
        return frame
    }

    /// The names that templates may use after `page.`.
    static let names: Set<String> = [
        "title", "language", "area", "public", "staff", "navigation", "hasNavigation", "banner", "notice", "csrf",
        "userName", "userPlace", "leaveURL", "leaveAction", "languages", "hasLanguages", "wide", "onward",
    ]

    package func child(named name: String) -> Any? {
        switch name {
        case "title": title
        case "language": language.rawValue
        case "area": area.rawValue
        case "public": area == .public
        case "staff": area == .staff
        case "navigation": navigation.isEmpty ? nil : navigation
        case "hasNavigation": !navigation.isEmpty
        case "banner": banner
        case "notice": notice
        case "csrf": csrf
        case "userName": userName
        case "userPlace": userPlace
        case "leaveURL": leaveURL
        case "leaveAction": leaveAction
        case "languages": languages
        case "hasLanguages": !isOnce
        case "wide": isWide
        case "onward": here(onward)
        default: nil
        }
    }
}
