import Casework
import Kernel
import Sealing

extension ActChange {
    /// Works out what the act does: codes into the event, words into envelopes, keys to whom they are due.
    mutating func apply(_ input: CheckedInput, casefile: Casefile) throws {
        // Whoever is barred by the act itself gets no key that the act makes.
        let barsFirst = ["recuse", "amend", "decide"].contains(rule.effect)
        try refuseGaps(input)
        if rule.effect == "consult" { nameConsulted() }
        if !barsFirst { try recordFields(input) }
        if !rule.approval.isEmpty {
            try ask(input)
            return try keysFollow()
        }
        if let mark = rule.mark { add(mark: mark) }
        after.marks.removeAll { rule.unmark.contains($0) }
        switch rule.effect {
        case "register":
            drawsNumber = true
            _ = try caseKeyMakingOne()
            if let marks = input.lists["sensitivity"] {
                let sensitivity = Set(open.workflow.vocabularies["sensitivity"]?.map(\.value) ?? [])
                after.marks = marks + after.marks.filter { !sensitivity.contains($0) }
            }
        case "classify":
            after.category = input.values["category"]
            after.standing.category = after.category
            after.problem = input.values["problem"]
        case "consult": codes["key"] = newKeys.first { $0.kind == "shared" }?.key.id.description
        case "propose": try propose(input)
        case "approve": try approve()
        case "refer": try refer()
        case "hand-down": try handOver(casefile: casefile)
        case "send-up":
            try handOver(casefile: casefile)
            try purgeHere()
        case "hand-above": return handAbove()
        case "split": try split(input, casefile: casefile)
        case "dispute": try dispute(input)
        case "propose-return":
            after.standing.proposer = viewer?.staff
            codes["key"] = newKeys.first { $0.kind == "shared" }?.key.id.description
            try admitLeaders()
        case "withdraw-proposal":
            after.standing.proposal = nil
            // A verification that goes on keeps its plan and its team.
            if ["disposal-proposed", "verifying", "report-signing", "handling"].contains(open.stored.standing.stage) {
                after.standing.disposal = nil
                after.standing.team = []
            }
        case "dispose": try dispose(input)
        case "review-appeal":
            after.standing.proposer = viewer?.staff
            after.standing.disposal = input.values["outcome"]
            try admitLeaders()
        case "propose-transfer": try proposeTransfer(input)
        case "form-team": try formTeam(input.lists["team"], field: "team")
        case "decide": try decide(input)
        case "hand-out": try handOut(input)
        case "call-in": try callIn()
        case "link": try link()
        case "unlink":
            after.repeatOf = nil
            after.standing.isRepeat = false
        case "allocate":
            after.standing.handlers = Set((input.lists["handlers"] ?? []).compactMap { StaffID($0) })
        case "amend": try amend(input, regions: casefile.regions, marks: LetterMarks(casefile.keys))
        case "verify-identity": after.standing.realName = input.values["status"] ?? "unverified"
        case "pass-identity": try passIdentity(index: casefile.keys.index)
        case "demand":
            if let day = input.values["by"].flatMap({ Day($0) }), day <= at.day {
                throw CasefileError.invalid([FieldFault("by", "dayOver")])
            }
        case "amend-identity": try amendIdentity(input, index: casefile.keys.index)
        case "recuse": try recuse()
        case "reopen":
            after.standing.team = []
            if after.standing.stage == "registered" {
                after.standing.proposal = nil
                after.standing.disposal = nil
                updateCustody { $0.office = $0.intakeOffice }
            }
        default: break
        }
        if ["conclude", "countersign"].contains(rule.effect) { try submitReport() }
        if barsFirst { try recordFields(input) }
        if !waitsForLeaders { after.standing.deciding = nil }
        if rule.name == "reject" {
            if open.stored.standing.stage == "proposed" { after.standing.proposal = nil }
            if open.stored.standing.stage == "disposal-proposed" {
                after.standing.disposal = nil
                after.standing.team = []
            }
            if open.stored.standing.stage == "transfer-proposed" { after.standing.proposal = nil }
        }
        try somebodyGoesOn()
        try keysFollow()
    }

    /// A report is not moved to where nobody could go on with it: who was there may have recused since.
    private func somebodyGoesOn() throws {
        guard let custody = after.standing.custody, let before = open.stored.standing.custody,
            custody.index != before.index || custody.office != before.office || custody.audience != before.audience
        else { return }
        let goesOn = open.picture.world.canCarryOn(
            custody.office, audience: custody.audience, handlers: after.standing.handlers,
            barred: after.standing.barred)
        if !goesOn { throw CasefileError.nobodyHome(organ: custody.organ.description) }
    }

    /// Whether the report waits for a decision of the leaders.
    var waitsForLeaders: Bool {
        open.workflow.stages[after.standing.stage]?.phase == .decision
    }

