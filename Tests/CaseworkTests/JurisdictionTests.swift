import Casework
import Kernel
import Testing

/// Where a report goes, by organ code, or why it goes nowhere.
struct Route: Equatable, CustomStringConvertible {
    var organ: String
    var audience: Audience?
    var reasons: [Reason] = []
    var barred: Set<String> = []

    static func == (left: Route, right: Route) -> Bool {
        left.organ == right.organ && left.audience == right.audience
    }
    static func to(_ organ: String, _ audience: Audience = .letters) -> Route {
        Route(organ: organ, audience: audience)
    }
    static let above = Route(organ: "above this platform")
    static let nowhere = Route(organ: "no such organ")
    var description: String { "\(organ) \(audience.map(\.rawValue) ?? "") \(reasons.map(\.rawValue)) \(barred)" }
}

extension World {
    /// Routes one report.
    func route(_ organ: String?, place: String? = nil, _ reported: ReportedParty...) -> Route {
        route(organ, place: place, about: reported)
    }

    func route(_ organ: String?, place: String? = nil, about reported: [ReportedParty]) -> Route {
        switch Jurisdiction.decide(organ: organ, place: place.flatMap { RegionCode($0) }, reported: reported, in: self)
        {
        case .aboveThisPlatform: return .above
        case .noSuchOrgan: return .nowhere
        case .receive(let id, let audience, let reasons, let barred):
            return Route(
                organ: organs[id]?.code ?? "", audience: audience, reasons: reasons,
                barred: Set(barred.keys.compactMap { staff[$0]?.username }))
        }
    }
}

struct JurisdictionTests {
    let people = TestWorld.province()
    let world: World

    init() { world = people.build() }

    private func name(_ username: String) throws -> String { try people.person(username).name }

    @Test func `the organ that was chosen receives when it is competent`() {
        let route = world.route("qingtang", person("何平"))
        #expect(route == .to("qingtang") && route.reasons == [.chosenOrgan] && route.barred.isEmpty)
        #expect(world.route("wangchuan", person("何平")) == .to("wangchuan"))
        #expect(world.route("tangyi", person("何平", .township)) == .to("tangyi"))
        #expect(world.route("tangyi", person("何平", .other)) == .to("tangyi"))
        #expect(world.route("nowhere", person("何平")) == .nowhere)
        #expect(world.route("", person("何平")) == .nowhere)
    }

    @Test func `a person managed higher moves the report up as far as needed`() {
        let route = world.route("tangyi", person("何平", .municipal))
        #expect(route == .to("wangchuan") && route.reasons.last == .managedHigher)
        #expect(world.route("tangyi", person("何平", .county)) == .to("qingtang"))
        #expect(world.route("qingtang", person("何平", .provincial)) == .to("yunlan"))
    }

    @Test func `of several people the highest decides`() {
        #expect(world.route("qingtang", person("何平", .other), person("高远", .municipal)) == .to("wangchuan"))
        #expect(world.route("tangyi", person("何平", .township), unit("县水务局", .county)) == .to("qingtang"))
    }

