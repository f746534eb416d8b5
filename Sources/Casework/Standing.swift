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

    package init(
        stage: String, sequence: Int, custodies: [Custody], handlers: Set<StaffID>, barred: Set<StaffID>,
        proposer: StaffID?, proposal: Proposal?, disposal: String?, realName: String, hasReporter: Bool,
        identityAt: Int = 0, done: [DoneAct]
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
    }

    package var custody: Custody? { custodies.last }

    /// The organ whose custodians hold the identity.
    package var identityOrgan: OrganID? { custodies.first { $0.index == identityAt }?.organ }

    /// What `fact` and `holds` know: a rule file that names anything else is refused.
    static let facts: Set = ["proposal", "disposal", "real-name", "holder"]
    static let claims: Set = ["real-name", "signed-name", "identity-behind", "has-reporter"]

    /// Facts that conditions of the rules may name.
    func fact(_ name: String, in world: World) -> String? {
        switch name {
        case "proposal": proposal?.way
        case "disposal": disposal
        case "real-name": realName
        case "holder": wasDone("conclude") ? "handling" : "intake"
        default: nil
        }
    }

    /// Whether a fact named alone holds: `real-name` (verified), `signed-name` (a name that nobody verified yet),
    /// `identity-behind` (the report went on, the identity did not).
    package func holds(_ name: String) -> Bool {
        switch name {
        case "real-name": ["real-name", "joint", "organisation"].contains(realName)
        case "signed-name": hasReporter && realName == "unverified"
        case "identity-behind": hasReporter && identityAt != custody?.index
        case "has-reporter": hasReporter
        default: false
        }
    }

    func fulfils(_ condition: Condition, in world: World) -> Bool {
        condition.allSatisfy { key, values in fact(key, in: world).map(values.contains) ?? false }
    }

    /// Staff who did something while this custody lasted.
    func participants(of custody: Int) -> Set<StaffID> {
        Set(done.lazy.filter { $0.custody == custody }.compactMap(\.staff))
    }

    func wasDone(_ act: String) -> Bool {
        guard let index = custody?.index else { return false }
        return done.contains { $0.act == act && $0.custody == index }
    }
}
