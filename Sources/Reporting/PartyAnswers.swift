import Casefile
import Casework
import Site

/// The answers about one party as they were given, right or wrong.
struct PartyAnswers: Codable, Equatable, Sendable {
    var kind = ""
    var name = ""
    var unit = ""
    var position = ""
    var management = ""
    var principal = false

    /// What the page shows of a party on the list, or of nobody yet.
    init(_ party: ReportedParty?, rank: ManagementLevel?) {
        kind = (party?.kind ?? .person).rawValue
        name = party?.name ?? ""
        unit = party?.unit ?? ""
        position = party?.position ?? ""
        management = (party?.management ?? rank)?.rawValue ?? ""
        principal = party?.principal ?? false
    }

    init(_ form: Form) {
        kind = form["kind"] ?? ""
        name = form.filled("name") ?? ""
        unit = form.filled("unit") ?? ""
        position = form.filled("position") ?? ""
        management = form["management"] ?? ""
        principal = form.isOn("principal")
    }

    /// Whether nothing is said of whom it is about.
    var namesNobody: Bool { name.isEmpty && unit.isEmpty && position.isEmpty }

    var faults: [FieldError] {
        var faults: [FieldError] = []
        if ReportedParty.Kind(rawValue: kind) == nil { faults.append(FieldError("kind", "entrance.faults.choice")) }
        if name.isEmpty, unit.isEmpty { faults.append(FieldError("name", "reporting.party.name-missing")) }
        for (field, value) in [("name", name), ("unit", unit), ("position", position)]
        where value.count > FilingLimits.short {
            faults.append(FieldError(field, "entrance.faults.tooLong"))
        }
        if ManagementLevel(rawValue: management) == nil {
            faults.append(FieldError("management", "reporting.party.management-missing"))
        }
        return faults
    }

    var party: ReportedParty {
        ReportedParty(
            kind: ReportedParty.Kind(rawValue: kind) ?? .person, name: name, unit: unit, position: position,
            management: ManagementLevel(rawValue: management) ?? .unknown, principal: principal)
    }
}

extension Draft {
    /// What the page of a place on the list shows: what was left there half-filled, else the party, else nobody.
    func answers(at index: Int) -> PartyAnswers {
        halves?[index] ?? partyAnswers(at: index)
    }

    private func partyAnswers(at index: Int) -> PartyAnswers {
        PartyAnswers(parties.indices.contains(index) ? parties[index] : nil, rank: index == 0 ? rank : nil)
    }

    /// Keeps answers that do not make a party yet; those that say nothing new are not kept.
    mutating func keep(_ answers: PartyAnswers, at index: Int) {
        halves = (halves ?? [:]).merging([index: answers]) { $1 }
        if answers == partyAnswers(at: index) { halves?[index] = nil }
    }

    /// Takes a party off the list; what is half-filled stays with its place.
    mutating func removeParty(at index: Int) {
        guard parties.indices.contains(index) else { return }
        parties.remove(at: index)
        var left: [Int: PartyAnswers] = [:]
        for (place, answers) in halves ?? [:] where place != index {
            left[place > index ? place - 1 : place] = answers
        }
        halves = left
    }
}
