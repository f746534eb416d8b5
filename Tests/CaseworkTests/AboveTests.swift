import Casework
import Testing

/// What can be turned away before anybody knows where it happened.
@Suite struct `A report stands above the whole province` {
    let people = TestWorld.province()
    let world: World

    init() { world = people.build() }

    private func stands(_ reported: ReportedParty...) -> Bool { Jurisdiction.standsAbove(reported, in: world) }

    @Test func `where somebody is managed by the centre, or its own commission or first leader is named`() {
        #expect(stands(person("何平", .central)))
        #expect(stands(person("何平", .township), person("高远", .central)))
        #expect(stands(unit("云澜省纪委", .provincial)))
        #expect(stands(unit("云澜省监委", .unknown)))
        #expect(stands(person("邵某", unit: "云澜省纪委", position: "书记", .provincial)))
        #expect(stands(person("邵某", unit: "云澜省纪委", .unknown, principal: true)))
    }

    @Test func `but not where the words may mean somebody else`() throws {
        let namesake = try people.person("yunlan.letters.director").name
        for level in [ManagementLevel.unknown, .township, .other, .provincial] {
            #expect(!stands(unit("纪委", level)))
            #expect(!stands(person("某人", unit: "纪委", position: "书记", level)))
            #expect(!stands(person(namesake, unit: "", level)))
            #expect(!stands(person(namesake, unit: "不详", level)))
            #expect(!stands(person(namesake, unit: "前湾村", level)))
        }
        #expect(!stands(unit("清棠县纪委")) && !stands())
        #expect(!Jurisdiction.standsAbove([unit("云澜省纪委")], in: .empty))
    }
}