    @Test func `nothing about a person managed by the centre is received, whoever is asked and wherever it happened`() {
        for place in [nil, "990000", "990101", "990101100", "110000"] {
            #expect(world.route(nil, place: place, person("何平", .central)) == .above)
        }
        for organ in people.organs { #expect(world.route(organ.code, person("何平", .central)) == .above) }
        #expect(world.route("qingtang", person("何平", .unknown), person("高远", .central)) == .above)
    }

    @Test func `a report about the leader or the letters office of the highest organ has no recipient here`() throws {
        #expect(world.route("yunlan", person("邵某", unit: "云澜省纪委", position: "书记", .provincial)) == .above)
        #expect(world.route("qingtang", person("邵某", unit: "云澜省纪委监委", principal: true)) == .above)
        let clerk = try name("yunlan.letters.registrar")
        #expect(world.route("yunlan", person(clerk, unit: "省纪委", .provincial)) == .above)
        #expect(world.route("yunlan", unit("云澜省监委", .provincial)) == .above)
    }

    @Test func `without an organ the level over the place receives, else the nearest above`() {
        #expect(world.route(nil, place: "990101100", person("何平", .township)) == .to("tangyi"))
        #expect(world.route(nil, place: "990101100", person("何平", .other)) == .to("tangyi"))
        #expect(world.route(nil, place: "990101100", person("何平", .county)) == .to("qingtang"))
        #expect(world.route(nil, place: "990101100", person("何平", .municipal)) == .to("wangchuan"))
        #expect(world.route(nil, place: "990201", person("何平", .provincial)) == .to("yunlan"))
        // A town without an organ of its own, a county without one, a place in no part of this province.
        #expect(world.route(nil, place: "990101105", person("何平", .township)) == .to("qingtang"))
        #expect(world.route(nil, place: "990103", person("何平", .county)) == .to("wangchuan"))
        #expect(world.route(nil, place: "110105", person("何平", .county)) == .to("yunlan"))
        #expect(world.route(nil, person("何平", .county)) == .to("yunlan"))
    }

    @Test func `a county's own installation turns away what the city manages`() throws {
        var county = TestWorld()
        county.organs = [try people.organ("qingtang")]
        county.organs[0].parent = nil
        county.offices = people.offices
        county.staff = people.staff
        county.memberships = people.memberships
        let world = county.build()
        #expect(world.route(nil, place: "990101", person("何平", .municipal)) == .above)
        #expect(world.route("qingtang", person("何平", .municipal)) == .above)
        #expect(world.route(nil, place: "990101", person("何平", .county)) == .to("qingtang"))
    }

    @Test func `what nobody knows the level of is read by the director alone, and never at a town by place`() {
        #expect(world.route("tangyi", person("何平", .unknown)) == .to("tangyi", .director))
        #expect(world.route("qingtang", about: []) == .to("qingtang", .director))
        #expect(world.route("qingtang", person("何平", .county), person("高远", .unknown)) == .to("qingtang", .director))
        let route = world.route(nil, place: "990101100", person("何平", .unknown))
        #expect(route == .to("qingtang", .director) && route.reasons == [.placeAndLevel, .managementUnknown])
        #expect(world.route("tangyi", person("何平", .unknown), person("高远", .municipal)) == .to("wangchuan", .director))
    }

    @Test(arguments: [
        "清棠县纪委", "清棠县纪委监委", "清棠县监察委员会", "中共清棠县纪律检查委员会", "清 棠 县 纪 委", "清棠县　纪委", "「清棠县·纪委」",
        "望川市清棠县纪委监委", "清棠县(纪委)", "清棠县\u{200B}纪委", "QINGTANG Commission", "ｑｉｎｇｔａｎｇ　ｃｏｍｍｉｓｓｉｏｎ", "县纪委", "县纪委监委",
    ])
    func `the organ's own leader goes past it, however its name is written`(unit: String) {
        for position in ["书记", "副书记", "原县纪委副书记", "监委主任", "书 记", "党组　书记"] {
            #expect(world.route("qingtang", person("某人", unit: unit, position: position)) == .to("wangchuan"))
        }
        #expect(world.route("qingtang", person("某人", unit: unit, principal: true)) == .to("wangchuan"))
        #expect(world.route("tangyi", person("某人", unit: unit, position: "书记")) == .to("wangchuan"))
    }

    @Test func `whichever field names the organ, it is noticed`() {
        let wanted = Route.to("wangchuan")
        #expect(world.route("qingtang", person("某人", unit: "", position: "清棠县纪委副书记")) == wanted)
        #expect(world.route("qingtang", person("某人", unit: "清棠县", position: "纪委书记")) == wanted)
        #expect(world.route("qingtang", person("某人", unit: "县委", position: "原清棠县纪委监委常委")) == wanted)
        #expect(world.route("qingtang", person("清棠县纪委书记王某", unit: "")) == wanted)
        #expect(world.route("qingtang", person("某人", unit: "清棠县纪委书记")) == wanted)
        // A code of some other body does not outweigh the words.
        #expect(
            world.route("qingtang", person("某人", unit: "清棠县纪委", position: "书记", unitCode: "91350100M000100Y43"))
                == wanted)
    }

    @Test func `a second organ in the words, with a longer name, does not hide the first`() {
        let words = person("某人", unit: "棠漪镇纪委", position: "书记，曾任中共栎山县纪律检查委员会干部", .township)
        #expect(world.route("tangyi", words) == .to("qingtang"))
        let both = person("某人", unit: "霁州市纪委监委", position: "委员，原清棠县纪委科员")
        #expect(world.route("qingtang", both) == .to("wangchuan"))
    }

