import Casefile
import Casework
import Kernel
import Mustache
import Site

/// "Why is this mine?": each rule that brought the report here, its source, and the facts it rests on. Made only for
/// who may read the letter, since the facts name people as the letter does.
struct JurisdictionBlock: Encodable {
    let rule: String
    let source: String
    let fact: String

    static func all(_ view: ReportView, regions: RegionTable, texts: Catalogue, language: String) -> [Self] {
        guard let letter = view.letter, let rules = try? JurisdictionRules.shipped() else { return [] }
        let words = FactWords(letter: letter, view: view, regions: regions, texts: texts, language: language)
        return Jurisdiction.explain(view.standing, letter: letter, in: view.world).compactMap { step in
            rules.grounds[step.reason].map { ground in
                Self(
                    rule: ground.rule.text(language), source: ground.source.text(language),
                    fact: step.facts.map(words.text).joined(separator: texts.text("desk.list.clauses")))
            }
        }
    }

    var entry: Entry { Entry(["rule": rule, "source": source, "fact": fact.isEmpty ? nil : fact]) }
}

/// Facts in words.
private struct FactWords {
    let letter: Letter
    let view: ReportView
    let regions: RegionTable
    let texts: Catalogue
    let language: String

    func text(_ fact: JurisdictionFact) -> String {
        switch fact {
        case .chosen(let organ): say("chosen", ["organ": name(organ)])
        case .place(let code): say("place", ["place": regions.fullName(of: code) ?? code.description])
        case .party(let index, let level): say("party", party(index).merging(["level": label(level)]) { $1 })
        case .stands(let organ, let level): say("stands", ["organ": name(organ), "level": label(level)])
        case .names(let index, let organ): say("names", party(index).merging(["organ": name(organ)]) { $1 })
        case .nobodyNamed: say("nobody-named", [:])
        case .outside(let index, let organ): say("outside", party(index).merging(["organ": name(organ)]) { $1 })
        case .nobodyLeft(let organ): say("nobody-left", ["organ": name(organ)])
        case .hop(let from, let to): say("hop", ["from": name(from), "to": name(to)])
        }
    }

    private func say(_ key: String, _ arguments: [String: String]) -> String {
        texts.format("desk.why.\(key)", arguments)
    }

    private func party(_ index: Int) -> [String: String] {
        let party = letter.reported.indices.contains(index) ? letter.reported[index] : nil
        let name = party.map { $0.name.isEmpty ? $0.unit : $0.name } ?? ""
        return ["n": String(index + 1), "name": name]
    }

    private func label(_ level: ManagementLevel) -> String {
        view.workflow.label("management", level.rawValue, language)
    }

    private func name(_ organ: OrganID) -> String {
        view.world.organs[organ].map { language.hasPrefix("en") ? $0.nameEnglish : $0.name } ?? ""
    }
}
