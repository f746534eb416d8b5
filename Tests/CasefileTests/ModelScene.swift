import Casework
import Kernel

@testable import Casefile

/// One report in one small world, and how far its story is followed.
struct Scene: Sendable {
    static let name = "何平"

    var name: String
    /// The organ that the reporter chose.
    var organ = "Q1"
    var signed = false
    /// As filed, and as each correction leaves it.
    var letters: [[ReportedParty]] = [[Self.official(.township)]]
    /// Kin of the reported, by username.
    var kin: Set<String> = []
    /// The organs of this world.
    var organs = ["C1", "Q1"]
    /// How many organs the report may pass.
    var hops = 1
    var recusals = 0
    /// Requests that may be made, and how many of them.
    var asks: Set<String> = []
    var requests = 0
    /// In one organ every actor is followed; on longer ways one for each act is enough.
    var everyActor = false
    var ways: Set<String> = []
    /// The organs to which it may go down; empty: all.
    var lower: Set<String> = []
    var categories: Set<String> = ["discipline-breach"]
    var disposals: Set<String> = ["inquiry", "verify"]
    var ends: Set<String> = ["close"]
    /// Whose accounts may be closed at any moment, by username.
    var leavers: Set<String> = []
    /// Who may go on leave at any moment, and come back, by username.
    var leaves: Set<String> = []
    /// Acts that change nothing, or are followed in another scene.
    var skips: Set<String> = small
    /// Every answer to an inquiry is drawn to be checked, not one in some.
    var drawsAll = false
    /// Organs and offices ("Q1.inspection") that the report is about.
    var closed: [String] = []
    var closedOffices: [String] = []

    /// Who is away today, by username.
    var away: Set<String> = []
    /// Who acts for whom, named by whoever is away, or by the organ's standing order.
    var delegated: [(from: String, office: OfficeKind, role: Role, to: String)] = []
    /// Who acted for whom until yesterday.
    var former: [(from: String, office: OfficeKind, role: Role, to: String)] = []
    var order: [(office: OfficeKind, role: Role, people: [String])] = []

    /// The unit to which the dispatched team was sent, and whoever belongs to it, by username.
    static let attachedUnit = "清棠县民政局"
    var tied: Set<String> = []

    /// Acts that change nothing for anybody else.
    static let small: Set = [
        "message", "urge", "review-shelved", "outside-accepted", "link", "split", "hold", "spot-check", "demand",
    ]

    static func official(
        _ level: ManagementLevel, unit: String = "清棠县交通局", named: String = name, leads: Bool = false
    ) -> ReportedParty {
        ReportedParty(
            kind: .person, name: named, unit: unit, position: leads ? "局长" : "副局长", management: level,
            principal: leads)
    }

    func letter(_ edition: Int) -> Letter {
        Letter(title: "反映征地补偿问题", content: "补偿款三年没有发下来，村里没有公示。", reported: letters[edition])
    }

    /// What the reporter sends.
    var filing: Filing {
        let reporter = signed ? Reporter(kind: .named, name: "柳举报", phone: "19900000000") : nil
        return Filing(organ: organ, letter: letter(0), reporter: reporter, channel: .web)
    }

    /// Who works in the organ at which the report is filed, and in the others.
    var posts: Set<String> {
        var posts: Set = [
            "letters.director.0", "letters.triage.3", "leaders.principal.7", "inspection.director.8",
            "inspection.handler.9",
        ]
        if signed { posts.insert("custody.custodian.17") }
        if isFull {
            posts.formUnion([
                "letters.registrar.2", "leaders.deputy.5", "inspection.handler.10", "investigation.director.12",
                "investigation.handler.13", "internal.director.15", "internal.handler.16",
                "case-supervision.director.20", "case-supervision.member.21",
            ])
        }
        return posts.union(more)
    }

    static let postsElsewhere: Set = [
        "letters.director.0", "letters.registrar.2", "leaders.deputy.5", "leaders.principal.7", "inspection.director.8",
        "inspection.handler.9", "custody.custodian.17",
    ]

    /// Every office of the organ, and more than one of a role; else those without whom nothing goes on.
    var isFull = true
    /// Beside those.
    var more: Set<String> = []

    /// One clerk is a deputy leader too.
    let seats: [(String, OfficeKind, Role)] = [("q1.letters.triage.3", .leaders, .deputy)]
}

