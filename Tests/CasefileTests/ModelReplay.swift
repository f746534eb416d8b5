import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import WorkingDays

@testable import Casefile

/// A scene's people and offices in a database of their own, where stories are played again by the door that pages use.
struct ModelReplay {
    let scene: Scene
    let model: Model
    let casefile: Casefile
    let viewers: [StaffID: Viewer]
    private let folder: String

    init(_ scene: Scene, _ model: Model, _ province: YearProvince, _ engine: Engine) async throws {
        self.scene = scene
        self.model = model
        folder = NSTemporaryDirectory() + "model-" + Identifier<OrganTag>.random().description
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try await TestDatabase.make(engine)
        try await migrate(database, CasefileSchema.migrations)
        let known = province.casefile
        casefile = Casefile(
            database: database, clock: SettableClock(Model.start).clock, workflow: model.workflow,
            calendar: try WorkingDayTable.shipped(), regions: known.regions, keys: known.keys,
            files: try FileStore(folder: folder), gate: PasswordGate(), passwordCost: .light)
        let people = Dictionary(
            province.people.map { ($0.staff.id, $0.viewer) }, uniquingKeysWith: { first, _ in first })
        viewers = people
        let world = model.picture.world
        let staff = model.people.compactMap { person -> NewStaff? in
            guard let viewer = people[person.id] else { return nil }
            let places = model.places.filter { $0.staff == person.id }.map { ($0.office, $0.role) }
            return NewStaff(
                staff: person, places: places, publicKey: viewer.privateKey.publicKey, sealedKey: [0],
                mustChange: false)
        }
        try await casefile.enlarge(
            organs: world.organs.values.sorted { world.line(from: $0).count < world.line(from: $1).count },
            offices: Array(world.offices.values), staff: staff)
        try await standIn()
    }

    /// Posts are handed over, the order is set and people go on leave by the doors that they use.
    private func standIn() async throws {
        let world = model.picture.world
        let today = Model.start.day
        let term = Term(first: today, last: today.adding(days: 9))
        for one in scene.delegated {
            guard let from = model.person(one.from), let to = model.person(one.to), let holder = viewers[from.id],
                let office = world.office(one.office, of: from.organ)
            else { throw CasefileError.notFound }
            try await casefile.delegate(
                Seat(office: office.id, role: one.role), from: from.id, to: to.id, term: term, reason: .leave,
                by: holder)
        }
        for one in scene.order {
            let people = one.people.compactMap(model.person)
            guard let organ = people.first?.organ, let office = world.office(one.office, of: organ),
                let director = world.members(of: office.id).first(where: { $0.isRegular && $0.role == one.role }),
                let viewer = viewers[director.staff]
            else { throw CasefileError.notFound }
            try await casefile.arrange(
                people.map(\.id), for: Seat(office: office.id, role: one.role), by: viewer)
        }
        for username in scene.away.sorted() {
            guard let person = model.person(username), let viewer = viewers[person.id] else {
                throw CasefileError.notFound
            }
            try await casefile.declareAway(person.id, term: term, by: viewer)
        }
    }

    /// Does once more what was done, or what happened to somebody.
    private func again(_ done: Moment.Done, on filed: Filed) async throws {
        guard let person = done.person else {
            guard case .text(let whom) = done.input["whom"] else { throw CasefileError.notFound }
            let holder = ReceiptHolder(filed.receipt, pepper: casefile.keys.pepper)
            return try await casefile.askRecusal(of: whom, because: "是亲戚", from: holder)
        }
        guard let viewer = viewers[person] else { throw CasefileError.notFound }
        let id = filed.id
        switch done.act {
        case Moment.leaving: try await close(person)
        case Moment.onLeave:
            let today = Model.start.day
            let term = Term(first: today, last: today.adding(days: 9))
            try await casefile.declareAway(person, term: term, by: viewer)
        case Moment.back:
            let absences = try await casefile.absences(of: [person], for: viewer)
            guard let now = absences.first(where: { $0.endedAt == nil }) else { throw CasefileError.notFound }
            try await casefile.endAbsence(now.absence.id, by: viewer)
        case Workflow.newDeciders:
            guard await casefile.findDeciders(on: id, by: viewer) else { throw CasefileError.notNow }
        default: try await casefile.perform(done.act, on: id, by: viewer, input: done.input)
        }
    }

    private func close(_ person: StaffID) async throws {
        guard var staff = try await casefile.world().staff[person] else { throw CasefileError.notFound }
        staff.active = false
        try await casefile.change(staff: staff)
    }

    func close() async {
        await casefile.database.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Does everything again with a marked word in every field that takes words.
    func play(_ moment: Moment, planting canaries: inout Canaries) async throws {
        let filed = try await casefile.file(scene.filing)
        for done in moment.path {
            guard let viewer = done.person.flatMap({ viewers[$0] }), let rule = casefile.workflow.acts[done.act] else {
                try await again(done, on: filed)
                continue
            }
            let input = canaries.planted(rule, done.input)
            try await casefile.perform(done.act, on: filed.id, by: viewer, input: input)
        }
    }

    /// What a thief finds of it.
    func loot() async throws -> Loot { try await Loot(casefile.database, folder: folder) }

    /// The moment as the rows have it after everything was done again.
    func play(_ moment: Moment) async throws -> Moment {
        let filed = try await casefile.file(scene.filing)
        for done in moment.path { try await again(done, on: filed) }
        let id = filed.id
        return try await casefile.database.read { tx in
            var played = moment
            guard let stored = try StoredReport.load(tx, id) else { throw CasefileError.notFound }
            played.stored = stored
            (played.keys, played.spoiled) = ([:], [])
            for row in try tx.rows(
                "SELECT k.id, \(OpenReport.kind), k.custody, k.turn, k.spoiled FROM sealing_key k WHERE k.report_id = \(id)"
            ) {
                let key = OpenReport.StoredKey(
                    id: try row.get("id"), kind: try row.get("kind"), custody: try row.get("custody"),
                    turn: try row.get("turn"))
                if try row.get("spoiled") { played.spoiled.insert(key.id) }
                played.keys[key] = HeldKey.fresh()
            }
            let wraps = try tx.rows(
                """
                SELECT w.key_id, w.recipient FROM key_wrap w JOIN sealing_key k ON k.id = w.key_id
                WHERE k.report_id = \(id) AND w.recipient <> 'receipt'
                """)
            played.holders = Set(
                try wraps.map { .init(key: try $0.get("key_id"), recipient: try $0.get("recipient")) })
            return played
        }
    }
}