    @Test func `the name of another county's organ moves nothing here`() {
        #expect(world.route("qingtang", person("某人", unit: "栎山县纪委", position: "书记")) == .to("qingtang"))
        #expect(world.route("wangchuan", person("某人", unit: "栎山县纪委", position: "书记")) == .to("wangchuan"))
    }

    @Test func `the discipline office without a name means the organ that is asked, and one step up is enough`() {
        for words in ["纪委", "纪检组", "监察委", "纪律检查部门", "discipline inspection"] {
            #expect(world.route("tangyi", person("某人", unit: words, position: "书记", .township)) == .to("qingtang"))
            #expect(world.route("qingtang", person("某人", unit: words)) == .to("wangchuan"))
            #expect(world.route("qingtang", unit(words)) == .to("wangchuan"))
        }
        #expect(world.route("tangyi", person("某人", unit: "纪委", .county)) == .to("wangchuan"))
        #expect(world.route(nil, place: "990101100", person("某人", unit: "纪委", .township)) == .to("qingtang"))
        #expect(world.route("yunlan", person("某人", unit: "纪委", .provincial)) == .above)
        // Whoever a county manages is no member of the province's own office: a valid report is not turned away.
        #expect(world.route("yunlan", person("某人", unit: "纪委")) == .to("yunlan"))
    }

    @Test func `a hospital's discipline office is not the county's, and a bare office of ours is`() {
        #expect(world.route("qingtang", person("某人", unit: "清棠县医院", position: "纪委书记")) == .to("qingtang"))
        #expect(world.route("qingtang", person("某人", unit: "信访室", position: "主任")) == .to("wangchuan"))
        #expect(world.route("qingtang", person("某人", unit: "贵委", position: "科员")) == .to("wangchuan"))
        #expect(world.route("qingtang", person("", unit: "清棠县委", position: "纪委书记，原任棠漪镇纪委书记")) == .to("wangchuan"))
    }

    @Test(.timeLimit(.minutes(10))) func `a hostile wall of names is looked through without hanging`() {
        let wall = String(repeating: "镇纪委", count: 160)
        let parties = (0..<50).map { _ in person(wall, unit: wall, position: wall) }
        #expect(world.route("qingtang", about: parties).organ == "qingtang")
    }

    @Test func `an ordinary cadre of the organ goes to internal supervision, a clerk or leader to the superior`() throws
    {
        let cadre = try name("qingtang.inspection.handler")
        let route = world.route("qingtang", person(cadre, unit: "清棠县纪委监委", position: "科员"))
        #expect(route == .to("qingtang", .internal) && route.reasons.last == .ownCadre)
        #expect(route.barred == ["qingtang.inspection.handler"])
        for post in [
            "letters.registrar", "letters.director", "leaders.deputy", "internal.handler", "internal.director",
        ] {
            let name = try name("qingtang." + post)
            let spaced = name.map(String.init).joined(separator: "　")
            #expect(world.route("qingtang", person(name, unit: "清棠县纪委")) == .to("wangchuan"))
            #expect(world.route("qingtang", person(spaced, unit: "县纪委监委")) == .to("wangchuan"))
        }
    }

    @Test func `a town that is asked about a cadre of its county organ never holds the report`() throws {
        let cadre = try name("qingtang.trial.director")
        #expect(world.route("tangyi", person(cadre, unit: "清棠县纪委", .township)) == .to("qingtang", .internal))
        #expect(world.route("tangyi", person("某人", unit: "清棠县纪委", .township)) == .to("wangchuan"))
        #expect(world.route("tangyi", unit("清棠县纪委", .township)) == .to("wangchuan"))
        #expect(world.route("team", unit("望川市纪委", .township)) == .to("yunlan"))
    }

    @Test func `where the organ has no internal supervision its own cadre goes to the superior`() throws {
        let town = try name("tangyi.inspection.handler")
        #expect(world.route("tangyi", person(town, unit: "棠漪镇纪委", .township)) == .to("qingtang"))
        let member = try name("team.inspection.handler")
        #expect(world.route("team", person(member, unit: "驻县民政局纪检监察组", .township)) == .to("qingtang"))
        #expect(world.route("team", person("某人", unit: "民政局纪检组", position: "组长", .township)) == .to("qingtang"))
    }

