import Casefile
import Casework
import Kernel
import Mustache
import Site

/// The keys of an office as a page: generations, what waits to be sealed anew, what was done.
struct KeyPage: MustacheParent {
    let office: String
    let organ: String
    let address: String
    let generations: [KeyRow]
    let events: [KeyRow]
    /// How far the sealing anew has come; `nil` where nothing waits.
    let percent: Int?
    let mayRenew: Bool
    let summary: ErrorSummary?
    /// The form of the escrow holders, for whoever looks after the organ.
    let restore: [FormField]?

    func child(named name: String) -> Any? {
        switch name {
        case "office": office
        case "organ": organ
        case "address": address
        case "generations": generations
        case "hasGenerations": !generations.isEmpty
        case "events": events
        case "hasEvents": !events.isEmpty
        case "behind": percent.map { String($0) }
        case "mayRenew": mayRenew
        case "mayReseal": mayRenew && percent != nil
        case "summary": summary
        case "mayRestore": restore != nil
        case "restore": restore ?? []
        default: nil
        }
    }
}

/// One line of either table.
struct KeyRow: MustacheParent {
    let cells: [String]

    func child(named name: String) -> Any? { name == "cells" ? cells : nil }
}

/// Keys and what was done with them, in words.
struct KeyWords {
    let world: World
    let texts: Catalogue
    let language: Language

    private func name(_ person: StaffID?) -> String? {
        person.flatMap { world.staff[$0] }.map { "\(texts.name($0)) \($0.username)" }
    }

    func row(_ generation: OfficeKeyState.Generation) -> KeyRow {
        KeyRow(cells: [
            String(generation.number), generation.since.shortText,
            generation.holders.isEmpty
                ? texts.text("keys.nobody") : texts.list(generation.holders.compactMap(name).sorted()),
        ])
    }

    func row(_ event: KeyEvent) -> KeyRow {
        let about = [
            name(event.person), event.generation.map { texts.format("keys.generation-n", ["n": String($0)]) },
            event.detail.isEmpty || event.act == .resealed
                ? nil : texts.format("keys.detail.\(event.act.rawValue)", ["n": event.detail]),
        ].compactMap { $0 }
        return KeyRow(cells: [
            event.at.shortText, texts.text("keys.act.\(event.act.rawValue)"), texts.list(about),
            name(event.by) ?? texts.text("keys.software"),
        ])
    }

    /// Everybody who has a place in the office, once.
    func members(of office: OfficeID) -> [Staff] {
        Set(world.members(of: office).filter(\.isRegular).map(\.staff)).compactMap { world.staff[$0] }
            .sorted { $0.username < $1.username }
    }

    func restoreFields(
        _ holders: [(position: Int, name: String)], people: [Staff], summary: ErrorSummary, chosen: Form?
    ) -> [FormField] {
        ["first", "second"].enumerated().flatMap { index, name in
            [
                FormField(
                    name, texts.text("keys.restore.\(name)"), .select, error: summary[name],
                    options: holders.map { holder in
                        FieldOption(
                            String(holder.position), holder.name,
                            isChosen: String(holder.position) == chosen?[name] ?? String(index + 1))
                    }, isRequired: true),
                FormField(
                    "\(name)-password", texts.text("keys.restore.password"), .password,
                    error: summary["\(name)-password"], isRequired: true),
            ]
        } + [
            FormField(
                "person", texts.text("keys.restore.person"), .select, hint: texts.text("keys.restore.person-hint"),
                error: summary["person"],
                options: people.map {
                    FieldOption(
                        $0.id.description, "\(texts.name($0)) \($0.username)",
                        isChosen: $0.id.description == chosen?["person"])
                }, isRequired: true)
        ]
    }
}
