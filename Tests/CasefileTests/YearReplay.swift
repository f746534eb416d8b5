import Casework
import Database
import Kernel
import WorkingDays

@testable import Casefile

/// What a page showed of a report, and after which event.
struct YearShown {
    var id: ReportID
    var sequence: Int
    var outline: Bool
    var stage: String
    var due: Day?
    var limits: [String]
    /// `nil`: not for this viewer.
    var marks: [String]?
    var category: String?

    init(_ view: ReportView, on day: Day) {
        id = view.id
        sequence = view.standing.sequence
        outline = view.reach.outline
        stage = view.standing.stage
        due = view.due
        limits = view.limits.map(Self.words)
        marks = view.reach.letter ? view.marks : nil
        category = view.category
    }

    static func words(_ limit: LimitState) -> String {
        "\(limit.rule.name) \(limit.start.day)→\(limit.due) met \(limit.met?.day.text ?? "—") \(limit.provisional)"
    }
}

/// One row of the story, as it lies in the database.
struct YearEvent {
    var act: DoneAct
    var to: String
    var organ: OrganID

    static func load(_ tx: any Transaction, _ id: ReportID) throws -> [YearEvent] {
        try tx.rows("SELECT * FROM event WHERE report_id = \(id) ORDER BY seq").map { row in
            YearEvent(
                act: DoneAct(
                    act: try row.get("act"), from: try row.get("from_stage"), staff: try row.maybe("staff_id"),
                    custody: try row.get("custody"), at: try row.get("at"), sequence: try row.get("seq"),
                    codes: JSONText.decode(try row.get("codes")) ?? [:]),
                to: try row.get("to_stage"), organ: try row.get("organ_id"))
        }
    }
}

/// A report told anew from its events alone.
struct YearReplay {
    var stage = ""
    var organs: [(organ: OrganID, via: String?)] = []
    var handlers: Set<StaffID> = []
    var proposal: String?
    var disposal: String?
    var category: String?
    var realName: String
    var identityAt = 0
    var isRepeat = false
    var marks: [String]
    var done: [DoneAct] = []

    init(_ events: some Collection<YearEvent>, marks: [String], hasReporter: Bool, workflow: Workflow) {
        self.marks = marks
        realName = hasReporter ? "unverified" : "anonymous"
        for event in events { add(event, workflow) }
    }

    private mutating func add(_ event: YearEvent, _ workflow: Workflow) {
        let act = event.act
        let codes = act.codes
        done.append(act)
        stage = event.to
        if let rule = workflow.acts[act.act], rule.approval.isEmpty, let mark = rule.mark { add(mark: mark) }
        let over = workflow.acts[act.act]?.unmark ?? []
        marks.removeAll { over.contains($0) }
        let isNews = ["reporter-message", "reporter-file", "object"].contains(act.act) && act.staff == nil
        if isNews, act.from != "received" { add(mark: "reporter-news") }
        if act.act == "repeat-told", workflow.stages[stage]?.phase != .end { add(mark: "repeat-news") }
        switch act.act {
        case "file": organs = [(event.organ, nil)]
        case "register":
            if let list = codes["sensitivity"] {
                let sensitivity = Set(workflow.vocabularies["sensitivity"]?.map(\.value) ?? [])
                marks = list.split(separator: " ").map(String.init) + marks.filter { !sensitivity.contains($0) }
            }
        case "classify": category = codes["category"]
        case "propose": proposal = codes["way"]
        case "withdraw-proposal":
            proposal = nil
            if ["disposal-proposed", "verifying", "report-signing", "handling"].contains(act.from) { disposal = nil }
        case "dispose": disposal = codes["kind"]
        case "review-appeal": disposal = codes["outcome"]
        case "pass-to-investigation": proposal = "transfer"
        case "allocate":
            handlers = Set((codes["handlers"] ?? "").split(separator: " ").compactMap { StaffID(String($0)) })
        case "amend-identity":
            // To another name than it was before, as all that the year makes up are.
            if codes["corrected"]?.split(separator: " ").contains("name") == true { realName = "unverified" }
        case "verify-identity": realName = codes["status"] ?? realName
        case "pass-identity": identityAt = organs.count - 1
        case "link": isRepeat = true
        case "unlink": isRepeat = false
        case "refer": handlers = []
        case "recuse": if let staff = act.staff { handlers.remove(staff) }
        case "forward", "assign", "send-up", "dispute", "call-in": arrive(codes["to"], via: act.act, workflow)
        case "approve" where act.from == "return-proposed":
            if event.to == "incoming" { return arrive(codes["to"], via: "return", workflow) }
            handlers = []
            proposal = nil
            disposal = nil
        case "approve" where act.from == "outcome-proposed":
            if event.to == "shelved" { disposal = "shelve" }
            if event.to == "case-filing" { disposal = nil }
        case "approve" where act.from == "transfer-proposed":
            handlers = []
            disposal = nil
        case "reject":
            if act.from == "disposal-proposed" { disposal = nil }
            if ["proposed", "transfer-proposed"].contains(act.from) { proposal = nil }
        case "reopen" where event.to == "registered":
            proposal = nil
            disposal = nil
        case "amend" where act.from != event.to:
            // A matter that is not ours, or an own cadre's, comes back from where it was handled.
            proposal = nil
            if workflow.stages[act.from]?.phase != .intake {
                handlers = []
                disposal = nil
            }
        case "decide" where codes["agreed"] == "yes":
            if let asked = codes["request-act"].flatMap({ workflow.acts[$0] }), let mark = asked.mark,
                asked.steps.isEmpty || asked.steps.contains(where: { $0.stage == act.from })
            {
                add(mark: mark)
            }
            if ["ask-recusal", "request-recusal"].contains(codes["request-act"]),
                let person = codes["person"].flatMap({ StaffID($0) })
            {
                handlers.remove(person)
            }
        default: break
        }
    }

    private mutating func add(mark: String) { if !marks.contains(mark) { marks.append(mark) } }

    private mutating func arrive(_ organ: String?, via: String, _ workflow: Workflow) {
        guard let organ = organ.flatMap({ OrganID($0) }) else { return }
        let over = Set(workflow.acts.values.flatMap(\.unmark)).subtracting(Workflow.lastingMarks)
        marks.removeAll { over.contains($0) }
        organs.append((organ, via))
        let last = organs.suffix(2).map(\.organ)
        let same = zip(organs, organs.dropFirst()).filter { [$0.organ, $1.organ] == last }
        if via != "call-in", same.count >= 2 { add(mark: "ping-pong") }
        handlers = []
        proposal = nil
        disposal = nil
    }

    /// What the limits look at.
    func standing(like stored: Standing) -> Standing {
        var standing = stored
        standing.stage = stage
        standing.sequence = done.count
        standing.custodies = organs.enumerated().compactMap { index, hop in
            guard stored.custodies.indices.contains(index) else { return nil }
            var custody = stored.custodies[index]
            custody.organ = hop.organ
            custody.via = hop.via
            return custody
        }
        standing.handlers = handlers
        standing.disposal = disposal
        standing.category = category
        standing.realName = realName
        standing.isRepeat = isRepeat
        standing.identityAt = identityAt
        standing.done = done
        return standing
    }
}
