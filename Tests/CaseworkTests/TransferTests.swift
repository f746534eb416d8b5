import Casework
import Kernel
import Testing

struct TransferTests {
    let people = TestWorld.province()

    private func mayReceive(_ code: String, _ parties: ReportedParty..., in world: World? = nil) throws -> Bool {
        Jurisdiction.mayReceive(try people.organ(code), reported: parties, in: world ?? people.build())
    }

    @Test func `a lower organ may be given what its level covers`() throws {
        #expect(try mayReceive("tangyi", person("何平", .township)))
        #expect(try mayReceive("qingtang", person("何平", .county)))
        #expect(try mayReceive("team", person("何平", unit: "清棠县民政局", .township)))
    }

    @Test func `nobody is given a report about people above them, or of unknown level, or about nobody`() throws {
        #expect(try !mayReceive("tangyi", person("何平", .county)))
        #expect(try !mayReceive("team", person("何平", .county)))
        #expect(try !mayReceive("qingtang", person("何平", .county), person("高远", .municipal)))
        #expect(try !mayReceive("qingtang", person("何平", .unknown)))
        #expect(try !mayReceive("qingtang", person("何平", .county), person("高远", .unknown)))
        #expect(try !mayReceive("qingtang"))
    }

    @Test func `the reported organ and whatever stands under it are never given the report`() throws {
        for code in ["qingtang", "tangyi", "shuangqiao", "team"] {
            #expect(try !mayReceive(code, unit("清棠县纪委监委", .township)))
            #expect(try !mayReceive(code, person("某人", unit: "清棠县纪委", position: "原副书记", .township)))
            #expect(try !mayReceive(code, person("何平", .other), unit("望川市监委", .other)))
        }
        #expect(try mayReceive("lishan", unit("清棠县纪委监委")))
        #expect(try mayReceive("tangyi", unit("霜桥镇纪委", .township)))
        #expect(try !mayReceive("shuangqiao", unit("霜桥镇纪委", .township)))
    }

    @Test func `an organ is not given a report about its own cadre, nor one of its superior`() throws {
        let own = try people.person("qingtang.inspection.handler").name
        #expect(try !mayReceive("qingtang", person(own, unit: "清棠县纪委")))
        #expect(try !mayReceive("tangyi", person(own, unit: "清棠县纪委", .township)))
        #expect(try !mayReceive("qingtang", person("某人", unit: "纪检部门")))
        let clerk = try people.person("tangyi.letters.director").name
        #expect(try !mayReceive("tangyi", person(clerk, unit: "", .township)))
    }

    @Test func `an organ whose judges are all kin of the reported is not given the report`() throws {
        var changed = people
        for post in ["director", "triage"] {
            changed.change("tangyi.letters." + post) { $0.kin = [Kin(name: "何平", relation: "叔父")] }
        }
        #expect(try !mayReceive("tangyi", person("何平", .township), in: changed.build()))
        #expect(try mayReceive("shuangqiao", person("何平", .township), in: changed.build()))
    }
}
