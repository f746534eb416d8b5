import Similarity
import Testing

struct ScoreTests {
    let weights: Weights
    let names: PartyNames

    init() throws {
        weights = try .shipped()
        names = try .shipped()
    }

    func score(_ jaccard: Double, _ rare: Double, _ outcomes: [EvidenceKind: Outcome] = [:]) -> Score {
        let likeness = TextLikeness(jaccard: jaccard, rare: rare, sharedWords: [])
        return Score(Evidence(text: .read(likeness), outcomes: outcomes), weights: weights)
    }

    @Test func `the same letter twice is certain, two strangers' letters are nothing`() {
        #expect(score(1, 1).level == .certain)
        #expect(score(0.01, 0.01, [.reported: .different]).level == nil)
        #expect(score(0.01, 0.01, [.reporter: .same]).level == nil)
    }

    @Test func `each reason that speaks for sameness raises the score and is shown with its weight`() {
        var outcomes: [EvidenceKind: Outcome] = [:]
        var last = score(0.1, 0.12)
        for kind in EvidenceKind.allCases {
            outcomes[kind] = .same
            let next = score(0.1, 0.12, outcomes)
            #expect(next.value > last.value || next.value == 1)
            #expect(next.bits > last.bits && next.reasons.count == last.reasons.count + 1)
            last = next
        }
        #expect(last.reasons.map(\.weight) == last.reasons.map(\.weight).sorted(by: >))
        #expect(last.value <= 1 && last.level == .certain)
    }

    @Test func `the more of the wording two letters share, the higher they stand`() {
        var last = -100.0
        for step in 0...100 {
            let bits = score(Double(step) / 100, 0).bits
            #expect(bits >= last)
            last = bits
        }
    }

    @Test func `a report of the same person in the same place is likely the same with few words alike`() {
        #expect(score(0.05, 0.1, [.reporter: .same, .reported: .same]).level == .certain)
        #expect(score(0.05, 0.1).level == nil)
        #expect(score(0.02, 0.05, [.place: .same]).level == nil)
    }

    @Test func `a director is the same person with and without a title`() throws {
        #expect(try names.person("副县长　冯德才同志") == "冯德才")
        #expect(try names.persons(["村支书冯德才"], ["馮德才"]) == .same)
        #expect(try names.persons(["冯书记"], ["冯德才"]) == .close)
        #expect(try names.persons(["冯德才"], ["冯德财"]) == .different)
        #expect(try names.persons(["老冯", "冯德才"], ["冯德才"]) == .same)
        #expect(try names.persons([], ["冯德才"]) == nil)
    }

    @Test func `a unit is the same by its short form`() throws {
        #expect(try names.units(["石桥镇人民政府"], ["石桥镇政府"]) == .same)
        #expect(try names.units(["柳湾村村民委员会"], ["柳湾村村委会"]) == .same)
        #expect(try names.units(["云坪县第二中学"], ["云坪二中"]) == .close)
        #expect(try names.units(["石桥镇卫生院"], ["长岭镇卫生院"]) == .different)
    }

    @Test func `whoever a letter names beside a post is found`() throws {
        let normaliser = try Normaliser.shipped()
        let one = names.persons(in: try normaliser("村支书冯德才把工程给了妻弟"))
        let two = names.persons(in: try normaliser("工程是冯德才书记给的"))
        #expect(one.intersection(two).contains("冯德才"))
    }

    @Test func `places of one county are near, a village lies in its county`() {
        #expect(Evidence.places("350122", "350122001002") == .same)
        #expect(Evidence.places("350122001002", "350122001003") == .close)
        #expect(Evidence.places("350122", "350123") == .different)
        #expect(Evidence.places("", "350123") == nil)
        #expect(Evidence.months([202_112], [202_201]) == .close)
        #expect(Evidence.files(Set(["a"]), ["b"]) == nil && Evidence.files(Set(["a"]), ["a"]) == .same)
    }

    @Test func `weights that do not fit together are refused`() throws {
        #expect(throws: (any Error).self) { try Weights(json: "{}") }
        #expect(!weights.source.isEmpty && weights.date.count == 10)
    }
}
