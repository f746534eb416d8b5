import Casework
import Database
import Kernel
import Sealing

/// A part about people of a lower level is split off to the organ below that is competent for them (规则 12、16条).
/// The lower organ gets a report of its own: a new id, a new key, the chosen people and newly written words. Nothing
/// of it leads upward, and no other person is named in it (I-1).
extension ActChange {
    mutating func split(_ input: CheckedInput, casefile: Casefile) throws {
        let world = open.picture.world
        guard let letter else { throw CasefileError.keyMissing }
        let chosen = (input.lists["parties"] ?? []).compactMap { Int($0).map { $0 &- 1 } }
        let rest = letter.reported.indices.filter { !chosen.contains($0) }.map { letter.reported[$0] }
        guard !chosen.isEmpty, chosen.allSatisfy(letter.reported.indices.contains) else {
            throw CasefileError.invalid([FieldFault("parties", "choice")])
        }
        // What concerns everybody is handed down whole, or not at all.
        guard !rest.isEmpty else { throw CasefileError.invalid([FieldFault("parties", "notAll")]) }
        let part = chosen.sorted().map { letter.reported[$0] }
        guard let organ = input.values["organ"].flatMap({ OrganID($0) }).flatMap({ world.organs[$0] }),
            let here = open.stored.standing.custody?.organ, organ.id != here, world.lies(organ.id, within: here),
            Jurisdiction.mayReceivePart(organ, part: part, of: letter.reported, in: world)
        else { throw CasefileError.invalid([FieldFault("organ", "mayNotReceive")]) }
        let text = input.values["text"] ?? ""
        try refuseNames(of: rest, in: text, and: part)
        let place = letter.place.flatMap { organ.region.contains($0) ? $0 : nil } ?? organ.region
        let filing = Filing(
            organ: organ.code,
            letter: Letter(title: Self.title(of: text), content: text, place: place, reported: part), channel: .other)
        // Whoever is named in the whole, or must stand aside from it, does not hear of the part either.
        var barred = Jurisdiction.barred(by: letter.reported, in: world)
        for person in open.stored.standing.barred where barred[person] == nil { barred[person] = .recused }
        births.append(
            try NewReport(
                filing, organ: organ.id, audience: .letters, reasons: [.splitOff], barred: barred,
                picture: open.picture, at: at, keys: casefile.keys, hasReceipt: false))
        // The lower organ cannot follow the link: only this side has it.
        codes["parties"] = nil
        codes["count"] = String(part.count)
        codes["born"] = births.last?.id.description
    }

    /// Neither the words nor what stands beside the chosen people may name anybody else of the report.
    private func refuseNames(of others: [ReportedParty], in text: String, and part: [ReportedParty]) throws {
        let own = Set(part.map { PlainName.normalised($0.name) })
        let theirs = Set(others.filter { $0.kind == .person }.map { PlainName.normalised($0.name) })
            .filter { $0.count >= 2 && !own.contains($0) }
        func names(_ words: String) -> Bool {
            let plain = PlainName.normalised(words)
            return theirs.contains { plain.contains($0) }
        }
        var faults: [FieldFault] = []
        if names(text) { faults.append(FieldFault("text", "namesOther")) }
        if part.contains(where: { names([$0.name, $0.unit, $0.position].joined(separator: "\n")) }) {
            faults.append(FieldFault("parties", "namesOther"))
        }
        if !faults.isEmpty { throw CasefileError.invalid(faults) }
    }

    /// The first line, as far as a title goes.
    private static func title(of text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return String(line.prefix(FilingLimits.title / 4))
    }

    /// Writes the reports that the act begins, in its own transaction.
    func writeBirths(_ tx: any Transaction) throws {
        for birth in births {
            let day = birth.at.day
            let rules = open.picture.rules.workflow(
                of: birth.organ, began: day, today: day, in: open.picture.world)
            try birth.insert(
                tx, actor: .imported(by: nil), registeredBy: nil, picture: open.picture,
                workflow: rules ?? open.workflow)
        }
    }
}

extension ChoiceLists {
    /// Organs below that may be given at least one of the reported people alone.
    func splitOrgans(_ organ: Organ) -> [Choice] {
        guard let reported = letter?.reported, reported.count > 1 else { return [] }
        var found: [Organ] = []
        var queue = world.children(of: organ.id)[...]
        while let next = queue.popFirst() {
            found.append(next)
            queue += world.children(of: next.id)
        }
        let fit = Set(
            Set(reported).flatMap { Jurisdiction.recipients(among: found, reported: [$0], in: world) }.map(\.id))
        return found.filter { fit.contains($0.id) }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }
}
