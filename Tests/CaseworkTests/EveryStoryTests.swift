import Casework
import Kernel
import Testing

/// Walks through every state that acts can bring a report to, and looks at every member of staff in each of them.
struct EveryStoryTests {
    struct Start: Sendable, CustomTestStringConvertible {
        var audience: Audience
        var signed: Bool
        var recusals: Int
        /// How many organs the report may pass.
        var organs: Int
        var testDescription: String {
            "\(audience.rawValue), \(signed ? "signed" : "anonymous"), \(recusals) recusals, \(organs) organs"
        }
    }

    @Test(arguments: [
        Start(audience: .letters, signed: false, recusals: 0, organs: 1),
        Start(audience: .letters, signed: true, recusals: 0, organs: 1),
        Start(audience: .letters, signed: true, recusals: 1, organs: 1),
        Start(audience: .letters, signed: true, recusals: 0, organs: 2),
        Start(audience: .letters, signed: false, recusals: 0, organs: 3),
        Start(audience: .director, signed: true, recusals: 0, organs: 2),
        Start(audience: .internal, signed: true, recusals: 0, organs: 2),
    ])
    func `nobody is stuck, nobody sees too much, and whoever is waited for can act`(start: Start) throws {
        let people = try Self.county()
        let world = people.build()
        let story = Story(workflow: try Workflow.shipped(), world: world)
        let barred = Set(
            try ["qingtang.inspection.member", "qingtang.case-supervision.director"].map { try people.person($0).id })
        let first = try #require(
            story.filed(at: try people.organ("qingtang"), start.audience, signed: start.signed, barred: barred))
        let counted = Set(
            people.staff.filter { $0.username.contains(".letters.") || $0.username.contains(".leaders.") }.map(\.id))
        var queue = [first]
        var seen: Set<Shape> = [Shape(first, workflow: story.workflow, counted: counted)]
        var (stages, acts): (Set<String>, Set<String>) = ([], [])
        var next = 0
        while next < queue.count {
            let standing = queue[next]
            next += 1
            stages.insert(standing.stage)
            var possible: [StaffID: [PossibleAct]] = [:]
            for person in people.staff {
                let found = story.workflow.possible(for: person.id, on: standing, world: world)
                if !found.isEmpty { possible[person.id] = found }
            }
            try Inspection(story: story, standing: standing, possible: possible, people: people).run()
            let all = start.organs == 1 && start.recusals == 0
            var done: Set<String> = []
            for person in people.staff {
                for act in possible[person.id] ?? [] {
                    let name = act.rule.name
                    if ["message", "amend", "open-identity"].contains(name) { continue }
                    if name == "recuse", standing.barred.count >= barred.count + start.recusals { continue }
                    // In one organ every actor is followed; on longer ways one for each act is enough.
                    guard all || name == "recuse" || done.insert(name).inserted else { continue }
                    acts.insert(name)
                    for after in story.after(act, by: person.id, on: standing)
                    where after.custodies.count <= start.organs {
                        if seen.insert(Shape(after, workflow: story.workflow, counted: counted)).inserted {
                            queue.append(after)
                        }
                    }
                }
            }
        }
        print("every story (\(start.testDescription)): \(seen.count) states")
        let never: Set<String> = start.organs == 1 ? ["incoming"] : []
        #expect(stages == Set(story.workflow.stageOrder).subtracting(never))
        var missing = Set(story.workflow.actOrder).subtracting(acts).subtracting(["message", "amend", "open-identity"])
        if start.recusals == 0 { missing.remove("recuse") }
        if !start.signed { missing.subtract(["verify-identity", "notify"]) }
        if start.organs == 1 || !start.signed { missing.remove("pass-identity") }
        if start.audience != .letters, start.organs > 1 { missing.subtract(["forward", "assign"]) }
        #expect(missing.isEmpty)
    }

    /// A county with its city, a town, a team and a neighbour; one clerk is a deputy leader too.
    static func county() throws -> TestWorld {
        var people = TestWorld.province()
        let kept = Set(try ["wangchuan", "qingtang", "tangyi", "team", "lishan"].map { try people.organ($0).id })
        people.organs.removeAll { !kept.contains($0.id) }
        people.offices.removeAll { !kept.contains($0.organ) }
        let offices = [".letters.", ".leaders.principal", ".inspection.director", ".custody."]
        people.staff.removeAll { person in
            !kept.contains(person.organ)
                || (!person.username.hasPrefix("qingtang") && !offices.contains { person.username.contains($0) })
        }
        people.memberships.removeAll { place in !people.staff.contains { $0.id == place.staff } }
        try people.seat("qingtang.letters.triage", in: "qingtang.leaders", as: .deputy)
        return people
    }
}

extension Story {
    func isWaitedFor(_ act: PossibleAct, _ standing: Standing) -> Bool {
        switch act.rule.waits {
        case .never: false
        case .always: true
        case .stages(let stages): stages.contains(standing.stage)
        case .fact(let name): standing.holds(name)
        }
    }

    func moves(_ act: PossibleAct, _ standing: Standing) -> Bool {
        isWaitedFor(act, standing) && act.to != standing.stage
    }
}
