import Casework
import Kernel

/// The choices of an act's fields that depend on the report.
struct ChoiceLists {
    let open: OpenReport
    let letter: Letter?
    let workflow: Workflow

    private var world: World { open.picture.world }

    var all: DynamicChoices {
        guard let custody = open.stored.standing.custody, let organ = world.organs[custody.organ] else { return [:] }
        let offices = handlingOffices(custody)
        let lower = lowerOrgans(organ)
        return [
            "handling-offices": offices, "lower-organs": lower,
            "ways": ways(organ, offices: offices, lower: lower), "office-members": members(custody),
            "reported": parties,
        ]
    }

    private func handlingOffices(_ custody: Custody) -> [Choice] {
        world.offices(of: custody.organ)
            .filter { office in
                custody.audience == .internal
                    ? office.id == custody.intakeOffice : office.kind.isHandling && office.kind != .internal
            }
            .filter { world.canCarryOn($0.id, audience: .letters, barred: open.stored.standing.barred) }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    /// Organs below that may be given this report (I-1), nearest first.
    private func lowerOrgans(_ organ: Organ) -> [Choice] {
        guard let letter else { return [] }
        var found: [Organ] = []
        var queue = world.children(of: organ.id)
        while !queue.isEmpty {
            let next = queue.removeFirst()
            found.append(next)
            queue += world.children(of: next.id)
        }
        return
            found
            .filter { Jurisdiction.mayReceive($0, reported: letter.reported, in: world) }
            .filter { target in
                world.office(.letters, of: target.id).map { desk in
                    world.canCarryOn(desk.id, audience: .letters, barred: open.stored.standing.barred)
                } ?? false
            }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    private func ways(_ organ: Organ, offices: [Choice], lower: [Choice]) -> [Choice] {
        (workflow.vocabularies["way"] ?? []).filter { choice in
            switch choice.value {
            case "refer": isOurs(organ) && !offices.isEmpty
            case "forward", "assign": !lower.isEmpty
            case "send-up": world.parent(of: organ) != nil
            default: isOurs(organ)
            }
        }
    }

    /// Whether, as the letter stands now, this organ may decide on it.
    private func isOurs(_ organ: Organ) -> Bool {
        guard let letter else { return false }
        let decision = Jurisdiction.decide(
            organ: organ.code, place: letter.place, reported: letter.reported, in: world)
        guard case .receive(let receiver, _, _, _) = decision else { return false }
        return receiver == organ.id
    }

    private func members(_ custody: Custody) -> [Choice] {
        var seen: Set<StaffID> = []
        return world.members(of: custody.office)
            .filter { $0.admitted && !open.stored.standing.barred.contains($0.staff) }
            .filter { seen.insert($0.staff).inserted }
            .compactMap { world.staff[$0.staff] }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    private var parties: [Choice] {
        (letter?.reported ?? []).enumerated().map { index, party in
            let name = party.name.isEmpty ? party.unit : party.name
            return Choice(value: String(index + 1), label: Bilingual(zh: name, en: name))
        }
    }
}

extension OpenReport {
    /// Whether somebody of this office holds keys of this kind already: a re-wrap gives nobody more than before.
    func mayHold(office: OfficeID, kind: String) -> Bool {
        guard let custody = stored.standing.custody, let kindOfOffice = picture.world.offices[office]?.kind else {
            return false
        }
        if kind == "identity" { return kindOfOffice == .custody }
        return office == custody.office || office == custody.intakeOffice
            || (kindOfOffice == .leaders && stored.standing.proposer != nil)
    }
}