    @Test func `two colleagues of one name, or a name we cannot place, leave the risk and go to the superior`() throws {
        var people = people
        let name = try name("qingtang.inspection.handler")
        people.change("qingtang.trial.director") { $0.aliases = [name] }
        #expect(people.build().route("qingtang", person(name, unit: "清棠县纪委")) == .to("wangchuan"))
        #expect(world.route("qingtang", person("查无此人", unit: "清棠县纪委", position: "科员")) == .to("wangchuan"))
        #expect(world.route("qingtang", person("", unit: "清棠县纪委", position: "工作人员")) == .to("wangchuan"))
    }

    @Test(arguments: ["", "　", "？", "不详", "不清楚", "不知道", "Unknown", "N/A"])
    func `a colleague's bare name, without a unit that tells the two apart, goes to the superior`(unit: String) throws {
        let name = try name("qingtang.letters.triage")
        let route = world.route("qingtang", person(name, unit: unit))
        #expect(route == .to("wangchuan") && route.reasons.last == .ownOrganNotRuledOut)
    }

    @Test func `a namesake at another unit bars the colleague and moves nothing`() throws {
        let name = try name("qingtang.letters.triage")
        let route = world.route("qingtang", person(name, unit: "清棠县水务局"))
        #expect(route == .to("qingtang") && route.barred == ["qingtang.letters.triage"])
        // The name of somebody in the superior organ bars that person there.
        let above = try self.name("wangchuan.letters.director")
        let bare = world.route("qingtang", person(above, unit: ""))
        #expect(bare == .to("qingtang") && bare.barred == ["wangchuan.letters.director"])
    }

    @Test func `a name with a post behind it, or two names in one field, still bars`() throws {
        let (first, second) = (try name("qingtang.letters.triage"), try name("qingtang.trial.director"))
        for field in [first + "科长", "\(first)、\(second)", "\(second)和\(first)等人", "原主任" + first, "“\(first)”（女）"] {
            #expect(world.route("qingtang", person(field)).barred.contains("qingtang.letters.triage"), "\(field)")
        }
        #expect(world.route("qingtang", person("\(first)、\(second)")).barred.count == 2)
        var people = people
        people.change("qingtang.letters.registrar") { $0.name = "王伟" }
        let world = people.build()
        #expect(world.route("qingtang", person("王伟民")).barred.isEmpty)
        #expect(world.route("qingtang", person("王 伟")).barred == ["qingtang.letters.registrar"])
    }

    @Test func `kin of the reported may not read, and when no director is left the superior receives`() throws {
        var people = people
        people.change("qingtang.letters.director") { $0.kin = [Kin(name: "何平", relation: "丈夫")] }
        let world = people.build()
        let route = world.route("qingtang", person("何 平"))
        #expect(route == .to("qingtang") && route.barred == ["qingtang.letters.director"])
        let unknown = world.route("qingtang", person("何平", .unknown))
        #expect(unknown == .to("wangchuan", .director) && unknown.reasons.contains(.noOneMayRead))
    }

    @Test func `an office where only a registrar is left cannot judge, so the superior receives`() {
        var people = people
        for post in ["director", "triage"] {
            people.change("qingtang.letters." + post) { $0.kin = [Kin(name: "何平", relation: "父亲")] }
        }
        #expect(people.build().route("qingtang", person("何平")) == .to("wangchuan"))
        people.memberships = people.memberships.map { place in
            var place = place
            place.admitted = false
            return place
        }
        #expect(people.build().route("qingtang", person("高远")) == .above)
    }

    @Test func `the director of internal supervision is kin of the cadre, so the superior receives`() throws {
        var people = people
        let cadre = try name("qingtang.inspection.handler")
        people.change("qingtang.internal.director") { $0.kin = [Kin(name: cadre, relation: "妻子")] }
        #expect(people.build().route("qingtang", person(cadre, unit: "清棠县纪委")) == .to("wangchuan"))
    }

    @Test func `a dispatched team may hear of its attached unit, but not of people managed by the county`() {
        #expect(world.route("team", person("何平", unit: "清棠县民政局", .township)) == .to("team"))
        #expect(world.route("team", unit("清棠县民政局", .township)) == .to("team"))
        #expect(world.route("team", person("何平", unit: "清棠县民政局", position: "局长", .county)) == .to("qingtang"))
        #expect(world.route(nil, place: "990101", person("何平", .county)) == .to("qingtang"))
    }
}
