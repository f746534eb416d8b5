import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

extension SmallWorld {
    /// An auditor of an organ, who joined before there was a report.
    func auditor(of o: String) async throws -> Viewer {
        let key = PrivateKey.generate()
        guard let organ = organs[o] else { throw WorldError.nobody(o) }
        let person = Staff(
            id: .random(), username: "\(o.lowercased()).auditor", name: "审计员\(o)", nameEnglish: "Auditor",
            organ: organ.id,
            aliases: [], kin: [Kin(name: "屈小亲", relation: "妹妹")], active: true)
        try await casefile.enlarge(
            organs: [], offices: [],
            staff: [
                NewStaff(
                    staff: person, places: [(try id("\(o).administration"), .auditor)], publicKey: key.publicKey,
                    sealedKey: [0], mustChange: false)
            ])
        let viewer = Viewer(staff: person.id, organ: organ.id, privateKey: key)
        let admin = try self["\(o.lowercased()).admin"]
        try await casefile.admit(person.id, to: try id("\(o).administration"), by: admin)
        return viewer
    }

    /// Holds what the auditor is told of every person against what each person can open.
    func holdAgainstReality(_ report: ReportID, _ auditor: Viewer, at stage: String) async throws {
        let told = try await casefile.audit(report, by: auditor)
        for username in people.keys.sorted() {
            let person = try self[username].staff
            let seen = try await view(report, username)
            let reader = told.readers.first { $0.staff == person }
            #expect((reader != nil) == (seen != nil), "\(stage): \(username) exists for them")
            #expect((reader?.letter ?? false) == (seen?.letter != nil), "\(stage): \(username) reads the letter")
            #expect((reader?.files ?? 0) == (seen?.files.count ?? 0), "\(stage): \(username) opens files")
            #expect(
                (reader?.identity ?? .closed != .closed) == (seen?.reporter != nil), "\(stage): \(username) identity")
            #expect((reader?.because.isEmpty ?? true) == (seen == nil), "\(stage): \(username) for a reason")
        }
    }
}

