import ArgumentParser
import Casework
import Foundation
import Kernel
import WorkingDays

/// How long acts and limits of a page take: what the benchmarks print.
struct RulesTime: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "time", abstract: "Milliseconds to evaluate acts and limits of 50 typical reports.")
    @Option(help: "Reports of one page.") var reports = 50
    @Option(help: "How often; the median is printed.") var rounds = 101

    func validate() throws {
        guard 1...10_000 ~= reports, 1...10_000 ~= rounds else {
            throw ValidationError("Reports and rounds lie between 1 and 10000.")
        }
    }

    func run() throws {
        let sample = try RulesSample(reports: reports)
        let clock = ContinuousClock()
        var acts: [Double] = []
        var limits: [Double] = []
        var found = 0
        for _ in 0..<rounds {
            acts.append(Self.milliseconds(clock.measure { found += sample.countActs() }))
            limits.append(Self.milliseconds(try clock.measure { found += try sample.countLimits() }))
        }
        let both = zip(acts, limits).map { $0 + $1 }
        print("\(Self.text(Self.median(both))) ms")
        print(
            "acts \(Self.text(Self.median(acts))) ms, limits \(Self.text(Self.median(limits))) ms, "
                + "\(found / rounds) found for \(reports) reports, median of \(rounds)")
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// Reports in the middle of their way, in a county with all its offices; a director looks at them.
private struct RulesSample {
    let workflow: Workflow
    let calendar: WorkingDayTable
    let world: World
    let person: StaffID
    let standings: [Standing]

    init(reports: Int) throws {
        workflow = try Workflow.shipped()
        calendar = try WorkingDayTable.shipped()
        guard let region = RegionCode("990101"), let start = Day("2026-01-05") else { throw ExitCode.failure }
        let organ = Organ(
            id: .random(), code: "990101000000", name: "某县纪委监委", nameEnglish: "A county", shortName: "",
            level: .county, parent: nil, region: region, attachedUnit: nil, aliases: [])
        let offices = OfficeKind.allCases.map {
            Office(
                id: .random(), organ: organ.id, code: $0.rawValue, name: $0.rawValue, nameEnglish: $0.rawValue,
                kind: $0)
        }
        let people = (0..<40).map { number in
            Staff(
                id: .random(), username: "person\(number)", name: "某某", nameEnglish: "Somebody", organ: organ.id,
                aliases: [], kin: [], active: true)
        }
        let memberships = people.enumerated().map { number, person in
            Membership(
                staff: person.id, office: offices[number % offices.count].id,
                role: number < offices.count ? .director : .handler, admitted: true)
        }
        world = World(version: 1, organs: [organ], offices: offices, staff: people, memberships: memberships)
        let place = { (kind: OfficeKind) in offices.firstIndex { $0.kind == kind } ?? 0 }
        let holder = place(.inspection)
        let director = people[holder].id
        person = director
        let intake = offices[place(.letters)].id
        standings = (0..<reports).map { number in
            Self.standing(
                number, from: start.adding(days: number), organ: organ.id, intake: intake,
                office: offices[holder].id, handler: director)
        }
    }

    /// Received, judged, referred and being handled, with messages and an objection in between.
    private static func standing(
        _ number: Int, from start: Day, organ: OrganID, intake: OfficeID, office: OfficeID, handler: StaffID
    ) -> Standing {
        let way = [
            ("file", ""), ("register", "received"), ("verify-identity", "registered"), ("classify", "registered"),
            ("propose", "classified"), ("approve", "proposed"), ("notify", "approved"), ("refer", "approved"),
            ("sign", "referred"), ("allocate", "signed"), ("message", "handling"), ("reporter-message", "handling"),
            ("dispose", "handling"), ("approve", "disposal-proposed"), ("message", "handling"),
            ("conclude", "handling"), ("feedback", "concluded"), ("object", "answered"), ("feedback", "objected"),
            ("object", "answered"),
        ]
        let length = way.count &- number % 6
        let done = way.prefix(length).enumerated().map { place, step in
            DoneAct(
                act: step.0, from: step.1, staff: handler, custody: 0,
                at: start.adding(days: place &* 3).start.adding(seconds: 36_000), sequence: place &+ 1)
        }
        let custody = Custody(
            index: 0, organ: organ, intakeOffice: intake, office: office, audience: .letters, via: nil,
            since: start.start, number: nil)
        return Standing(
            stage: "handling", sequence: length, custodies: [custody], handlers: [handler], barred: [],
            proposer: nil, proposal: nil, disposal: "verify", realName: "real-name", hasReporter: true, done: done)
    }

    func countActs() -> Int {
        standings.reduce(0) { $0 + workflow.possible(for: person, on: $1, world: world).count }
    }

    func countLimits() throws -> Int {
        try standings.reduce(0) {
            $0 + (try workflow.limitStates(of: $1.done, standing: $1, calendar: calendar)).count
        }
    }
}
