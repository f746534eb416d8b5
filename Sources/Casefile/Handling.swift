import Casework
import Foundation
import Kernel

/// The four disposals and what they ask for: new questions, a plan and a team.
extension ActChange {
    /// Proposes one of the four disposals (规则 17条).
    mutating func dispose(_ input: CheckedInput) throws {
        after.standing.proposer = viewer?.staff
        after.standing.disposal = input.values["kind"]
        if let questions = input.values["questions"] { try refuseCopied(questions) }
        if let day = input.values["until"].flatMap({ Day($0) }), day <= at.day {
            throw CasefileError.invalid([FieldFault("until", "dayOver")])
        }
        if reportsFirstLeader(letter) { codes["first-leader"] = "yes" }
        if input.values["kind"] == "verify" { try formTeam(input.lists["team"], field: "team") }
        try admitLeaders()
    }

    /// Whether somebody reported leads, as the first, a unit that this organ's own level manages: the 一把手 of the next
    /// level down.
    private func reportsFirstLeader(_ letter: Letter?) -> Bool {
        guard let organ = after.standing.custody.flatMap({ open.picture.world.organs[$0.organ] }) else { return false }
        let rank = open.picture.world.rank(of: organ)
        return letter?.reported.contains { $0.principal && $0.management.rank == rank } ?? false
    }

    /// A correction may show only now that a first leader is reported, or that none is: who decides on the disposal
    /// follows, and the superior hears of what goes on already.
    mutating func followFirstLeader(_ letter: Letter) throws {
        let found = reportsFirstLeader(letter) ? "yes" : "no"
        guard after.standing.wasDone("dispose"),
            found != after.standing.fact("first-leader", in: open.picture.world)
        else { return }
        codes["first-leader"] = found
        settle()
        if waitsForLeaders {
            try findDeciders()
        } else if after.standing.disposal != nil {
            reportToSuperior()
        }
    }

    /// What was decided about a first leader, or a member of the same-level committee, is reported to the superior at the
    /// same time: the director of its letters office has a copy and sees how it goes on.
    mutating func reportToSuperior() {
        let world = open.picture.world
        guard after.standing.fact("first-leader", in: world) == "yes" || after.standing.isOfCommittee,
            let organ = after.standing.custody.flatMap({ world.organs[$0.organ] }),
            let superior = world.parent(of: organ), let desk = world.office(.letters, of: superior.id),
            world.canCarryOn(desk.id, audience: .director, barred: after.standing.barred),
            after.standing.watchers[desk.id] == nil
        else { return }
        after.standing.watchers[desk.id] = "copy"
    }

    /// The people who verify: those chosen, else the handlers, who proposed, and the director; as many as the rules ask.
    mutating func formTeam(_ chosen: [String]?, field: String) throws {
        let world = open.picture.world
        guard let office = open.stored.standing.custody?.office else { throw CasefileError.notFound }
        let least = open.workflow.leastTeam
        var team = Set((chosen ?? []).compactMap { StaffID($0) })
        let members = world.members(of: office).filter {
            $0.admitted && !after.standing.barred.contains($0.staff)
        }
        if team.isEmpty {
            team = after.standing.handlers
            if let viewer, members.contains(where: { $0.staff == viewer.staff }) { team.insert(viewer.staff) }
            team.formUnion(members.filter { $0.role == .director }.map(\.staff))
            if team.count < least { team.formUnion(members.map(\.staff).prefix(least)) }
        }
        guard team.count >= least else { throw CasefileError.invalid([FieldFault(field, "tooFew")]) }
        after.standing.team = team
    }

    /// A required list about the reported (规则 18条: the results) leaves none of them out.
    func refuseGaps(_ input: CheckedInput) throws {
        for field in rule.fields where field.kind == .list && field.required {
            guard let place = field.item.first(where: { $0.options == "reported" }) else { continue }
            let told = Set((input.items[field.name] ?? []).compactMap { $0[place.name] })
            let all = place.allChoices(ChoiceLists(open: open, letter: letter).lists(for: [rule])).map(\.value)
            if !told.isSuperset(of: all) { throw CasefileError.invalid([FieldFault(field.name, "everyParty")]) }
        }
    }

    /// The report of a verification: once the whole team has signed, it lies before who decides how it ends.
    mutating func submitReport() throws {
        if rule.effect == "conclude" {
            waitForSignatures()
            if open.stored.standing.stage == "verifying" { after.standing.proposer = viewer?.staff }
        }
        if waitsForLeaders { try admitLeaders() }
    }

    /// A verification that ends on the shelf, or in a case, is over with its team. What it found stays.
    mutating func endVerification() {
        switch after.standing.fact("end", in: open.picture.world) {
        case "shelve":
            after.standing.disposal = "shelve"
            after.standing.team = []
        case "case-filing":
            after.standing.disposal = nil
            after.standing.team = []
        default: break
        }
    }

    /// Somebody outside the team does not conclude for it: the signatures that are missing are waited for.
    private mutating func waitForSignatures() {
        guard !after.standing.unsigned(in: open.picture.world).isEmpty else { return }
        let step = rule.steps.first {
            $0.stage == open.stored.standing.stage && $0.when["signatures"]?.contains("open") == true
        }
        if let stage = step?.to { after.standing.stage = stage }
    }

    /// Questions to the reported person are written anew (I-6): a list that shares a long run of characters with the
    /// report, the names of those who are asked apart, is refused.
    private func refuseCopied(_ questions: String) throws {
        guard let letter else { throw CasefileError.keyMissing }
        let longest = open.workflow.longestSharedRun
        guard longest < CheckedInput.longest else { return }
        // No field of an act holds a zero character: what stands on both sides of a name is no run.
        var asked = questions
        for party in letter.reported {
            for name in [party.unit, party.name, party.position] where name.count > 1 {
                asked = asked.replacing(name, with: "\0")
            }
        }
        let texts = [letter.title, letter.content, letter.demand ?? ""] + told
        if texts.contains(where: { SharedRun($0, length: longest + 1).occurs(in: asked) }) {
            throw CasefileError.invalid([FieldFault("questions", "copied")])
        }
    }

    mutating func proposeTransfer(_ input: CheckedInput) throws {
        guard let office = input.values["office"].flatMap({ OfficeID($0) }) else { return }
        after.standing.proposer = viewer?.staff
        after.standing.proposal = Proposal(way: "transfer", office: office)
        try admitLeaders()
    }
}

/// All runs of a number of characters that stand in a text. White space, line breaks, punctuation, marks and width are
/// no difference: nobody gets a sentence across by breaking it into lines.
struct SharedRun {
    private let runs: Set<ArraySlice<Unicode.Scalar>>
    private let length: Int

    init(_ text: String, length: Int) {
        self.length = length
        runs = Set(Self.windows(of: text, length))
    }

    /// Whether a piece of the text between zero characters holds one of the runs.
    func occurs(in text: String) -> Bool {
        text.split(separator: "\0").contains { piece in
            Self.windows(of: String(piece), length).contains(where: runs.contains)
        }
    }

    private static func windows(of text: String, _ length: Int) -> [ArraySlice<Unicode.Scalar>] {
        let letters = text.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber:
                true
            default: false
            }
        }
        guard length > 0, letters.count >= length else { return [] }
        let all = Array(letters)
        return (0...(all.count - length)).map { all[$0..<($0 + length)] }
    }
}