extension Scene {
    private static let plain: Set = ["refer", "keep", "decline"]

    static let all: [Scene] = inOneOrgan + fromOrganToOrgan

    private static let inOneOrgan = [
        Scene(
            name: "one organ, whoever may act", kin: ["q1.inspection.handler.10", "q1.leaders.deputy.5"],
            everyActor: true, ways: ["refer"], disposals: ["inquiry", "verify", "shelve", "close"]),
        Scene(
            name: "one organ, signed, every way and every small act", signed: true,
            ways: ["refer", "decline", "hand-out"], disposals: ["close", "shelve"],
            skips: ["message", "link", "demand"]),
        Scene(
            name: "one organ, a demand is promised and settled", ways: ["refer", "decline"], disposals: ["close"],
            skips: small.union(["return", "consult", "pass-to-investigation"]).subtracting(["demand"])),
        Scene(
            name: "one organ, appeals and suggestions", ways: plain,
            categories: ["appeal", "suggestion", "no-substance"]),
        Scene(
            name: "one organ, two recuse themselves", recusals: 2, ways: plain, disposals: ["inquiry"], isFull: false),
        Scene(
            name: "one organ, somebody is asked to recuse", asks: ["ask-recusal"], requests: 1, ways: plain,
            isFull: false),
        Scene(
            name: "one organ, a reporter asks that somebody stand aside", asks: ["request-recusal"], requests: 1,
            ways: plain, disposals: ["inquiry"], isFull: false),
        Scene(
            name: "one organ, every request", signed: true,
            asks: [
                "extend", "pause", "clarify", "determine-false", "protect", "trace", "open-identity", "release-hold",
            ], requests: 1, ways: ["refer"], disposals: ["verify"],
            skips: small.union(["notify", "verify-identity"]).subtracting(["hold"]), isFull: false),
        Scene(
            name: "one organ, others act for those who are away", recusals: 1, ways: plain, disposals: ["inquiry"],
            away: ["q1.leaders.principal.7", "q1.leaders.deputy.5", "q1.inspection.director.8"],
            delegated: [("q1.leaders.principal.7", .leaders, .principal, "q1.letters.registrar.2")],
            former: [("q1.leaders.deputy.5", .leaders, .deputy, "q1.internal.director.15")],
            order: [(.inspection, .director, ["q1.inspection.handler.9", "q1.inspection.handler.10"])]),
        Scene(
            name: "one organ, a first leader, and one recuses", letters: [[official(.county, leads: true)]],
            recusals: 1, ways: plain, disposals: ["verify", "close"], isFull: false),
        Scene(
            name: "one organ, a hard report studied with case supervision",
            letters: [
                [official(.township)], [official(.unknown)], [official(.township)],
                [official(.township, unit: "清棠县纪委监委", named: "温怀垅")],
            ], recusals: 2, ways: ["keep"], categories: ["no-substance"],
            away: ["q1.case-supervision.director.20"],
            delegated: [
                ("q1.case-supervision.director.20", .caseSupervision, .director, "q1.internal.director.15")
            ], isFull: false,
            more: [
                "letters.registrar.2", "internal.director.15", "case-supervision.director.20",
                "case-supervision.member.21",
            ]),
        Scene(
            name: "one organ, each way a verification ends", ways: ["refer"], disposals: ["verify"],
            ends: ["close", "reminder", "shelve", "pass-on", "case-filing"], isFull: false),
        Scene(
            name: "one organ, answers are checked on the spot", ways: ["refer"], disposals: ["inquiry", "close"],
            skips: small.subtracting(["spot-check"]), isFull: false,
            more: ["investigation.director.12", "investigation.handler.13"]),
        Scene(
            name: "one organ, every answer is drawn, and one recuses", recusals: 1, ways: plain,
            disposals: ["inquiry"], skips: small.subtracting(["spot-check"]), drawsAll: true, isFull: false),
        Scene(
            name: "one organ, leaders leave", ways: ["refer"], disposals: ["verify"],
            leavers: ["q1.leaders.principal.7", "q1.letters.triage.3", "c1.leaders.principal.7"],
            isFull: false),
        Scene(
            name: "one organ, leaders leave while they are asked", asks: ["extend"], requests: 1, ways: ["refer"],
            disposals: ["verify"],
            leavers: ["q1.leaders.principal.7", "q1.letters.triage.3"],
            isFull: false),
        Scene(
            name: "one organ, leaders go on leave and come back", ways: ["refer"], disposals: ["verify"],
            leaves: ["q1.leaders.principal.7", "q1.letters.triage.3", "c1.leaders.principal.7"],
            skips: small.union(["consult", "return", "pass-to-investigation"]), isFull: false),
        Scene(
            name: "one organ, a director goes on leave and comes back, and one recuses", recusals: 1,
            ways: plain, disposals: ["inquiry"], leaves: ["q1.leaders.principal.7", "q1.inspection.director.8"],
            skips: small.union(["consult"]),
            order: [(.inspection, .director, ["q1.inspection.handler.9"])], isFull: false),
        Scene(
            name: "one organ, everybody leaves who decides", ways: ["keep"], categories: ["no-substance"],
            leavers: [
                "q1.leaders.principal.7", "q1.letters.triage.3", "c1.leaders.deputy.5", "c1.leaders.principal.7",
            ],
            isFull: false),
        Scene(
            name: "one organ, case supervision is kin", kin: ["q1.case-supervision.director.20"], ways: ["keep"],
            categories: ["no-substance"]),
        Scene(
            name: "one organ, a request and a recusal", recusals: 1, asks: ["extend", "trace"], requests: 1,
            ways: plain, disposals: ["inquiry"], isFull: false),
    ]

