import Casework
import Kernel
import Sealing

/// Two organs disagree on whose matter a report is: the nearest organ above both decides (domain.md §2).
extension ActChange {
    mutating func dispute(_ input: CheckedInput) throws {
        let world = open.picture.world
        guard let custody = open.stored.standing.custody, let letter, let here = world.organs[custody.organ] else {
            throw CasefileError.keyMissing
        }
        guard let other = input.values["organ"].flatMap({ OrganID($0) }).flatMap({ world.organs[$0] }),
            let common = world.commonSuperior(of: here, other)
        else { throw CasefileError.invalid([FieldFault("organ", "choice")]) }
        let decision = Jurisdiction.decide(
            organ: common.code, place: letter.place, reported: letter.reported, in: world)
        guard case .receive(let organ, let audience, _, let barred) = decision, let receiver = world.organs[organ],
            receiver.id != here.id
        else { throw CasefileError.aboveThisPlatform }
        add(barred)
        try arrive(at: receiver, audience: audience)
    }
}

extension World {
    /// The nearest organ above both; `nil` where one lies within the other, for then there is nothing to dispute: what
    /// is above is sent up, what is below is handed down.
    func commonSuperior(of one: Organ, _ other: Organ) -> Organ? {
        if lies(one.id, within: other.id) || lies(other.id, within: one.id) { return nil }
        let above = Set(line(from: other).map(\.id))
        return line(from: one).first { above.contains($0.id) }
    }
}

extension ChoiceLists {
    /// Organs that might say "not ours" in turn: beside this one or beside an organ above it, high enough for the
    /// people reported, nearest first. Below them the same common superior decides.
    func disputeOrgans(_ organ: Organ) -> [Choice] {
        let highest = (letter?.reported ?? []).compactMap(\.management.rank).min() ?? 9
        let line = world.line(from: organ)
        return line.dropFirst().flatMap { world.children(of: $0.id) }
            .filter { other in !line.contains { $0.id == other.id } && world.rank(of: other) <= highest }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }
}
