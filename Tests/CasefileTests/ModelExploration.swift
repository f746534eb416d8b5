import Casework
import Kernel
import Testing

@testable import Casefile

/// Walks through every moment that acts can bring one report to, breadth first: the first fault is the shortest story.
struct Exploration {
    let scene: Scene
    let model: Model
    /// The world after the accounts of some were closed, or some went on leave, by whose.
    let models: [Set<String>: Model]
    let closed: Set<OrganID>
    let closedOffices: Set<OfficeID>
    var found = Findings()

    /// By place of words, such as `propose.opinion`: the first moment after an act whose form asked for them.
    private(set) var firsts: [String: Moment] = [:]
    /// Some of the moments that were met.
    private(set) var samples: [Moment] = []
    private var seen: Set<Shape> = []
    private var queue: [Moment] = []
    let counted: Set<StaffID>
    private let lower: Set<String>

    init(_ scene: Scene, _ models: [Set<String>: Model]) throws {
        self.scene = scene
        self.models = models
        model = try #require(models[[]])
        let world = model.picture.world
        closed = Set(scene.closed.compactMap { world.organ(code: $0)?.id })
        closedOffices = Set(
            world.offices.values.filter { office in
                scene.closedOffices.contains("\(world.organs[office.organ]?.code ?? "").\(office.code)")
            }.map(\.id))
        lower = Set(scene.lower.compactMap { world.organ(code: $0)?.id.description })
        let counting: Set<Role> = [.registrar, .triage, .deputy, .principal]
        counted = Set(world.memberships.filter { counting.contains($0.role) }.map(\.staff))
    }

    /// Goes through all of it; at most `most` moments, beyond which the scene is too wide to be of use.
    mutating func run(most: Int) async throws -> Findings {
        guard let first = try Moment(scene, model) else {
            found.add("nobody may receive it", 1)
            return found
        }
        add(first)
        var next = 0
        while next < queue.count, next < most {
            let moment = queue[next]
            next += 1
            visit(moment)
            // Long work: other tests wait for the same two threads.
            if next % 4 == 0 { await Task.yield() }
        }
        if next < queue.count { found.add("more than \(most) moments", 1) }
        // A few that lie far apart, and the last, whose story is the longest.
        samples = stride(from: queue.count - 1, through: 0, by: -max(1, queue.count / 4)).map { queue[$0] }
        found.states = seen.count
        found.visited = next
        return found
    }

    mutating func add(_ moment: Moment) {
        if seen.insert(Shape(moment, model(at: moment), counted: counted)).inserted { queue.append(moment) }
    }

    func model(at moment: Moment) -> Model { models[moment.gone] ?? model }