@Suite struct `What an auditor sees` {
    @Test(arguments: TestDatabase.availableEngines)
    func `who can read is exactly who can open, from the desk to the archive and below`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            let auditor = try await world.auditor(of: "Q")
            let reporter = Reporter(name: "王小麦", phone: "13800138000")
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown]), reporter: reporter))
            await #expect(throws: CasefileError.notFound, "no number yet") {
                _ = try await world.casefile.audit(filed.id, by: auditor)
            }
            try await world.act("register", filed.id, "q.registrar")
            try await world.holdAgainstReality(filed.id, auditor, at: "registered")
            try await world.act(
                "classify", filed.id, "q.triage",
                ["category": .text("discipline-breach"), "problem": .text("mass"), "opinion": .text("有具体线索")])
            try await world.act(
                "propose", filed.id, "q.triage",
                ["way": .text("refer"), "opinion": .text("建议"), "office": try world.office("Q.inspection")])
            try await world.holdAgainstReality(filed.id, auditor, at: "proposed")
            let deciding = try await world.casefile.audit(filed.id, by: auditor).readers
                .first { $0.staff == (try? world["q.deputy"].staff) }
            #expect(deciding?.because.map(\.ground.kind) == [.decides])
            try await world.act("approve", filed.id, "q.deputy", ["opinion": .text("同意")])
            try await world.handle(filed.id, at: "q")
            try await world.holdAgainstReality(filed.id, auditor, at: "answered")
            let told = try await world.casefile.audit(filed.id, by: auditor)
            #expect(told.looks.filter { $0.list == .audits }.count == 5, "every look of an auditor is told")
            let villager = ReportedParty(kind: .person, name: "苗得水", unit: "前湾村", management: .township)
            let below = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([villager])))
            try await world.judge(below.id, at: "q", way: "forward", ["organ": try world.organ("T")])
            try await world.act("forward", below.id, "q.registrar")
            try await world.holdAgainstReality(below.id, auditor, at: "forwarded")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `an auditor finds nothing of what went past the organ, lies with internal supervision or names them`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let auditor = try await world.auditor(of: "Q")
            let superior = try await world.auditor(of: "C")
            let month = world.clock.clock.now().day
            func seen() async throws -> [ReportID] {
                try await world.casefile.audited(monthOf: month, offset: 0, limit: 50, by: auditor).lines.map(\.id)
            }
            let leader = ReportedParty(
                kind: .person, name: "书记Q", unit: "清棠县纪委监委", position: "书记", management: .county, principal: true)
            let past = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([leader])))
            try await world.act("register", past.id, "c.registrar")
            let cadre = ReportedParty(
                kind: .person, name: "监督主任Q", unit: "清棠县纪委监委", position: "主任", management: .county)
            let own = try await world.casefile.file(Filing(organ: "Q", letter: SmallWorld.letter([cadre])))
            try await world.act("register", own.id, "q.internal")
            let kin = ReportedParty(
                kind: .person, name: "屈小亲", unit: "棠漪镇人民政府", position: "镇长", management: .county)
            let named = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([kin, SmallWorld.clerkOfTheTown])))
            try await world.act("register", named.id, "q.registrar")
            let plain = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", plain.id, "q.registrar")
            #expect(try await seen() == [plain.id])
            for hidden in [past.id, own.id, named.id] {
                await #expect(throws: CasefileError.notFound) {
                    _ = try await world.casefile.audit(hidden, by: auditor)
                }
            }
            #expect(try await world.casefile.audit(past.id, by: superior).id == past.id)
            for colleague in ["q.director", "q.internal", "q.principal"] {
                let person = try await world.casefile.audit(person: try world[colleague].staff, by: auditor)
                #expect(Set(person.reach.flatMap { $0.reports.map(\.id) }).isSubset(of: [plain.id]), "\(colleague)")
            }
            let director = try await world.casefile.audit(person: try world["q.director"].staff, by: auditor)
            #expect(try await world.view(named.id, "q.director") != nil, "others do work on it")
            #expect(director.reports == 1 && director.reach.map(\.kind) == [.desk])
            for nobody in ["q.director", "q.admin", "q.custodian"] {
                await #expect(throws: CasefileError.notFound, "\(nobody) is no auditor") {
                    _ = try await world.casefile.audit(plain.id, by: try world[nobody])
                }
                await #expect(throws: CasefileError.notFound) {
                    _ = try await world.casefile.audit(AuditQuery(.searches), by: try world[nobody])
                }
            }
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `every list of what was done can be read, and each only by the organ's own auditor`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let auditor = try await world.auditor(of: "Q")
            let stranger = try await world.auditor(of: "R")
            let filed = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            try await world.act("register", filed.id, "q.registrar")
            _ = try await world.casefile.searched(SearchQuery(.text, "补偿款"), for: try world["q.director"])
            _ = try await world.casefile.searched(SearchQuery(.text, "补偿款"), for: try world["q.triage"])
            _ = try await world.casefile.audit(filed.id, by: auditor)
            for list in AuditList.allCases {
                let page = try await world.casefile.audit(AuditQuery(list), by: auditor)
                #expect(page.lines.isEmpty == ![.keys, .searches, .audits].contains(list), "\(list)")
            }
            let searches = try await world.casefile.audit(AuditQuery(.searches), by: auditor).lines
            #expect(searches.count == 2 && Set(searches.map(\.detail)).count == 1, "equal words, equal marks")
            #expect(try await world.casefile.audit(AuditQuery(.searches, act: "name"), by: auditor).lines.isEmpty)
            #expect(try await world.casefile.audit(AuditQuery(.searches), by: stranger).lines.isEmpty)
            let tomorrow = world.clock.clock.now().day.adding(days: 1)
            #expect(try await world.casefile.audit(AuditQuery(.searches, first: tomorrow), by: auditor).lines.isEmpty)
        }
    }
}
