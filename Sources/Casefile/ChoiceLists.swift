import Casework
import Kernel

/// The choices of an act's fields that depend on the report.
struct ChoiceLists {
    let open: OpenReport
    let letter: Letter?

    private var world: World { open.picture.world }

    /// Only the lists that the fields of these acts ask for: some of them look at every organ below.
    func lists(for acts: [ActRule]) -> DynamicChoices {
        guard let custody = open.stored.standing.custody, let organ = world.organs[custody.organ] else { return [:] }
        let wanted = Set(acts.flatMap { $0.fields + $0.fields.flatMap(\.item) }.compactMap(\.options))
        var lists: DynamicChoices = [:]
        if wanted.contains("handling-offices") { lists["handling-offices"] = handlingOffices(custody) }
        if wanted.contains("lower-organs") || wanted.contains("ways") {
            lists["lower-organs"] = lowerOrgans(organ)
            lists["ways"] = ways(organ, offices: handlingOffices(custody), lower: lists["lower-organs"] ?? [])
        }
        if wanted.contains("office-members") { lists["office-members"] = members(custody) }
        if wanted.contains("reported") { lists["reported"] = parties }
        return lists
    }

    /// Acts that the letter itself forbids: what is not this organ's goes up and nowhere else, unseen by more people;
    /// what is ours goes up only once that was proposed and approved (规则 15条, I-2).
    func isWithheld(_ act: ActRule) -> Bool {
        guard letter != nil, let custody = open.stored.standing.custody, let organ = world.organs[custody.organ],
            world.parent(of: organ) != nil, world.offices[custody.office]?.kind.isIntake == true
        else { return act.effect == "send-up" && open.stored.standing.proposal?.way != "send-up" }
        if isOurs(organ) {
            guard act.effect == "send-up" else { return false }
            return open.stored.standing.stage != "approved" || open.stored.standing.proposal?.way != "send-up"
        }
        let allowed: Set = [
            "send-up", "sign", "amend", "recuse", "message", "verify-identity", "open-identity", "pass-identity",
        ]
        return !allowed.contains(act.name)
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
        return Jurisdiction.recipients(among: found, reported: letter.reported, in: world)
            .filter { target in
                world.office(.letters, of: target.id).map { desk in
                    world.canCarryOn(desk.id, audience: .letters, barred: open.stored.standing.barred)
                } ?? false
            }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    private func ways(_ organ: Organ, offices: [Choice], lower: [Choice]) -> [Choice] {
        (open.workflow.vocabularies["way"] ?? []).filter { choice in
            switch choice.value {
            case "refer": !offices.isEmpty
            case "forward", "assign": !lower.isEmpty
            case "send-up": world.parent(of: organ) != nil
            default: true
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
        let named = (letter?.reported ?? []).enumerated().map { index, party in
            let name = party.name.isEmpty ? party.unit : party.name
            return Choice(value: String(index + 1), label: Bilingual(zh: name, en: name))
        }
        // An imported message names nobody in a field of its own.
        return named.isEmpty ? [Choice(value: "0", label: Bilingual(zh: "（未列明）", en: "(not listed)"))] : named
    }
}
