import Casework
import Foundation
import Kernel
import Sealing

@testable import Casefile

/// One moment of one report: its row, its keys and who holds them, its letter. No database: what an act writes is
/// worked out by the code that works it out for people, and laid over this.
struct Moment {
    var stored: StoredReport
    var keys: [OpenReport.StoredKey: HeldKey]
    var holders: Set<OpenReport.Holder>
    /// Keys that somebody may have copied who was barred since.
    var spoiled: Set<SealingKeyID> = []
    var letter: Letter
    /// Which of the scene's letters it is.
    var edition = 0
    /// What was done since it was filed, with the forms as they were filled in.
    var path: [Done] = []
    /// Whose accounts were closed since, by username, and who is on leave.
    var gone: Set<String> = []
    /// Who had gone when the decision that is waited for was asked of whom it is asked of now.
    var decidedAfter: Set<String> = []
    /// The same of each request, by its place in the story.
    var requestedAfter: [Int: Set<String>] = [:]

    struct Done {
        var act: String
        /// `nil`: the reporter.
        var person: StaffID?
        var input: ActInput
    }

    var standing: Standing { stored.standing }

    /// A report that has just been filed, wherever the rules of jurisdiction take it; `nil`: nobody may have it.
    init?(_ scene: Scene, _ model: Model) throws {
        let world = model.picture.world
        let letter = scene.letter(0)
        guard
            case .receive(let organ, let audience, let reasons, let barred) = Jurisdiction.decide(
                organ: scene.organ, place: nil, reported: letter.reported, hasReporter: scene.signed, in: world)
        else { return nil }
        let new = try NewReport(
            scene.filing, organ: organ, audience: audience, reasons: reasons, barred: barred, picture: model.picture,
            at: Model.start, keys: model.casefile.keys)
        let custody = Custody(
            index: 0, organ: organ, intakeOffice: new.office, office: new.office, audience: audience, via: nil,
            since: Model.start, number: nil)
        stored = StoredReport(
            id: new.id,
            standing: Standing(
                stage: "received", sequence: 1, custodies: [custody], handlers: [], barred: Set(barred.keys),
                proposer: nil, proposal: nil, disposal: nil, realName: scene.signed ? "unverified" : "anonymous",
                hasReporter: scene.signed,
                done: [DoneAct(act: "file", from: "", staff: nil, custody: 0, at: Model.start, sequence: 1)]),
            channel: .web, county: nil, management: new.management, category: nil, problem: nil, marks: [],
            receivedAt: Model.start, intakeOrder: 1, dueDay: nil, receiptKey: nil, rated: false)
        keys = [:]
        holders = []
        self.letter = letter
        put(new.newKeys, new.wraps)
    }

    private mutating func put(_ new: [NewKey], _ wraps: [NewWrap]) {
        for one in new { keys[.init(id: one.key.id, kind: one.kind, custody: one.custody, turn: one.turn)] = one.key }
        for wrap in wraps where wrap.recipient != .receipt {
            holders.insert(.init(key: wrap.keyID, recipient: wrap.recipient.description))
        }
    }

    /// What this person opens of it: need-to-know first, then the keys in hand.
    func open(for person: StaffID, _ reach: Reach, _ model: Model) -> OpenReport {
        let mine = model.recipients(of: person)
        let held = keys.filter { key, _ in
            (key.kind == "identity" ? reach.custody : reach.letter)
                && mine.contains { holders.contains(.init(key: key.id, recipient: $0)) }
        }
        return OpenReport(
            stored: stored, reach: reach, keys: held, picture: model.picture, workflow: model.workflow,
            holders: holders,
            hasCaseKey: keys.keys.contains { $0.kind == "case" && $0.custody == standing.custody?.index },
            spoiled: spoiled,
            lastTurns: Dictionary(keys.keys.map { ($0.use, $0.turn) }, uniquingKeysWith: max))
    }

    /// The moment after somebody's account was closed: they open nothing from then on.
    func without(_ person: Staff) -> Moment {
        var next = self
        next.gone.insert(person.username)
        let own = Recipient.staff(person.id).description
        next.holders = next.holders.filter { $0.recipient != own }
        next.path.append(Done(act: Self.leaving, person: person.id, input: [:]))
        return next
    }