    private static let fromOrganToOrgan = [
        Scene(
            name: "named by a correction",
            letters: [[official(.township, named: "某甲")], [official(.township)]],
            kin: ["q1.inspection.handler.9", "q1.letters.registrar.2", "c1.letters.registrar.2"],
            organs: ["C1", "Q1", "T1"], hops: 2, ways: ["refer", "forward"], lower: ["T1"]),
        Scene(
            name: "level unknown, then known",
            letters: [[official(.unknown)], [official(.county)]], hops: 2, ways: ["refer", "hand-out", "send-up"],
            disposals: ["inquiry"], isFull: false),
        Scene(
            name: "found to be above the platform", organ: "C1",
            letters: [[official(.county)], [official(.provincial)]], organs: ["C1"], ways: ["refer"],
            disposals: ["inquiry"], isFull: false),
        Scene(
            name: "an own cadre",
            letters: [[official(.township, unit: "清棠县纪委监委", named: "温怀垅")]], hops: 2,
            recusals: 1, closedOffices: ["Q1.inspection"]),
        Scene(
            name: "the town's commission",
            letters: [[ReportedParty(kind: .unit, name: "棠漪镇纪委", management: .township)]],
            organs: ["C1", "Q1", "T1"], hops: 2, closed: ["T1"]),
        Scene(
            name: "a team's unit", organ: "D1", letters: [[official(.township, unit: attachedUnit)]],
            organs: ["C1", "Q1", "D1"], hops: 3, ways: ["refer", "forward", "send-up"], lower: ["D1"],
            disposals: ["inquiry"],
            tied: [
                "d1.inspection.handler.10", "d1.letters.registrar.2", "q1.letters.registrar.2", "c1.leaders.deputy.5",
            ]),
        Scene(
            name: "down, supervised, reported up", organ: "C1", letters: [[official(.county)]], hops: 2,
            asks: ["supervise", "extend"], requests: 1, ways: ["refer", "assign"], lower: ["Q1"],
            disposals: ["inquiry"], isFull: false),
        Scene(
            name: "down and back, signed", organ: "C1", signed: true, letters: [[official(.county)]], hops: 3,
            ways: ["keep", "forward", "send-up"], lower: ["Q1"], categories: ["no-substance"]),
        Scene(
            name: "disputed, and a part split off",
            letters: [[official(.county), official(.township, named: "某乙")]], organs: ["C1", "Q1", "Q2", "T1"],
            hops: 3, ways: ["keep", "forward"], lower: ["Q2"], categories: ["no-substance"],
            skips: small.subtracting(["split"])),
        Scene(
            name: "to and fro", organs: ["C1", "Q1", "T1"], hops: 6, ways: ["forward", "keep"],
            lower: ["T1"], categories: ["no-substance"], skips: small.union(["consult", "withdraw-proposal", "reject"])),
    ]
}
