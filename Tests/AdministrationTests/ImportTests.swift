import Casefile
import Casework
import Database
import DatabaseTesting
import Kernel
import Sealing
import Testing
import WorkingDays

@testable import Administration

struct ImportTests {
    static let engines = TestDatabase.availableEngines

    @Test(arguments: engines)
    func `the demo province is taken over whole, and a second time nothing happens`(_ engine: Engine) async throws {
        try await House.whileEmpty(engine) { house in
            for (name, count) in [("organs", 14), ("offices", 83), ("staff", 68)] {
                let first = try await house.take(name, House.list(name + ".csv"))
                #expect(first.bad.isEmpty && first.added == count && first.changed == 0, "\(name) \(first)")
                let second = try await house.take(name, House.list(name + ".csv"))
                #expect(second.bad.isEmpty && second.added == 0 && second.changed == 0)
            }
            let world = try await house.casefile.world()
            #expect(world.memberships.allSatisfy { $0.admitted })
            for organ in world.organs.values {
                #expect(Completeness(of: organ, in: world).gaps == [], "\(organ.name)")
            }
            #expect(try await house.casefile.signIn(username: "qt.letters1", password: House.password) != nil)
        }
    }

    @Test func `superiors may stand below, circles and strangers are told, and the rest is taken`() async throws {
        try await House.whileEmpty(.sqlite) { house in
            let result = try await house.take(
                "organs",
                """
                code,name,level,parent,region,attached_unit,extra
                town,某镇纪委,township,county,990101100,,x
                county,某县纪委,county,root,990101,,x
                root,某省纪委,province,,990000,,x
                a,甲,city,b,990100,,x
                b,乙,city,a,990100,,x
                c,丙,city,nowhere,990100,,x
                d,丁,county,town,990100,,x
                e,戊,city,root,99010,,x
                county,又一个,county,root,990101,,x
                f,己,dispatched,county,990101,,x
                g,庚,province,,990000,,x
                h,,city,root,990100,,x
                below,孙,township,lost,990101101,,x
                lost,子,county,nowhere,990101,,x
                """)
            #expect(result.added == 3)
            #expect(
                result.bad.map { "\($0.line) \($0.column) \($0.why.rawValue)" } == [
                    "5 parent cycle", "6 parent cycle", "7 parent parent-unknown", "8 level level-below",
                    "9 region region", "10 code repeated", "11 attached_unit attached-unit", "12 parent second-root",
                    "13 name required", "14 parent parent-unknown", "15 parent parent-unknown",
                ])
            let world = try await house.casefile.world()
            #expect(
                world.line(from: try #require(world.organ(code: "town"))).map(\.code) == ["town", "county", "root"])
        }
    }

    @Test func `names change by import, what decides where reports go does not`() async throws {
        try await House.whileFull(.sqlite) { house in
            let named = try await house.take("organs", "code,name,aliases\n990101000000,新名,甲;乙；丙;甲\n")
            #expect(named.changed == 1 && named.bad.isEmpty)
            let organ = try #require(try await house.casefile.world().organ(code: "990101000000"))
            #expect(organ.name == "新名" && organ.aliases == ["甲", "乙", "丙"] && organ.level == .county)
            let moved = try await house.take("organs", "code,name,level,parent,region\n990101000000,新名,city,,990102\n")
            #expect(moved.changed == 0 && Set(moved.bad.map(\.column)) == ["level", "parent", "region"])
            let office = try await house.take(
                "offices",
                "organ,code,name,kind\n990101000000,letters2,二,letters\n990101000000,letters,甲,custody\nx,y,z,trial")
            #expect(office.bad.map(\.why) == [.kindTaken, .fixed, .organUnknown])
        }
    }

    @Test func `people come with roles that fit, and bad lines are told by column`() async throws {
        try await House.whileFull(.sqlite) { house in
            let csv = """
                username,name,organ,roles,kin,password
                qt.new1,新人,990101000000,letters:registrar;inspection-1:handler,张三：妻子;李四:父亲,
                QT.New1,又一个,990101000000,,,
                qt.bad1,坏,990101000000,letters:custodian,,
                qt.bad2,坏,990101000000,nowhere:director,,
                qt.bad3,坏,990101000000,letters,张三,
                q,坏,nowhere,,,
                qt.bad4,坏\u{202E},990101000000,,,123
                qt.letters1,温如砥,990102000000,,,
                """
            let result = try await InstitutionImport.staff(csv: csv, into: house.casefile)
            #expect(result.added == 1)
            #expect(
                result.bad.map { "\($0.line) \($0.column) \($0.why.rawValue)" } == [
                    "3 username repeated", "4 roles role-office", "5 roles office-unknown", "6 kin kin", "6 roles role",
                    "7 username username", "7 organ organ-unknown", "8 name text", "8 password password",
                    "9 organ fixed",
                ])
            let password = try #require(result.passwords.first?.oneTimePassword)
            let world = try await house.casefile.world()
            let person = try #require(world.staff.values.first { $0.username == "qt.new1" })
            #expect(person.kin.map(\.relation) == ["妻子", "父亲"])
            #expect(world.places(of: person.id).map(\.admitted) == [false, false])
            #expect(try await house.casefile.signIn(username: "qt.new1", password: password)?.mustChange == true)
            #expect(try await house.casefile.peopleWithOneTimePassword() == [person.id])
        }
    }

    @Test func `an office of newcomers has its key in all their hands`() async throws {
        try await House.whileFull(.sqlite) { house in
            _ = try await house.take("offices", "organ,code,name,kind\n990102000000,inspection-9,新室,inspection\n")
            _ = try await house.take(
                "staff",
                "username,name,organ,roles\nls.x1,甲某,990102000000,inspection-9:director\nls.x2,乙某,990102000000,inspection-9:handler"
            )
            let world = try await house.casefile.world()
            let office = try #require(world.offices.values.first { $0.code == "inspection-9" })
            #expect(world.members(of: office.id).map(\.admitted) == [true, true])
        }
    }

    @Test func `a year of working days is added to those there are and broken data change nothing`() async throws {
        try await House.whileEmpty(.sqlite) { house in
            let before = try WorkingDayTable.shipped()
            let forecast = try await house.casefile.importCalendar(
                "# source: notice\n# licence: none\n# years: 2027\n2027-01-01,元旦,true\n", by: nil)
            let after = forecast.table
            #expect(after.years == before.years.union([2027]))
            #expect(after.exceptions.count == before.exceptions.count + 1)
            await #expect(throws: CalendarImportError.gapInYears) {
                try await house.casefile.importCalendar("# years: 2040\n", by: nil)
            }
            await #expect(throws: WorkingDayTableError.flag(line: 2)) {
                try await house.casefile.importCalendar("# years: 2028\n2028-01-03,元旦,maybe\n", by: nil)
            }
            #expect(try await OpenDataImport.regions(text: "990000\t某省\n", into: house.casefile) == 1)
            await #expect(throws: RegionTableError.code(line: 1)) {
                try await OpenDataImport.regions(text: "99\t某省\n", into: house.casefile)
            }
            let stored: [String] = try await house.casefile.database.read { tx in
                try tx.rows("SELECT body FROM dataset ORDER BY name").map { try $0.get("body") }
            }
            #expect(stored.count == 2 && stored[0] == "990000\t某省\n")
            #expect(try WorkingDayTable(csv: stored[1]).years == after.years)
        }
    }
}