    /// The moment after somebody went on leave, or came back from it: what they may do stays theirs, others act beside
    /// them.
    func turned(_ person: Staff) -> Moment {
        var next = self
        let leave = Self.leave(of: person.username)
        let isBack = next.gone.remove(leave) != nil
        if !isBack { next.gone.insert(leave) }
        next.path.append(Done(act: isBack ? Self.back : Self.onLeave, person: person.id, input: [:]))
        return next
    }

    /// The names of these in a path.
    static let (leaving, onLeave, back) = ("account closed", "went on leave", "came back")

    /// How somebody's leave stands among those who have gone.
    static func leave(of username: String) -> String { "leave of \(username)" }

    /// The moment after a change was written.
    func after(_ change: ActChange, _ model: Model, edition: Int) throws -> Moment {
        var change = change
        change.settle()
        change.turnKeys()
        var next = self
        next.stored = change.after
        next.edition = edition
        let isDecided = model.workflow.stages[next.standing.stage]?.phase == .decision
        if isDecided, next.standing.stage != standing.stage || next.standing.deciding != standing.deciding {
            next.decidedAfter = gone
        }
        if !change.rule.approval.isEmpty { next.requestedAfter[change.sequence] = gone }
        if change.rule.name == Workflow.newDeciders, let request = change.codes["request"].flatMap({ Int($0) }) {
            next.requestedAfter[request] = gone
        }
        let world = model.picture.world
        let handed = Set(keys.keys.filter { ["letter", "shared"].contains($0.kind) }.map(\.id))
        for organ in change.dropLetterWrapsOf {
            let gone = Set(
                world.offices(of: organ).map { Recipient.office($0.id).description }
                    + world.staff.values.filter { $0.organ == organ }.map { Recipient.staff($0.id).description })
            next.holders = next.holders.filter { !(handed.contains($0.key) && gone.contains($0.recipient)) }
        }
        for drop in change.dropWraps { next.holders.remove(.init(key: drop.key, recipient: drop.recipient)) }
        if next.standing.barred != standing.barred {
            next.spoiled.formUnion(keys.keys.filter { OpenReport.lastingKinds.contains($0.kind) }.map(\.id))
        }
        next.put(change.newKeys, change.wraps)
        if change.leavesPlatform { (next.keys, next.holders, next.stored.standing.barred) = ([:], [], []) }
        if let text = change.texts.last(where: { $0.field == "letter" }),
            let key = next.keys.first(where: { $0.key.id == text.keyID })?.value
        {
            let plain = try Envelope.open(
                text.envelope, under: key.secret, binding: .text(stored.id, "letter", change.sequence))
            next.letter = try JSONDecoder().decode(Letter.self, from: Data(plain))
        }
        return next
    }
}

/// The small world of a scene, with the keys of its people and offices.
struct Model: Sendable {
    static let start = Instant(milliseconds: 1_767_571_200_000)
    /// Acts are worked out with keys already open: nobody opens anything with this one.
    static let nobodysKey = PrivateKey.generate()

    let casefile: Casefile
    let picture: Picture
    let workflow: Workflow
    let people: [Staff]
    let places: [Membership]
    /// Who acts for whom.
    let lent: Lent
    /// Whoever belongs to the unit to which a dispatched team was sent, and which is reported.
    let tied: Set<StaffID>
    private let recipients: [StaffID: Set<String>]
    /// The recipients whose wraps somebody opens: the last of an office may have gone.
    let opens: Set<String>

