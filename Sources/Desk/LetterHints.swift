import Casefile
import Casework
import Kernel
import Mustache
import Similarity
import Site

/// What the software found in the words of a letter: help for whoever reads it, decided by nobody.
extension ReportPageMaker {
    /// Rows of a list of facts; empty where nothing was found, or the letter is not this viewer's.
    var hints: [Fact] {
        guard let letter = view.letter, let signs = try? TextSigns.shipped(),
            let normaliser = try? Normaliser.shipped(),
            let text = try? normaliser(letter.words)
        else { return [] }
        let labels = signs.isLabelOnly(text) ? signs.words(of: .label, in: text) : []
        return [
            Fact(texts.text("desk.hint.danger"), joined(signs.words(of: .danger, in: text))),
            Fact(texts.text("desk.hint.label"), joined(labels)),
            Fact(
                texts.text("desk.hint.sums"),
                joined(
                    text.amounts.prefix(Self.mostHints).map {
                        texts.format("desk.hint.yuan", ["n": Money(fen: $0).yuan])
                    })),
            Fact(
                texts.text("desk.hint.months"),
                joined(
                    text.months.prefix(Self.mostHints).map { month in
                        "\(month / 100)-\(month % 100 < 10 ? "0" : "")\(month % 100)"
                    })),
            Fact(texts.text("desk.hint.places"), joined(places(in: letter))),
        ].compactMap(\.self)
    }

    private static let mostHints = 8

    private func joined(_ found: [String]) -> String? { found.isEmpty ? nil : found.joined(separator: comma) }

    /// Places of the county that the letter is about, or of the organ that has it, which the text names.
    private func places(in letter: Letter) -> [String] {
        let organ = view.standing.custody.flatMap { view.world.organs[$0.organ] }
        guard let around = letter.place?.county ?? organ?.region else { return [] }
        return regions.children(of: around).map(\.name)
            .filter { $0.count > 1 && (letter.content.contains($0) || letter.title.contains($0)) }
            .prefix(Self.mostHints).map(\.self)
    }
}

extension ActForms {
    /// What a model proposes for a field, with the words that led to it and how often it is right; beside the field, since
    /// it fills nothing in.
    func proposal(for rule: FieldRule) -> String? {
        guard rule.kind == .choice, let suggestion = view.suggestions.first(where: { $0.field == rule.name }),
            let choice = rule.choices.first(where: { $0.value == suggestion.value })
        else { return nil }
        var line = texts.format("desk.hint.proposed", ["value": choice.label.text(language)])
        if !suggestion.because.isEmpty {
            let words = suggestion.because.map { texts.format("desk.hint.quoted", ["word": $0]) }
            line += texts.format("desk.hint.because", ["words": words.joined(separator: texts.text("desk.list.items"))])
        }
        if let precision = suggestion.precision {
            let share = Int((precision * 100).rounded())
            line += texts.format("desk.hint.measured", ["n": String(share), "texts": String(suggestion.texts)])
        }
        return line
    }
}

extension ReportPageMaker {
    /// That a report of another organ may be about the same matter.
    func elsewhere(_ around: Surroundings?) -> [Fact] {
        let said = (around?.elsewhere ?? []).map { place in
            switch place {
            case .above: texts.text("groups.elsewhere.above")
            case .below(let organ): texts.format("groups.elsewhere.below", ["organ": name(of: organ) ?? ""])
            }
        }
        return said.isEmpty ? [] : [Fact(texts.text("groups.elsewhere.label"), joined(said))].compactMap(\.self)
    }

    /// Where letters that stand together with this one are listed.
    func groups(_ around: Surroundings?) -> [Entry] {
        GroupKind.allCases.compactMap { kind in
            guard let count = around?.others[kind], count > 0 else { return nil }
            return Entry([
                "href": "/desk/reports/\(view.id)/group?kind=\(kind.rawValue)",
                "label": texts.format("groups.link.\(kind.rawValue)", ["n": String(count)]),
            ])
        }
    }
}