    /// Codes stand open in the event; free texts and lists are sealed beside it.
    private mutating func recordFields(_ input: CheckedInput) throws {
        // What was chosen decides who must agree, and so to whom the words go: it is noted first.
        let fields = rule.fields.filter { $0.kind != .text } + rule.fields.filter { $0.kind == .text }
        for field in fields {
            if field.kind == .list {
                guard var rows = input.items[field.name], rule.effect != "amend" else { continue }
                // A later correction may change the order of the parties: the name stands beside the finding.
                let places = rows.compactMap { $0["party"] }
                if Set(places).count < places.count {
                    throw CasefileError.invalid([FieldFault(field.name, "choice")])
                }
                for index in rows.indices {
                    guard let place = rows[index]["party"].flatMap({ Int($0) }), let parties = letter?.reported,
                        parties.indices.contains(place &- 1)
                    else { continue }
                    let party = parties[place &- 1]
                    rows[index]["name"] = party.name.isEmpty ? party.unit : party.name
                }
                try seal("\(rule.name).\(field.name)", JSONText.encode(rows), under: try caseKeyMakingOne())
            } else if let list = input.lists[field.name] {
                codes[field.name] = list.joined(separator: " ")
            } else if let value = input.values[field.name] {
                guard field.kind == .text else {
                    codes[field.name] = field.code(value)
                    continue
                }
                if ["amend", "amend-identity"].contains(rule.effect), field.name != "reason" { continue }
                switch field.seal {
                case .letter: try seal("\(rule.name).\(field.name)", value, under: open.letterKey)
                case .identity: try seal("\(rule.name).\(field.name)", value, under: open.identityKey)
                case .case: try seal("\(rule.name).\(field.name)", value, under: try papersKey())
                case .shared:
                    // What custodians tell each other stays with them.
                    let key = decided?.rule.effect == "open-identity" ? open.identityKey : nil
                    try seal("\(rule.name).\(field.name)", value, under: try key ?? sharedKey())
                }
            }
        }
    }

    private mutating func propose(_ input: CheckedInput) throws {
        guard let way = input.values["way"] else { return }
        after.standing.proposer = viewer?.staff
        after.standing.proposal = Proposal(
            way: way, office: input.values["office"].flatMap { OfficeID($0) },
            organ: input.values["organ"].flatMap { OrganID($0) })
        try admitLeaders()
    }

    /// What is proposed must have somebody to decide on it: a leader who is not the proposer and not barred.
    mutating func admitLeaders() throws {
        settle()
        try admit(try askDeciders(), audience: .letters)
    }

    /// Settles who decides on what is proposed.
    mutating func askDeciders() throws -> OfficeID {
        let organ = after.standing.custody?.organ
        guard let found = open.workflow.deciders(on: after.standing, world: open.picture.world) else {
            throw CasefileError.nobodyHome(organ: organ?.description ?? "")
        }
        after.standing.deciding = found.office
        if found.areOthers != after.standing.isLeftToOthers {
            codes[Standing.leftToOthers] = found.areOthers ? "yes" : "no"
            settle()
        }
        return found.office
    }

    /// The leaders who may decide what the report waits for now.
    var decidingRoles: Set<Role> {
        open.workflow.decidingRoles(on: after.standing, world: open.picture.world)
    }

    private mutating func approve() throws {
        switch open.stored.standing.stage {
        case "disposal-proposed": reportToSuperior()
        case "outcome-proposed": endVerification()
        case "return-proposed" where after.standing.stage == "incoming": try handBack()
        case "return-proposed":
            after.standing.handlers = []
            after.standing.team = []
            after.standing.proposal = nil
            after.standing.disposal = nil
            updateCustody { $0.office = $0.intakeOffice }
        case "transfer-proposed":
            try refer()
            after.standing.team = []
            after.standing.disposal = nil
        default: break
        }
    }

    private mutating func refer() throws {
        guard let office = open.stored.standing.proposal?.office else { throw CasefileError.notNow }
        try admit(office, audience: .letters)
        updateCustody { $0.office = office }
        after.standing.handlers = []
    }

    /// Forwarding, assigning and sending up: the report arrives at another organ with a custody of its own.
    private mutating func handOver(casefile: Casefile) throws {
        let world = open.picture.world
        guard let letter, let here = open.stored.standing.custody.flatMap({ world.organs[$0.organ] }) else {
            throw CasefileError.keyMissing
        }
        let target: Organ
        var audience = Audience.letters
        if rule.effect == "send-up" {
            guard let parent = world.parent(of: here) else { throw CasefileError.notNow }
            let decision = Jurisdiction.decide(
                organ: parent.code, place: letter.place, reported: letter.reported, in: world)
            guard case .receive(let organ, let found, _, let barred) = decision, let receiver = world.organs[organ]
            else { throw CasefileError.aboveThisPlatform }
            target = receiver
            audience = found
            add(barred)
        } else {
            guard let id = open.stored.standing.proposal?.organ, let lower = world.organs[id],
                Jurisdiction.mayReceive(lower, reported: letter.reported, in: world)
            else { throw CasefileError.invalid([FieldFault("organ", "mayNotReceive")]) }
            target = lower
        }
        try arrive(at: target, audience: audience)
    }

    /// The identity follows the report to the custodians of the organ that holds it now; those who passed it on keep no
    /// key to it.
    private mutating func passIdentity(index: SecretKey) throws {
        guard let key = open.identityKey, let custody = open.stored.standing.custody,
            let office = open.picture.world.office(.custody, of: custody.organ)
        else { throw CasefileError.keyMissing }
        let made = open.picture.wraps(
            of: key, to: office.id, audience: .letters, barred: after.standing.barred)
        guard !made.isEmpty else { throw CasefileError.nobodyHome(organ: custody.organ.description) }
        wraps += made
        let world = open.picture.world
        if let before = open.stored.standing.identityOrgan, before != custody.organ {
            let people = world.staff.values.filter { $0.organ == before }.map { Recipient.staff($0.id).description }
            let offices = world.offices(of: before).map { Recipient.office($0.id).description }
            dropWraps += (people + offices).map { (key.id, $0) }
        }
        after.standing.identityAt = custody.index
        identityMarks = try reporter.map { try IdentityMarks(index).all(of: $0, at: custody.organ) }
    }
}