    init(_ province: YearProvince, _ picture: Picture, _ scene: Scene, gone: Set<String> = []) throws {
        casefile = province.casefile
        // Which answer is drawn is not left to chance: what the walk met happens again when it is replayed.
        let rules = casefile.workflow
        let share = scene.drawsAll ? "oneIn: 1" : "oneIn: 1000000000000"
        workflow = try Workflow(file: rules.file, text: rules.text.replacing("oneIn: 10", with: share))
        let kept = Set(scene.organs)
        var organs = province.organs.filter { kept.contains($0.code) }
        let ids = Set(organs.map(\.id))
        for index in organs.indices where organs[index].parent.map(ids.contains) != true { organs[index].parent = nil }
        let code = Dictionary(organs.map { ($0.id, $0.code) }, uniquingKeysWith: { first, _ in first })
        let (here, elsewhere) = (scene.posts, Scene.postsElsewhere)
        people = province.people.map(\.staff).filter { person in
            guard let organ = code[person.organ] else { return false }
            let post = person.username.split(separator: ".").dropFirst().joined(separator: ".")
            return (organ == scene.organ ? here : elsewhere).contains(post)
        }.map { person in
            var person = person
            person.units = scene.tied.contains(person.username) ? [Scene.attachedUnit] : []
            person.kin = scene.kin.contains(person.username) ? [Kin(name: Scene.name, relation: "叔父")] : []
            person.active = !gone.contains(person.username)
            return person
        }
        let known = Set(people.map(\.id))
        var places = picture.world.memberships.filter { known.contains($0.staff) }
        let offices = province.offices.filter { ids.contains($0.organ) }
        for (username, office, role) in scene.seats {
            guard let person = people.first(where: { $0.username == username }),
                let seat = offices.first(where: { $0.organ == person.organ && $0.kind == office })
            else { continue }
            places.append(Membership(staff: person.id, office: seat.id, role: role, admitted: true))
        }
        self.places = places
        let onLeave = Set(people.map(\.username).filter { gone.contains(Moment.leave(of: $0)) })
        lent = Lent(scene, people, offices, onLeave: onLeave)
        tied = Set(people.filter { !$0.units.isEmpty }.map(\.id))
        var picture = picture
        picture.world = World(
            version: 1, organs: organs, offices: offices, staff: people, memberships: places,
            cover: Self.cover(scene, people, offices, onLeave))
        self.picture = picture
        let open = Set(people.filter(\.active).map(\.id))
        recipients = Dictionary(
            grouping: picture.world.memberships.filter { $0.holdsKey && open.contains($0.staff) }, by: \.staff
        ).mapValues { own in Set(own.map { Recipient.office($0.office).description }) }
        opens = recipients.values.reduce(Set(open.map { Recipient.staff($0).description })) { $0.union($1) }
    }

    private static func cover(
        _ scene: Scene, _ people: [Staff], _ offices: [Office], _ onLeave: Set<String>
    ) -> Cover {
        func person(_ username: String) -> Staff? { people.first { $0.username == username } }
        func post(_ kind: OfficeKind, _ role: Role, of person: Staff) -> Seat? {
            offices.first { $0.organ == person.organ && $0.kind == kind }.map { Seat(office: $0.id, role: role) }
        }
        let today = start.day
        let term = Term(first: today, last: today.adding(days: 9))
        var keys: Set<Cover.KeyHolder> = []
        let past = Term(first: today.adding(days: -9), last: today.adding(days: -1))
        let handed = scene.delegated.map { ($0, term) } + scene.former.map { ($0, past) }
        let delegations = handed.compactMap { one, term -> Delegation? in
            guard let from = person(one.from), let to = person(one.to), let post = post(one.office, one.role, of: from)
            else { return nil }
            keys.insert(.init(office: post.office, staff: to.id))
            return Delegation(id: .random(), post: post, from: from.id, to: to.id, term: term)
        }
        let order = scene.order.flatMap { one in
            one.people.enumerated().compactMap { index, name -> StandIn? in
                guard let next = person(name), let post = post(one.office, one.role, of: next) else { return nil }
                keys.insert(.init(office: post.office, staff: next.id))
                return StandIn(post: post, position: index + 1, staff: next.id)
            }
        }
        return Cover(
            day: today,
            absences: scene.away.union(onLeave).compactMap(person).map {
                Absence(id: .random(), staff: $0.id, term: term)
            },
            order: order, delegations: delegations, keys: keys)
    }

    /// Whose wraps this person can open: their own and those of the offices that let them in.
    func recipients(of person: StaffID) -> Set<String> {
        guard picture.world.staff[person]?.active == true else { return [] }
        return (recipients[person] ?? []).union([Recipient.staff(person).description])
    }

    func person(_ username: String) -> Staff? { people.first { $0.username == username } }
    func name(_ person: StaffID?) -> String { person.flatMap { picture.world.staff[$0]?.username } ?? "" }
}