    private mutating func visit(_ moment: Moment) {
        let standing = moment.standing
        let model = model(at: moment)
        let (world, workflow) = (model.picture.world, model.workflow)
        if standing.isDestroyed { return lookAtNothing(moment) }
        found.stages.insert(standing.stage)
        var reaches: [StaffID: Reach] = [:]
        var possible: [StaffID: [PossibleAct]] = [:]
        for person in model.people {
            let reach = Reach.of(person.id, on: standing, world: world, workflow: workflow)
            reaches[person.id] = reach
            guard !reach.isNone else { continue }
            let acts = workflow.possible(for: person.id, on: standing, world: world)
            if !acts.isEmpty { possible[person.id] = acts }
        }
        var inspection = Inspection(
            model: model, models: models, moment: moment, possible: possible, closed: closed,
            closedOffices: closedOffices, reaches: reaches, asked: Inspection.asked(standing))
        inspection.run()
        found.look(at: moment, model)
        var (moved, done, waited): (Bool, Set<String>, Set<String>) = (false, [], [])
        for person in model.people {
            guard let acts = possible[person.id], let reach = reaches[person.id] else { continue }
            let open = moment.open(for: person.id, reach, model)
            let lists = ChoiceLists(open: open, letter: open.letterKey.map { _ in moment.letter }, viewer: person.id)
            for act in acts where mayTry(act, moment) && !lists.isWithheld(act.rule) {
                let name = act.rule.name
                // Where not every actor is followed, one who can is enough.
                if !scene.everyActor, name != "recuse", done.contains(name) { continue }
                let outcomes = outcomes(of: act, by: person, at: moment, open, lists, &inspection)
                if act.rule.isWaitedFor(at: standing.stage, standing, in: world) { waited.insert(name) }
                if outcomes.isEmpty { continue }
                done.insert(name)
                for after in outcomes {
                    for place in Canaries.places(in: act.rule, after.path.last?.input ?? [:]) {
                        firsts[place] = firsts[place] ?? after
                    }
                }
                found.acted(act, person, moment, model)
                for after in outcomes {
                    moved =
                        moved || after.standing.stage != standing.stage
                        || after.standing.custodies.count > standing.custodies.count
                    if after.standing.custodies.count <= scene.hops { add(after) }
                }
            }
        }
        for leaver in model.people where leaver.active && scene.leavers.contains(leaver.username) {
            add(moment.without(leaver))
        }
        for person in model.people where scene.leaves.contains(person.username) {
            do { add(try turned(person, at: moment)) } catch {
                inspection.faults.append("\(person.username) cannot go on leave: \(error)")
            }
        }
        askOthers(moment, reaches, &inspection)
        reporterAsks(moment, &inspection)
        // What cannot be approved, or be done as approved, because nobody is left where it would go, can still be
        // rejected, or proposed anew.
        if done.contains("reject") { waited.remove("approve") }
        if done.contains("withdraw-proposal") { waited.subtract(["refer", "forward", "assign"]) }
        // Where too few are left for a team, or nobody who may form it, the disposal is proposed anew.
        if done.contains("withdraw-proposal") { waited.remove("form-team") }
        // Nothing is proposed where nobody decides, here or above.
        if !(scene.leavers.isEmpty && scene.leaves.isEmpty), !inspection.somebodyDecides { waited.remove("propose") }
        for name in waited.subtracting(done).sorted() {
            inspection.faults.append("\(name) is waited for and nobody can do it")
        }
        if workflow.stages[standing.stage]?.phase != .end {
            if !moved { inspection.faults.append("nobody can move the report on") }
            let isAwaited = possible.values.joined().contains {
                $0.rule.isWaitedFor(at: standing.stage, standing, in: world)
            }
            if !isAwaited, !workflow.waitsForNobody(standing, world: world) {
                inspection.faults.append("it stands in nobody's inbox")
            }
        }
        for fault in inspection.faults { found.add("\(fault) — \(moment.told(model))", standing.done.count) }
    }

    /// What left the platform is nobody's, and nobody has a key to it.
    private mutating func lookAtNothing(_ moment: Moment) {
        let model = model(at: moment)
        let read = model.people.filter {
            !Reach.of($0.id, on: moment.standing, world: model.picture.world, workflow: model.workflow).isNone
        }
        if read.isEmpty, moment.holders.isEmpty, moment.keys.isEmpty { return }
        found.add("it left the platform and is read by \(read.map(\.username)) — \(moment.told(model))", 0)
    }

