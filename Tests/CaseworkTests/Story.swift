import Casework
import Kernel

/// Plays acts on a report as the rules and their effects have it, without any storage.
struct Story {
    let workflow: Workflow
    let world: World
    static let start = Instant(milliseconds: 1_767_571_200_000)

    /// A report that has just been filed; the reported are barred from the first moment.
    func filed(
        at organ: Organ, _ audience: Audience = .letters, signed: Bool = false, barred: Set<StaffID> = []
    ) -> Standing? {
        guard let desk = world.office(audience == .internal ? .internal : .letters, of: organ.id) else { return nil }
        return Standing(
            stage: "received", sequence: 0,
            custodies: [
                Custody(
                    index: 0, organ: organ.id, intakeOffice: desk.id, office: desk.id, audience: audience, via: nil,
                    since: Self.start, number: nil)
            ],
            handlers: [], barred: barred, proposer: nil, proposal: nil, disposal: nil,
            realName: signed ? "unverified" : "anonymous", hasReporter: signed,
            done: [DoneAct(act: "file", from: "", staff: nil, custody: 0, at: Self.start)])
    }

    /// Every way in which the act may turn out.
    func after(_ act: PossibleAct, by person: StaffID, on before: Standing) -> [Standing] {
        guard let custody = before.custody else { return [] }
        var next = before
        next.stage = act.to
        next.sequence += 1
        next.done.append(
            DoneAct(act: act.rule.name, from: before.stage, staff: person, custody: custody.index, at: Self.start))
        switch act.rule.effect {
        case "propose":
            next.proposer = person
            return proposals(custody, without: before.barred).map { proposal in
                var next = next
                next.proposal = proposal
                return next
            }
        case "approve" where before.stage == "return-proposed":
            next.handlers = []
            next.proposal = nil
            move(&next, to: custody.intakeOffice)
        case "refer":
            guard let office = before.proposal?.office else { return [] }
            next.handlers = []
            move(&next, to: office)
        case "hand-down", "send-up": return handedOver(next, custody, act.rule.name)
        case "propose-return": next.proposer = person
        case "dispose":
            next.proposer = person
            return ["verify", "shelve"].map { kind in
                var next = next
                next.disposal = kind
                return next
            }
        case "allocate":
            let members = Set(world.members(of: custody.office).filter(\.admitted).map(\.staff))
                .subtracting(before.barred).sorted()
            return [Set(members.prefix(1)), Set(members)].map { chosen in
                var next = next
                next.handlers = chosen
                return next
            }
        case "verify-identity":
            return ["real-name", "false-name"].map { status in
                var next = next
                next.realName = status
                return next
            }
        case "pass-identity": next.identityAt = custody.index
        case "recuse":
            next.barred.insert(person)
            next.handlers.remove(person)
            let isLeft = world.canCarryOn(
                custody.office, audience: custody.audience, handlers: next.handlers, barred: next.barred)
            if !isLeft { return [] }
        case "reopen" where act.to == "registered":
            next.proposal = nil
            move(&next, to: custody.intakeOffice)
        default: break
        }
        if act.rule.name == "reject" {
            if before.stage == "proposed" { next.proposal = nil }
            if before.stage == "disposal-proposed" { next.disposal = nil }
        }
        return [next]
    }

    private func move(_ standing: inout Standing, to office: OfficeID) {
        let last = standing.custodies.count - 1
        if last >= 0 { standing.custodies[last].office = office }
    }

    private func proposals(_ custody: Custody, without barred: Set<StaffID>) -> [Proposal] {
        let refer = world.offices(of: custody.organ)
            .filter { custody.audience == .internal ? $0.id == custody.intakeOffice : $0.kind == .inspection }
            .filter { world.canCarryOn($0.id, audience: .letters, barred: barred) }
            .map { Proposal(way: "refer", office: $0.id) }
        let lower = custody.audience == .letters ? world.children(of: custody.organ) : []
        let down = lower.flatMap { [Proposal(way: "forward", organ: $0.id), Proposal(way: "assign", organ: $0.id)] }
        let up = world.organs[custody.organ].flatMap(world.parent(of:)).map { _ in Proposal(way: "send-up") }
        return refer + down + [Proposal(way: "decline"), Proposal(way: "keep")] + (up.map { [$0] } ?? [])
    }

    /// Sending up may end at the superior or, if that is what the report is about, at the one above it.
    private func handedOver(_ before: Standing, _ custody: Custody, _ way: String) -> [Standing] {
        guard let here = world.organs[custody.organ] else { return [] }
        let targets =
            way == "send-up"
            ? Array(world.line(from: here).dropFirst().prefix(2))
            : before.proposal?.organ.flatMap { world.organs[$0] }.map { [$0] } ?? []
        return targets.compactMap { target in
            guard let desk = world.office(.letters, of: target.id) else { return nil }
            var next = before
            next.custodies.append(
                Custody(
                    index: custody.index + 1, organ: target.id, intakeOffice: desk.id, office: desk.id,
                    audience: .letters, via: way, since: Self.start, number: nil))
            next.handlers = []
            next.proposal = nil
            next.proposer = nil
            next.disposal = nil
            return next
        }
    }
}

/// What of a report's past still makes a difference: two standings with one shape have one future.
struct Shape: Hashable {
    var stage: String
    var custodies: [[String]]
    var handlers: Set<StaffID>
    var barred: Set<StaffID>
    var proposer: StaffID?
    var proposal: Proposal?
    var disposal: String?
    var realName: String
    var identityAt: Int?
    var notified: Bool
    var concluded: Bool
    var tookPart: [Set<StaffID>]

    /// `counted` are the people for whom having taken part opens something: desk and leaders.
    init(_ standing: Standing, workflow: Workflow, counted: Set<StaffID>) {
        let now = standing.custody?.index
        stage = standing.stage
        custodies = standing.custodies.map {
            [$0.organ.description, $0.office.description, $0.audience.rawValue, $0.via ?? ""]
        }
        handlers = standing.handlers
        barred = standing.barred
        proposer = workflow.stages[stage]?.phase == .decision ? standing.proposer : nil
        proposal = ["proposed", "approved"].contains(stage) ? standing.proposal : nil
        disposal = stage == "disposal-proposed" ? standing.disposal : nil
        realName = standing.realName
        identityAt = standing.hasReporter ? standing.identityAt : nil
        notified = standing.done.contains { $0.act == "notify" && $0.custody == now }
        concluded = standing.done.contains { $0.act == "conclude" && $0.custody == now }
        tookPart = standing.custodies.map { custody in
            Set(standing.done.filter { $0.custody == custody.index }.compactMap(\.staff)).intersection(counted)
        }
    }
}
