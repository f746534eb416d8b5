package import Kernel

/// One organ's time with a report: a hop of its way.
package struct Custody: Sendable, Hashable {
    package var index: Int
    package var organ: OrganID
    /// The letters office, or internal supervision for an own cadre.
    package var intakeOffice: OfficeID
    /// The office that holds the report now.
    package var office: OfficeID
    package var audience: Audience
    /// The act that brought it here; `nil` for the first.
    package var via: String?
    package var since: Instant
    /// The number drawn by this organ at registration.
    package var number: String?

    package init(
        index: Int, organ: OrganID, intakeOffice: OfficeID, office: OfficeID, audience: Audience, via: String?,
        since: Instant, number: String?
    ) {
        self.index = index
        self.organ = organ
        self.intakeOffice = intakeOffice
        self.office = office
        self.audience = audience
        self.via = via
        self.since = since
        self.number = number
    }
}

/// What was proposed and waits for, or has, approval.
package struct Proposal: Sendable, Hashable, Codable {
    package var way: String
    package var office: OfficeID?
    package var organ: OrganID?

    package init(way: String, office: OfficeID? = nil, organ: OrganID? = nil) {
        self.way = way
        self.office = office
        self.organ = organ
    }
}

/// An act that was done, as the rules look at it.
package struct DoneAct: Sendable, Hashable {
    package var act: String
    /// The stage the report left.
    package var from: String
    package var staff: StaffID?
    package var custody: Int
    package var at: Instant
    /// The place of the act in the report's story, from 1.
    package var sequence: Int
    /// The codes that stand open in the event.
    package var codes: [String: String]

    package init(
        act: String, from: String, staff: StaffID?, custody: Int, at: Instant, sequence: Int = 0,
        codes: [String: String] = [:]
    ) {
        self.act = act
        self.from = from
        self.staff = staff
        self.custody = custody
        self.at = at
        self.sequence = sequence
        self.codes = codes
    }
}

extension DoneAct {
    /// Whether this is somebody's agreement to a request of an act.
    package func isAgreement(to act: String) -> Bool {
        self.act == "decide" && codes["request-act"] == act && codes["agreed"] == "yes"
    }
}

