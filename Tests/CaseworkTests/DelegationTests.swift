import Casework
import Kernel
import Testing

/// What dispatched teams may receive, who must stand aside for a unit, and how a decision explains itself.
struct DelegationTests {
    let people = TestWorld.province()

    private func team(_ delegated: ManagementLevel?, attached: String = "清棠县民政局；民政局;清棠县敬老院") -> World {
        var people = people
        for index in people.organs.indices where people.organs[index].code == "team" {
            people.organs[index].delegated = delegated
            people.organs[index].attachedUnit = attached
        }
        return people.build()
    }

    @Test(arguments: ["清棠县民政局", "中共清棠县民政局党组", "民政局低保科", "清棠县 敬老院"])
    func `a team receives about its attached unit, by whatever name people know it`(unit: String) {
        #expect(team(nil).route("team", person("何平", unit: unit, .township)) == .to("team"))
        #expect(team(nil).route("team", CaseworkTests.unit(unit, .township)) == .to("team"))
    }

    @Test(arguments: ["清棠县水务局", "望川市民政局", "栎山县民政局", "", "棠漪镇人民政府"])
    func `about anybody else the dispatching organ receives, and hands nothing down to the team`(unit: String) throws {
        let world = team(nil)
        let stranger = person("何平", unit: unit, .township)
        let route = world.route("team", stranger)
        #expect(route == .to("qingtang") && route.reasons == [.chosenOrgan, .outsideDelegation])
        #expect(!Jurisdiction.mayReceive(try people.organ("team"), reported: [stranger], in: world))
        let own = person("高远", unit: "清棠县民政局", .township)
        #expect(world.route("team", own, stranger) == .to("qingtang"))
        #expect(Jurisdiction.mayReceive(try people.organ("team"), reported: [own], in: world))
    }

    @Test func `what was delegated decides how high, and a parent cannot delegate more than it has`() {
        let chief = person("何平", unit: "清棠县民政局", position: "局长", .county)
        #expect(team(nil).route("team", chief) == .to("qingtang"))
        #expect(team(.county).route("team", chief) == .to("team"))
        #expect(team(.other).route("team", person("何平", unit: "清棠县民政局", .township)) == .to("qingtang"))
        #expect(team(.provincial).route("team", person("何平", unit: "清棠县民政局", .municipal)) == .to("wangchuan"))
    }

    @Test func `of somebody whose level nobody knows the team's director hears only if the unit is the team's`() {
        #expect(team(nil).route("team", person("何平", unit: "清棠县民政局", .unknown)) == .to("team", .director))
        #expect(team(nil).route("team", person("何平", unit: "清棠县水务局", .unknown)) == .to("qingtang", .director))
    }

    @Test(arguments: ["清棠县水务局", "清棠县水务局财务科", "县水务局", "中共清棠县水务局党组"])
    func `whoever declared a tie with a unit does not read about it`(unit: String) {
        var people = people
        people.change("qingtang.letters.triage") { $0.units = ["清棠县水务局"] }
        let world = people.build()
        #expect(world.route("qingtang", person("何平", unit: unit)).barred == ["qingtang.letters.triage"])
        #expect(world.route("qingtang", CaseworkTests.unit(unit)).barred == ["qingtang.letters.triage"])
        #expect(world.route("qingtang", person("何平", unit: "栎山县水利局")).barred.isEmpty)
        #expect(world.route("qingtang", person("何平", unit: "水务局")).barred.isEmpty)
    }

    @Test func `where everybody who could judge has a tie, the superior receives`() {
        var people = people
        for post in ["director", "triage"] { people.change("qingtang.letters." + post) { $0.units = ["清棠县水务局"] } }
        let route = people.build().route("qingtang", person("何平"))
        #expect(route == .to("wangchuan") && route.reasons.last == .noOneMayRead)
    }

    @Test func `an explanation walks the way of the decision, with the facts of each step`() throws {
        let world = people.build()
        let (qingtang, wangchuan) = (try people.organ("qingtang").id, try people.organ("wangchuan").id)
        let two = [person("何平", .township), person("高远", .municipal)]
        let steps = Jurisdiction.explain(organ: "qingtang", place: nil, reported: two, in: world)
        #expect(steps.map(\.reason) == [.chosenOrgan, .managedHigher, .levelFits])
        #expect(steps[0].facts == [.chosen(qingtang)])
        #expect(steps[1].facts == [.party(1, .municipal), .stands(qingtang, .county)])
        #expect(steps[2].facts.last == .stands(wangchuan, .municipal))
        let leader = person("某人", unit: "清棠县纪委", position: "书记")
        let own = Jurisdiction.explain(organ: "qingtang", place: nil, reported: [leader], in: world)
        #expect(own[1] == JurisdictionStep(reason: .ownLeader, facts: [.names(0, qingtang)]))
        let open = Jurisdiction.explain(
            organ: nil, place: RegionCode("990101"), reported: [person("某人", .unknown)], in: world)
        #expect(open.map(\.reason) == [.placeAndLevel, .managementUnknown])
        #expect(open.last?.facts == [.party(0, .unknown)])
        let empty = Jurisdiction.explain(organ: "qingtang", place: nil, reported: [], in: world)
        #expect(empty.last?.facts == [.nobodyNamed])
    }

    @Test func `every reason has its rule and its source in both languages, and a file without one is refused`() throws
    {
        let rules = try JurisdictionRules.shipped()
        #expect(rules.grounds.count == Reason.allCases.count && rules.handUp.count == 5)
        #expect {
            try JurisdictionRules(
                file: "j", text: "reasons:\n  because: {rule: {zh: 因为, en: so}, source: {zh: 条, en: art}}\n")
        } throws: { "\($0)" == "j:2: no reason \"because\"" }
        let one = "reasons:\n  own-leader: {rule: {zh: 因为, en: so}, source: {zh: 条, en: art}}\n"
        #expect(throws: RuleFault.self) { try JurisdictionRules(file: "j", text: one) }
    }

    @Test func `a part goes only where nothing in the whole forbids it`() throws {
        let world = people.build()
        let town = try people.organ("tangyi")
        let villager = person("何平", unit: "前湾村", .other)
        let higher = person("高远", unit: "清棠县水务局", .county)
        #expect(Jurisdiction.mayReceivePart(town, part: [villager], of: [higher, villager], in: world))
        #expect(!Jurisdiction.mayReceivePart(town, part: [higher], of: [higher, villager], in: world))
        let townLeader = person("某人", unit: "棠漪镇纪委", position: "书记", .county)
        #expect(!Jurisdiction.mayReceivePart(town, part: [villager], of: [townLeader, villager], in: world))
        #expect(
            !Jurisdiction.mayReceivePart(town, part: [villager], of: [unit("清棠县纪委", .municipal), villager], in: world))
    }
}