    /// The moments that an act may lead to; none if it is refused whatever is filled in.
    private func outcomes(
        of act: PossibleAct, by person: Staff, at moment: Moment, _ open: OpenReport, _ lists: ChoiceLists,
        _ inspection: inout Inspection
    ) -> [Moment] {
        let rule = act.rule
        let model = model(at: moment)
        let choices = lists.lists(for: [rule])
        guard !lists.isEmptyHanded(rule, choices) else { return [] }
        let forms = ModelForms(scene: scene, edition: moment.edition, lowerIDs: lower)
        let viewer = Viewer(staff: person.id, organ: person.organ, privateKey: Model.nobodysKey)
        var outcomes: [Moment] = []
        for input in forms.inputs(rule, choices, at: moment) {
            do {
                let checked = try CheckedInput.check(input, fields: rule.fields, choices: choices)
                var change = ActChange(
                    act: act, open: open, letter: open.letterKey == nil ? nil : moment.letter, viewer: viewer,
                    at: Model.start)
                if rule.effect == "amend-identity" { change.reporter = Reporter(name: "钱有粮", phone: "19900001207") }
                try change.apply(checked, casefile: model.casefile)
                // As the door draws it, in the transaction.
                if rule.effect == "answer", scene.drawsAll { change.codes[Standing.drawn] = "yes" }
                let copied = change.texts.filter { moment.spoiled.contains($0.keyID) }.map(\.field)
                if !copied.isEmpty {
                    inspection.faults.append("\(rule.name) by \(person.username) seals \(copied) under a copied key")
                }
                let edition = moment.edition + (rule.effect == "amend" ? 1 : 0)
                var after = try moment.after(change, model, edition: edition)
                after.path.append(Moment.Done(act: rule.name, person: person.id, input: input))
                outcomes.append(after)
            } catch let error as CasefileError {
                switch error {
                case .nobodyHome, .aboveThisPlatform: continue
                case .invalid(let faults) where faults.allSatisfy({ ["mayNotReceive", "tooFew"].contains($0.reason) }):
                    continue
                default: inspection.faults.append("\(rule.name) by \(person.username) is refused: \(error)")
                }
            } catch { inspection.faults.append("\(rule.name) by \(person.username) fails: \(error)") }
        }
        return outcomes
    }

    private func mayTry(_ act: PossibleAct, _ moment: Moment) -> Bool {
        let name = act.rule.name
        if scene.skips.contains(name) { return false }
        if !act.rule.approval.isEmpty, name != "report-up" {
            guard scene.asks.contains(name), moment.requests(model.workflow) < scene.requests else { return false }
        }
        if name == "recuse" {
            return moment.standing.done.lazy.filter { $0.act == "recuse" }.count < scene.recusals
        }
        return name != "amend" || moment.edition + 1 < scene.letters.count
    }
}

/// What an exploration saw.
struct Findings: Sendable {
    var states = 0
    var visited = 0
    var stages: Set<String> = []
    /// Stage, act, role and relation of whoever acted.
    var acts: Set<[String]> = []
    /// How often somebody in this relation to the report was looked at.
    var looks: [String: Int] = [:]
    var faultCount = 0
    /// The first fault of each kind.
    var faults: [String] = []
    private var kinds: Set<String> = []

    mutating func add(_ fault: String, _ length: Int) {
        faultCount += 1
        let kind = String(fault.prefix { $0 != "—" })
        if faults.count < 20, kinds.insert(kind).inserted { faults.append(fault) }
    }

    mutating func look(at moment: Moment, _ model: Model) {
        for person in model.people { looks[Self.relation(person, moment, model), default: 0] += 1 }
    }

    mutating func acted(_ act: PossibleAct, _ person: Staff, _ moment: Moment, _ model: Model) {
        let (standing, world) = (moment.standing, model.picture.world)
        let roles = Set(world.places(of: person.id).map(\.role.rawValue)).sorted().joined(separator: "+")
        acts.insert([standing.stage, act.rule.name, roles, Self.relation(person, moment, model)])
    }

    static func relation(_ person: Staff, _ moment: Moment, _ model: Model) -> String {
        let (standing, world) = (moment.standing, model.picture.world)
        guard let custody = standing.custody else { return "nobody" }
        if model.tied.contains(person.id) { return "attached unit" }
        if standing.barred.contains(person.id) {
            return standing.done.contains { $0.act == "recuse" && $0.staff == person.id }
                ? "recused" : "reported or kin"
        }
        if !model.lent.seats(of: person.id, on: standing, world).isEmpty { return "delegated" }
        if person.organ == custody.organ { return "own unit" }
        if standing.custodies.contains(where: { $0.organ == person.organ }) { return "held it before" }
        if world.organs[person.organ]?.level == .dispatched { return "dispatched team" }
        if world.lies(custody.organ, within: person.organ) { return "superior" }
        return world.lies(person.organ, within: custody.organ) ? "subordinate" : "elsewhere"
    }
}
