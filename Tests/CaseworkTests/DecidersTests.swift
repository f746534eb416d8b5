import Casework
import Kernel
import Testing

@Suite struct `Somebody always decides` {
    static func world(away: [String] = [], order: [(String, String, Role)] = []) throws -> (TestWorld, World) {
        let people = TestWorld.province()
        let today = try #require(Day("2026-03-02"))
        let office = try people.office("qingtang.leaders")
        let places = try order.enumerated().map { index, entry in
            StandIn(
                post: Seat(office: try people.office(entry.0).id, role: entry.2), position: index + 1,
                staff: try people.person(entry.1).id)
        }
        let cover = Cover(
            day: today,
            absences: try away.map {
                Absence(id: .random(), staff: try people.person($0).id, term: Term(first: today, last: today))
            }, order: places, keys: Set(places.map { .init(office: office.id, staff: $0.staff) }))
        return (
            people,
            World(
                version: 1, organs: people.organs, offices: people.offices, staff: people.staff,
                memberships: people.memberships, cover: cover)
        )
    }

    @Test func `the leaders who are there decide, then their stand-ins, then the superior, then nobody`() throws {
        let county = "qingtang.leaders."
        func deciders(_ pair: (TestWorld, World), barred: [String] = [], except: String? = nil) throws -> [String] {
            let (people, world) = pair
            let found = world.deciders(
                of: try people.organ("qingtang").id, barred: Set(try barred.map { try people.person($0).id }),
                except: try except.map { try people.person($0).id })
            return (found?.people ?? []).compactMap { world.staff[$0]?.username }.sorted()
        }
        let all = try Self.world()
        #expect(try deciders(all) == [county + "deputy", county + "principal"])
        #expect(try deciders(all, except: county + "deputy") == [county + "principal"])
        let superior = ["wangchuan.leaders.deputy", "wangchuan.leaders.principal"]
        #expect(try deciders(all, barred: [county + "deputy"], except: county + "principal") == superior)
        let both = [county + "deputy", county + "principal"]
        #expect(try deciders(try Self.world(away: both)) == superior)
        let order: [(String, String, Role)] = [
            ("qingtang.leaders", "qingtang.internal.director", .deputy),
            ("qingtang.leaders", "qingtang.letters.director", .deputy),
        ]
        let covered = try Self.world(away: both, order: order)
        #expect(try deciders(covered) == ["qingtang.internal.director"])
        #expect(try deciders(covered, barred: ["qingtang.internal.director"]) == ["qingtang.letters.director"])
        #expect(
            try deciders(covered, barred: ["qingtang.internal.director"], except: "qingtang.letters.director")
                == superior)
        let everybody = ["qingtang", "wangchuan", "yunlan"].flatMap {
            ["\($0).leaders.deputy", "\($0).leaders.principal"]
        }
        #expect(try deciders(try Self.world(away: everybody)) == [])
    }

    @Test func `a stand-in acts only while every holder is away, and never from another organ`() throws {
        let order: [(String, String, Role)] = [
            ("qingtang.leaders", "lishan.internal.director", .deputy),
            ("qingtang.leaders", "qingtang.internal.director", .deputy),
        ]
        for (away, acts) in [([], false), (["qingtang.leaders.deputy"], true)] as [([String], Bool)] {
            let (people, world) = try Self.world(away: away, order: order)
            let office = try people.office("qingtang.leaders").id
            let acting = world.members(of: office).filter { !$0.isRegular && $0.admitted }.map(\.staff)
            #expect(acting == (acts ? [try people.person("qingtang.internal.director").id] : []))
        }
    }
}
