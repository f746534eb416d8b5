import Casework
import Kernel

@testable import Casefile

/// What of a report's past still makes a difference: two moments with one shape have one future.
struct Shape: Hashable {
    struct Hop: Hashable {
        var organ: OrganID
        var intake: OfficeID
        var office: OfficeID
        var audience: Audience
        var via: String?
    }

    struct Asked: Hashable {
        var act: String
        var asker: StaffID?
        var about: String?
    }

    struct Key: Hashable {
        var kind: String
        var custody: Int
        var holders: Set<String>
        var isSpoiled: Bool
    }

    var stage: String
    var hops: [Hop]
    var handlers: Set<StaffID>
    var barred: Set<StaffID>
    var proposer: StaffID?
    var proposal: Proposal?
    var disposal: String?
    /// How a verification is to end, while its report is signed and decided on.
    var end: String?
    var category: String?
    var facts: Set<String>
    var identityAt: Int?
    var team: Set<StaffID>
    var unsigned: Set<StaffID>
    var watchers: [OfficeID: String]
    var deciding: OfficeID?
    var asked: Set<Asked>
    /// How many requests were made so far: the scene allows only some.
    var requests: Int
    var tookPart: [Set<StaffID>]
    var edition: Int
    var gone: Set<String>
    var keys: Set<Key>

    /// `counted` are the people for whom having taken part opens something: desk and leaders.
    init(_ moment: Moment, _ model: Model, counted: Set<StaffID>) {
        let standing = moment.standing
        let (workflow, world) = (model.workflow, model.picture.world)
        stage = standing.stage
        let phase = workflow.stages[stage]?.phase
        hops = standing.custodies.map {
            Hop(organ: $0.organ, intake: $0.intakeOffice, office: $0.office, audience: $0.audience, via: $0.via)
        }
        handlers = standing.handlers
        barred = standing.barred
        let isLeader = standing.proposer.map { person in
            world.places(of: person).contains { world.offices[$0.office]?.kind == .leaders }
        }
        proposer = phase == .decision || isLeader == true ? standing.proposer : nil
        proposal = ["proposed", "approved", "transfer-proposed"].contains(stage) ? standing.proposal : nil
        disposal = ["disposal-proposed", "inquiring", "verifying"].contains(stage) ? standing.disposal : nil
        end = ["report-signing", "outcome-proposed"].contains(stage) ? standing.fact("end", in: world) : nil
        category = standing.category.flatMap { ["appeal", "suggestion"].contains($0) ? $0 : nil }
        let claims = [
            "real-name", "signed-name", "supervised", "result-due", "result-unrecognised", "notice-due", "paused",
            "held", "demand-promised",
        ]
        facts = Set(claims.filter(standing.holds))
        if let found = standing.fact("spot-check", in: world) { facts.insert("spot-check \(found)") }
        if standing.fact("first-leader", in: world) == "yes" { facts.insert("first-leader") }
        let now = standing.custody?.index
        for act in ["notify", "outside-accepted", "conclude", "reply", "feedback", "file-case"]
        where standing.done.contains(where: { $0.act == act && $0.custody == now }) { facts.insert(act) }
        identityAt = standing.hasReporter ? standing.identityAt : nil
        team = standing.team
        unsigned = team.isEmpty ? [] : standing.unsigned(in: world)
        watchers = standing.watchers
        deciding = phase == .decision ? standing.deciding : nil
        asked = Set(
            workflow.pending(on: standing).map {
                Asked(
                    act: $0.rule.name, asker: $0.act.staff, about: $0.act.codes["person"] ?? $0.act.codes[Request.named]
                )
            })
        requests = moment.requests(workflow)
        tookPart = standing.custodies.map { custody in
            let isSender = standing.custodies.contains {
                $0.index == custody.index + 1 && ["forward", "assign"].contains($0.via)
            }
            guard custody.index == now || isSender else { return [] }
            return Set(standing.done.lazy.filter { $0.custody == custody.index }.compactMap(\.staff))
                .intersection(counted)
        }
        edition = moment.edition
        gone = moment.gone
        let byKey = Dictionary(grouping: moment.holders, by: \.key)
        keys = Set(
            // Texts that both sides of a hop read have a key each, which opens nothing else.
            moment.keys.keys.filter { !["shared", "why"].contains($0.kind) }.map { key in
                let isLast = !moment.keys.keys.contains { $0.use == key.use && $0.turn > key.turn }
                return Key(
                    kind: key.kind, custody: key.custody, holders: Set((byKey[key.id] ?? []).map(\.recipient)),
                    isSpoiled: isLast && moment.spoiled.contains(key.id))
            })
    }
}

extension Moment {
    /// Requests made, those apart that the report itself waits for.
    func requests(_ workflow: Workflow) -> Int {
        standing.done.filter { workflow.acts[$0.act]?.approval.isEmpty == false && $0.act != "report-up" }.count
    }

    /// The way to this moment, for whoever must mend it.
    func told(_ model: Model) -> String {
        let world = model.picture.world
        let way = standing.custodies.map { "\($0.via ?? "filed")→\(world.organs[$0.organ]?.code ?? "")" }
        let acts = standing.done.map { act in
            let codes = act.codes["request-act"].map { " \($0) \(act.codes["agreed"] ?? "")" } ?? ""
            return "\(act.act)\(codes) \(model.name(act.staff))"
        }
        let barred = standing.barred.map(model.name).sorted()
        return
            "at \(standing.stage), \(way), \(standing.realName), barred \(barred), gone \(gone.sorted()), after \(acts)"
    }
}