/// Everything the rules need to know of a report; no word of its content.
package struct Standing: Sendable {
    package var stage: String
    /// Rises with every event: two people who act at once are told apart by it.
    package var sequence: Int
    /// Never empty for a stored report; the last one is in force.
    package var custodies: [Custody]
    package var handlers: Set<StaffID>
    package var barred: Set<StaffID>
    package var proposer: StaffID?
    package var proposal: Proposal?
    package var disposal: String?
    /// A value of the vocabulary `real-name`.
    package var realName: String
    package var hasReporter: Bool
    /// The custody whose organ's custodians hold the reporter's identity: it is passed on by one of them.
    package var identityAt: Int
    package var done: [DoneAct]
    /// A value of the vocabulary `category`, once judged.
    package var category: String?
    /// The verification team (监督执纪工作规则: at least two).
    package var team: Set<StaffID>
    /// The report repeats another one of this organ.
    package var isRepeat: Bool
    /// Offices that look on, and why: `copy` or `alarm`.
    package var watchers: [OfficeID: String]
    /// The leaders' office that decides on what is proposed: the organ's own, or the superior's where none was left.
    package var deciding: OfficeID?

    package init(
        stage: String, sequence: Int, custodies: [Custody], handlers: Set<StaffID>, barred: Set<StaffID>,
        proposer: StaffID?, proposal: Proposal?, disposal: String?, realName: String, hasReporter: Bool,
        identityAt: Int = 0, done: [DoneAct], category: String? = nil, team: Set<StaffID> = [],
        isRepeat: Bool = false, watchers: [OfficeID: String] = [:], deciding: OfficeID? = nil
    ) {
        self.stage = stage
        self.sequence = sequence
        self.custodies = custodies
        self.handlers = handlers
        self.barred = barred
        self.proposer = proposer
        self.proposal = proposal
        self.disposal = disposal
        self.realName = realName
        self.hasReporter = hasReporter
        self.identityAt = identityAt
        self.done = done
        self.category = category
        self.team = team
        self.isRepeat = isRepeat
        self.watchers = watchers
        self.deciding = deciding
    }

    package var custody: Custody? { custodies.last }

    /// The organ whose custodians hold the identity.
    package var identityOrgan: OrganID? { custodies.first { $0.index == identityAt }?.organ }

    /// What `real-name` may say of a reporter whose name was verified.
    package static let verifiedNames: Set = ["real-name", "joint", "organisation"]

    /// What `fact` and `holds` know: a rule file that names anything else is refused.
    static let facts: Set = [
        "proposal", "disposal", "real-name", "holder", "category", "via", "place", "signatures", "repeat",
        "stage", "first-leader", "team", "end", "spot-check", "repeat-notice",
    ]
    static let claims: Set = [
        "real-name", "signed-name", "identity-behind", "has-reporter", "notice-due", "supervised", "result-due",
        "result-unrecognised", "alarmed", "assigned", "inquiry", "verification", "shelved", "appeal", "request",
        "paused", "team-short", "held", "not-held", "inquiry-answered", "spot-check-drawn", "spot-check-due",
        "spot-check-doubtful", "repeat", "demand-promised",
    ]

    /// Facts that conditions of the rules may name.
    package func fact(_ name: String, in world: World) -> String? {
        switch name {
        case "proposal": proposal?.way
        case "disposal": disposal
        case "real-name": realName
        case "holder": wasDone("conclude") ? "handling" : "intake"
        case "category": category
        case "via": custody?.via ?? "first"
        case "place": custody.map { $0.office == $0.intakeOffice ? "intake" : "handling" }
        case "signatures": unsigned(in: world).count <= 1 ? "last" : "open"
        case "repeat": isRepeat ? "yes" : "no"
        case "repeat-notice": isRepeat && lastIndex(of: "keep") > lastIndex(of: "tell-repeat") ? "due" : "none"
        case "stage": stage
        case "team": holds("team-short", in: world) ? "short" : "whole"
        case "spot-check": spotCheck
        case "end":
            done.last { $0.act == "conclude" && $0.custody == custody?.index && $0.codes["end"] != nil }?.codes["end"]
        case "first-leader":
            // As the disposal found it, or a correction since.
            done.last {
                $0.custody == custody?.index
                    && ($0.act == "dispose" || ($0.act == "amend" && $0.codes["first-leader"] != nil))
            }?.codes["first-leader"] ?? "no"
        default: nil
        }
    }

    /// Whether somebody promised to settle what the reporter wants, and nothing was written of it since.
    var isDemandPromised: Bool {
        let last = done.last { $0.act == "demand" || ($0.act == "conclude" && $0.codes["demand-settled"] == "true") }
        return last?.act == "demand" && last?.codes["state"] == "promised"
    }

    /// Whether what was disposed of last concerns a member of the same-level committee, as who proposed it said.
    package var isOfCommittee: Bool {
        done.last { $0.act == "dispose" && $0.custody == custody?.index }?.codes["committee-member"] == "true"
    }

    /// Whether a fact named alone holds: `real-name` (verified), `signed-name` (a name that nobody verified yet),
    /// `identity-behind` (the report went on, the identity did not).
    package func holds(_ name: String) -> Bool {
        switch name {
        case "real-name": Self.verifiedNames.contains(realName)
        case "signed-name": hasReporter && realName == "unverified"
        case "identity-behind": hasReporter && identityAt != custody?.index
        case "has-reporter": hasReporter
        case "notice-due": holds("real-name") && !isRepeat
        case "repeat": isRepeat
        case "demand-promised": isDemandPromised
        case "supervised": isOpen("supervise", until: ["answer-supervision"])
        case "result-due": holds("assigned") && lastEnd > lastAgreed("report-up")
        case "result-unrecognised": holds("assigned") && lastAgreed("report-up") > lastIndex(of: "recognise")
        case "alarmed": watchers.values.contains("alarm")
        case "assigned": custody?.via == "assign"
        case "inquiry": disposal == "inquiry"
        case "verification": disposal == "verify"
        case "shelved": stage == "shelved"
        case "paused": isOpen("pause", until: ["resume"])
        case "appeal": category == "appeal"
        case "inquiry-answered", "spot-check-drawn", "spot-check-due", "spot-check-doubtful": isSpotCheck(name)
        case "held": isHeld
        case "not-held": !isHeld
        default: false
        }
    }

    /// The same, with what only the world knows: `team-short` while a verification has no team, or one with somebody in
    /// it who stood aside or left the office.
    func holds(_ name: String, in world: World) -> Bool {
        guard name == "team-short" else { return holds(name) }
        guard disposal == "verify", let office = custody?.office else { return false }
        return team.isEmpty
            || team.contains { person in
                barred.contains(person) || world.staff[person]?.active != true
                    || !world.places(of: person).contains { $0.office == office }
            }
    }

    /// Members of the verification team whose signature is still missing from the report of the last conclusion. A team
    /// that was changed, or a verification that was begun anew, has signed nothing yet.
    package func unsigned(in world: World) -> Set<StaffID> {
        let since = done.lastIndex {
            ["conclude", "form-team"].contains($0.act) || ($0.act == "approve" && $0.from == "disposal-proposed")
        }
        let signed = done.dropFirst(since ?? 0).filter { $0.act == "conclude" || $0.act == "countersign" }
        return team.subtracting(signed.compactMap(\.staff)).subtracting(barred)
            .filter { world.staff[$0]?.active == true }
    }

    /// The last act by which the matter came to an end here, whichever way.
    private var lastEnd: Int {
        ["conclude", "review-appeal", "answer-suggestion", "outside-result", "decline", "keep"].map(lastIndex).max()
            ?? 0
    }

    private func lastIndex(of act: String) -> Int {
        done.last { $0.act == act && $0.custody == custody?.index }?.sequence ?? 0
    }

    /// The place in the story of the last agreement to a request of this act; 0 for none.
    private func lastAgreed(_ act: String) -> Int {
        done.last { $0.isAgreement(to: act) && $0.custody == custody?.index }?.sequence ?? 0
    }

    private func isOpen(_ act: String, until ends: Set<String>) -> Bool {
        let begun = lastAgreed(act)
        return begun > 0 && !done.contains { ends.contains($0.act) && $0.sequence > begun }
    }

    /// Whether a condition holds; what is no fact of the report is looked for among what was chosen with the act.
    func fulfils(_ condition: Condition, chosen: [String: String] = [:], in world: World) -> Bool {
        condition.allSatisfy { key, values in
            let value = Self.facts.contains(key) ? fact(key, in: world) : chosen[key]
            return value.map(values.contains) ?? false
        }
    }

    /// Staff who did something while this custody lasted, and saw the report for it.
    func participants(of custody: Int) -> Set<StaffID> {
        Set(done.lazy.filter { $0.custody == custody && $0.codes["blind"] == nil }.compactMap(\.staff))
    }

    /// Whether the organ that holds the report did this act.
    package func wasDone(_ act: String) -> Bool {
        guard let index = custody?.index else { return false }
        return done.contains { $0.act == act && $0.custody == index }
    }
}
