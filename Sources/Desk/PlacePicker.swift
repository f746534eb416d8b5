import Entrance
import Kernel
import Site

/// The place of a matter on the registration form: chosen from the places nearby, or found by name. Works without
/// scripts: the search sends the form and gets it back, filled as it was, with what was found at the top of the list.
struct PlacePicker {
    private let typed: String
    private let given: RegionCode?
    private let isSearch: Bool
    private let found: [Region]
    private let regions: RegionTable
    private let home: RegionCode?

    /// A list that a person still reads through.
    private static let most = 30

    /// `home`: the place of the organ that registers.
    init(form: Form, regions: RegionTable, home: RegionCode?) {
        typed = (form["place-name"] ?? "").trimmed
        given = form.filled("place").flatMap { RegionCode($0) }
        isSearch = form["find"] != nil
        self.regions = regions
        self.home = home
        found = typed.isEmpty ? [] : regions.search(typed, near: home, limit: Self.most)
    }

    /// The code to be filed; a name that fits one place is enough. Throws for a name that fits none, or several.
    func answer() throws -> String? {
        if let given { return given.description }
        if typed.isEmpty { return nil }
        guard found.count == 1, let only = found.first else {
            let key = found.isEmpty ? "desk.register.place-none" : "desk.register.place-several"
            throw SiteError.invalid([FieldError("place", key)])
        }
        return only.code.description
    }

    func chosen(_ summary: ErrorSummary, _ texts: Catalogue) -> FormField {
        var codes: [RegionCode] = []
        let nearby = home.map { [$0] + regions.children(of: $0).map(\.code) } ?? []
        for code in found.map(\.code) + (given.map { [$0] } ?? []) + nearby where !codes.contains(code) {
            codes.append(code)
        }
        let picked = isSearch && !typed.isEmpty ? (found.count == 1 ? found.first?.code : nil) : given
        var hint = texts.text("desk.register.place-hint")
        if isSearch, !typed.isEmpty {
            hint =
                found.isEmpty
                ? texts.text("desk.register.place-none")
                : texts.format("desk.register.place-found", ["n": String(found.count)])
        }
        return FormField(
            "place", texts.text("desk.register.place"), .select, hint: hint, error: summary["place"],
            options: codes.map { code in
                FieldOption(
                    code.description, regions.fullName(of: code) ?? code.description, isChosen: code == picked)
            })
    }

    func search(_ texts: Catalogue) -> FormField {
        FormField("place-name", texts.text("desk.register.place-name"), .search, value: typed, maximumLength: 60)
    }
}
