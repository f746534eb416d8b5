import Casefile
import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Administration

struct DelegationTests {
    @Test(arguments: TestDatabase.availableEngines)
    func `what is delegated and whom to stand aside from come with the lists and are kept`(_ engine: Engine)
        async throws
    {
        try await House.whileFull(engine) { house in
            let organs = try await house.take(
                "organs",
                """
                code,name,level,parent,region,attached_unit,delegated
                990101000901,清棠县纪委监委派驻县民政局纪检监察组,,,,清棠县民政局;县民政局,county
                990101000902,派驻县水务局纪检监察组,dispatched,990101000000,990101,清棠县水务局,municipal
                990101000903,派驻县教育局纪检监察组,dispatched,990101000000,990101,清棠县教育局,unknown
                990101104000,某镇纪委,township,990101000000,990101104,,township
                990101000904,派驻县医院纪检监察组,dispatched,990101000000,990101,清棠县医院,
                """)
            #expect(
                organs.added == 1
                    && organs.bad.map { "\($0.line) \($0.why.rawValue)" }.suffix(3)
                        == ["3 delegated", "4 delegated", "5 delegated"]
            )
            let named = try await house.take(
                "organs", "code,name,attached_unit,delegated\n990101000901,民政组,清棠县民政局;县民政局,county\n")
            #expect(named.changed == 1)
            var world = try await house.casefile.world()
            let team = try #require(world.organ(code: "990101000901"))
            #expect(team.delegated == .county && world.rank(of: team) == 3)
            #expect(world.organ(code: "990101000904").map { world.rank(of: $0) } == 4)
            let staff = try await house.take("staff", "username,units\nqt.letters1,清棠县水务局；清棠县教育局\n")
            #expect(staff.changed == 1 && staff.bad.isEmpty)
            world = try await house.casefile.world()
            let person = try #require(world.staff.values.first { $0.username == "qt.letters1" })
            #expect(person.units == ["清棠县水务局", "清棠县教育局"])
            let party = ReportedParty(kind: .unit, name: "清棠县水务局", management: .county)
            #expect(Jurisdiction.barred(by: [party], in: world)[person.id] == .unit)
            await house.casefile.database.close()
        }
    }

    @Test func `an administrator changes them on the pages`() async throws {
        try await PageTests.run { house, port, _ in
            let admin = Visitor(port: port)
            try await admin.signIn("qt.admin1")
            var world = try await house.casefile.world()
            let team = try #require(world.organ(code: "990101000901"))
            let form = try await admin.get("/admin/organs/\(team.id)/change")
            #expect(form.body.contains("name=\"delegated\""))
            func change(_ level: String) async throws -> Int {
                try await admin.post(
                    "/admin/organs/\(team.id)/change",
                    [
                        ("name", team.name), ("name_en", team.nameEnglish), ("short_name", team.shortName),
                        ("attached_unit", team.attachedUnit ?? ""), ("delegated", level), ("aliases", ""),
                    ]
                ).status
            }
            let tooHigh = try await change("municipal")
            let fits = try await change("county")
            #expect(tooHigh == 422 && fits == 303)
            let clerk = try #require(world.staff.values.first { $0.username == "qt.letters2" })
            let answer = try await admin.post(
                "/admin/people/\(clerk.id)/change",
                [
                    ("name", clerk.name), ("name_en", clerk.nameEnglish), ("aliases", ""), ("kin", ""),
                    ("units", "清棠县水务局"),
                ])
            #expect(answer.status == 303)
            world = try await house.casefile.world()
            #expect(world.organs[team.id]?.delegated == .county && world.staff[clerk.id]?.units == ["清棠县水务局"])
            let page = try await admin.get("/admin/people/\(clerk.id)")
            #expect(page.body.contains("清棠县水务局"))
        }
    }
}
