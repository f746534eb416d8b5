import Casework
import Kernel
import Testing

/// The three prohibitions, tried with reports that nobody thought of.
struct RoutingPropertyTests {
    private static let levels = ManagementLevel.allCases
    private static let plainUnits = ["", "清棠县水务局", "县委", "棠漪镇政府", "栎山县第一中学", "不详", "村委会"]
    private static let positions = ["", "科员", "书记", "局长", "组长", "原副书记", "会计"]

    @Test func `whoever is reported, no reported organ, no lower rank and no barred person ever receives`() throws {
        let people = TestWorld.province()
        var changed = people
        for index in changed.staff.indices where index % 5 == 0 {
            changed.staff[index].kin = [Kin(name: "何平\(index % 3)", relation: "亲属")]
        }
        let world = changed.build()
        var random = SplitMix(state: 20_261_121)
        var (received, above) = (0, 0)
        for _ in 0..<4000 {
            let parties = (0...Int.random(in: 0...2, using: &random)).map { _ in party(changed, &random) }
            let asked = Bool.random(using: &random) ? changed.organs.randomElement(using: &random)?.code : nil
            let place = Bool.random(using: &random) ? changed.organs.randomElement(using: &random)?.region : nil
            let decision = Jurisdiction.decide(organ: asked, place: place, reported: parties, in: world)
            if Jurisdiction.standsAbove(parties, in: world) {
                #expect(decision == .aboveThisPlatform, "\(asked ?? "-") about \(parties)")
            }
            switch decision {
            case .noSuchOrgan: Issue.record("no organ for \(parties)")
            case .aboveThisPlatform: above += 1
            case .receive(let id, let audience, _, let barred):
                received += 1
                let organ = try #require(world.organs[id])
                let story = Comment(rawValue: "\(organ.code) \(audience) asked \(asked ?? "-") about \(parties)")
                for rank in parties.compactMap(\.management.rank) { #expect(world.rank(of: organ) <= rank, story) }
                for named in changed.organs {
                    let said = parties.filter { $0.unit.contains(named.shortName) || $0.name.contains(named.shortName) }
                    if said.isEmpty { continue }
                    let own = audience == .internal && id == named.id
                    #expect(own || !world.lies(id, within: named.id), story)
                }
                let readers = Jurisdiction.readers(audience, of: organ, barred: barred, in: world)
                #expect(!readers.isEmpty && readers.allSatisfy { barred[$0] == nil }, story)
                for reader in readers {
                    let person = try #require(world.staff[reader])
                    #expect(!parties.contains { $0.kind == .person && $0.name == person.name }, story)
                    #expect(!person.kin.contains { kin in parties.contains { $0.name == kin.name } }, story)
                    #expect(person.organ == id, story)
                }
                if audience == .letters { #expect(parties.allSatisfy { $0.management != .unknown }, story) }
                try checkTransfers(parties, holder: organ, people: changed, world: world)
            }
        }
        #expect(received > 1500 && above > 300)
    }

    /// What was received may be passed down only where it might also have been received.
    private func checkTransfers(
        _ parties: [ReportedParty], holder: Organ, people: TestWorld, world: World
    ) throws {
        for target in people.organs where target.id != holder.id && world.lies(target.id, within: holder.id) {
            guard Jurisdiction.mayReceive(target, reported: parties, in: world) else { continue }
            let direct = Jurisdiction.decide(organ: target.code, place: nil, reported: parties, in: world)
            guard case .receive(let id, .letters, _, _) = direct, id == target.id else {
                Issue.record("\(target.code) may be given what it may not receive: \(parties)")
                continue
            }
        }
    }

    private func party(_ people: TestWorld, _ random: inout SplitMix) -> ReportedParty {
        let organ = people.organs.randomElement(using: &random)?.shortName ?? ""
        let isUnit = Int.random(in: 0..<5, using: &random) == 0
        let level = Self.levels.randomElement(using: &random) ?? .unknown
        let unit = Bool.random(using: &random) ? organ : Self.plainUnits.randomElement(using: &random) ?? ""
        if isUnit { return ReportedParty(kind: .unit, name: unit.isEmpty ? "某局" : unit, management: level) }
        let strangers = ["何平0", "何平1", "高远", "钱途"]
        let name =
            Int.random(in: 0..<3, using: &random) == 0
            ? strangers.randomElement(using: &random) : people.staff.randomElement(using: &random)?.name
        return ReportedParty(
            kind: .person, name: name ?? "", unit: unit, position: Self.positions.randomElement(using: &random) ?? "",
            management: level, principal: Int.random(in: 0..<6, using: &random) == 0)
    }
}

/// A generator with a seed, so that a failure can be seen twice (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
