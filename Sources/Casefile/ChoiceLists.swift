import Casework
import Kernel

/// The choices of an act's fields that depend on the report.
struct ChoiceLists {
    let open: OpenReport
    let letter: Letter?
    /// Whose choices these are: requests are offered to whoever may decide them.
    var viewer: StaffID?

    var world: World { open.picture.world }

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
        if wanted.contains("supervising-offices") { lists["supervising-offices"] = offices(.inspection, custody) }
        if wanted.contains("investigation-offices") {
            lists["investigation-offices"] = offices(.investigation, custody).filter {
                $0.value != custody.office.description
            }
        }
        if wanted.contains("people") { lists["people"] = people(custody) }
        if wanted.contains("people-asked") { lists["people-asked"] = isReporterAsking ? people(custody) : [] }
        if wanted.contains("requests") { lists["requests"] = requests }
        if wanted.contains("identity-readers") { lists["identity-readers"] = identityReaders(custody) }
        if wanted.contains("limits") { lists["limits"] = extensibleLimits }
        if wanted.contains("reported") { lists["reported"] = parties }
        if wanted.contains("split-organs") { lists["split-organs"] = splitOrgans(organ) }
        if wanted.contains("dispute-organs") { lists["dispute-organs"] = disputeOrgans(organ) }
        return lists
    }

    /// A required choice has nothing to choose from: no limit that may be extended, no other office to go to.
    func isEmptyHanded(_ act: ActRule, _ lists: DynamicChoices) -> Bool {
        act.fields.contains { field in
            field.required && field.when.isEmpty && field.options != nil && [.choice, .choices].contains(field.kind)
                && field.allChoices(lists).isEmpty
        }
    }

    /// Acts that the letter itself forbids: what is not this organ's goes up and nowhere else, unseen by more people;
    /// what is ours goes up only once that was proposed and approved (规则 15条, I-2).
    func isWithheld(_ act: ActRule) -> Bool {
        guard letter != nil, let custody = open.stored.standing.custody, let organ = world.organs[custody.organ],
            world.offices[custody.office]?.kind.isIntake == true
        else {
            return act.effect == "hand-above"
                || act.effect == "send-up" && open.stored.standing.proposal?.way != "send-up"
        }
        if isOurs(organ) {
            guard act.effect == "send-up" else { return act.effect == "hand-above" }
            return open.stored.standing.stage != "approved" || open.stored.standing.proposal?.way != "send-up"
        }
        // Above every organ here it leaves the platform, and no organ on the way reads it for that.
        let allowed: Set = [
            isAboveThisPlatform(organ) ? "hand-above" : "send-up", "sign", "amend", "recuse", "message",
            "verify-identity", "open-identity", "pass-identity",
            "ask-recusal", "decide", "protect",
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
            guard open.workflow.leadsOn(choice.value, on: open.stored.standing, world: world) else { return false }
            return switch choice.value {
            case "refer": !offices.isEmpty
            case "forward", "assign": !lower.isEmpty
            case "send-up": world.parent(of: organ) != nil
            default: true
            }
        }
    }

    /// Whether, as the letter stands now, this organ may decide on it.
    func isOurs(_ organ: Organ) -> Bool {
        guard let letter else { return false }
        let decision = Jurisdiction.decide(
            organ: organ.code, place: letter.place, reported: letter.reported, in: world)
        guard case .receive(let receiver, _, _, _) = decision else { return false }
        return receiver == organ.id
    }

    /// Whether, as the letter stands now, no organ of this platform may decide on it.
    private func isAboveThisPlatform(_ organ: Organ) -> Bool {
        guard let letter else { return false }
        return Jurisdiction.decide(organ: organ.code, place: letter.place, reported: letter.reported, in: world)
            == .aboveThisPlatform
    }

    /// Whether the viewer decides on what a reporter asks, who names people in words.
    private var isReporterAsking: Bool {
        guard let viewer else { return false }
        return open.workflow.requests(for: viewer, on: open.stored.standing, world: world).contains {
            $0.rule.isOfReporter
        }
    }

    private func members(_ custody: Custody) -> [Choice] {
        var seen: Set<StaffID> = []
        return world.members(of: custody.office)
            .filter { $0.isRegular && $0.admitted && !open.stored.standing.barred.contains($0.staff) }
            .filter { seen.insert($0.staff).inserted }
            .compactMap { world.staff[$0.staff] }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    private func offices(_ kind: OfficeKind, _ custody: Custody) -> [Choice] {
        world.offices(of: custody.organ).filter { $0.kind == kind }
            .filter { world.canCarryOn($0.id, audience: .letters, barred: open.stored.standing.barred) }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    /// Those of the holding organ who work on the report or may decide on it.
    private func people(_ custody: Custody) -> [Choice] {
        world.staff(of: custody.organ)
            .filter { person in
                Reach.of(person.id, on: open.stored.standing, world: world, workflow: open.workflow).letter
                    || world.leaders(of: custody.organ).contains(person.id)
            }
            .filter { !open.stored.standing.barred.contains($0.id) }
            .sorted { $0.username < $1.username }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    /// To whom a custodian may have the identity opened: whoever works on the report in the custodians' own organ.
    private func identityReaders(_ custody: Custody) -> [Choice] {
        guard let viewer, open.stored.standing.identityOrgan == custody.organ else { return [] }
        return world.staff(of: custody.organ)
            .filter { $0.id != viewer && open.mayBeToldIdentity($0.id) }
            .sorted { $0.username < $1.username }
            .map { Choice(value: $0.id.description, label: Bilingual(zh: $0.name, en: $0.nameEnglish)) }
    }

    private var requests: [Choice] {
        guard let viewer else { return [] }
        return open.workflow.requests(for: viewer, on: open.stored.standing, world: world).map { request in
            let label = request.rule.label
            let who = request.act.staff.flatMap { world.staff[$0] }
            let day = request.act.at.day.text
            return Choice(
                value: String(request.sequence),
                label: Bilingual(
                    zh: "\(label.zh)（\(who?.name ?? "—")，\(day)）",
                    en: "\(label.en) (\(who?.nameEnglish ?? "—"), \(day))"))
        }
    }

    /// Open limits that a rule allows to extend, and that were not extended as often as it allows.
    private var extensibleLimits: [Choice] {
        let standing = open.stored.standing
        let states = try? open.workflow.limitStates(
            of: standing.done, standing: standing, calendar: open.picture.calendar)
        return (states ?? []).filter { state in
            guard state.met == nil, let prolonging = state.rule.prolonging else { return false }
            let used = standing.done.filter { $0.isAgreement(to: "extend") && $0.codes["limit"] == state.rule.name }
            return used.count < prolonging.most
        }.map { Choice(value: $0.rule.name, label: $0.rule.label) }
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
