import Kernel
import Testing

struct RegionTests {
    @Test func `levels and parents are told by the digits`() throws {
        var code = try #require(RegionCode("110105001002"))
        var chain: [String] = []
        while let parent = code.parent {
            chain.append("\(code) \(code.level)")
            #expect(parent.contains(code) && !code.contains(parent) && parent.contains(parent))
            code = parent
        }
        #expect(chain == ["110105001002 village", "110105001 township", "110105 county", "110100 prefecture"])
        #expect(code.description == "110000" && code.level == .province)
        #expect(RegionCode("110105001002")?.county == RegionCode("110105"))
        #expect(RegionCode("441900003")?.parent == RegionCode("441900"))
        #expect(RegionCode("110000")?.contains(try #require(RegionCode("120000"))) == false)
    }

    @Test func `trailing zeros fall away and junk is refused`() {
        #expect(RegionCode("310000000000")?.description == "310000" && RegionCode("110105000") == RegionCode("110105"))
        #expect(RegionCode("110105001000")?.description == "110105001")
        for junk in ["", "11", "1101050", "010105", "000000", "11010５", "-10105", "110105001002000", "11010a"] {
            #expect(RegionCode(junk) == nil)
        }
    }

    @Test func `the shipped table knows the country down to its townships`() throws {
        let table = try RegionTable.shipped()
        #expect(table.count > 40_000 && table.children(of: nil).count == 34)
        #expect(try table.name(of: code("110105")) == "朝阳区" && table.fullName(of: code("110105")) == "北京市朝阳区")
        #expect(try table.fullName(of: code("430102")) == "湖南省长沙市芙蓉区")
        #expect(try table.children(of: code("430000")).count == 14)
        #expect(try table.children(of: code("110000")).contains(Region(code: code("110105"), name: "朝阳区")))
        #expect(try table.children(of: code("430102")).allSatisfy { $0.code.level == .township })
        #expect(!table.licence.isEmpty && !table.source.isEmpty && table.date != nil)
    }

    @Test func `every shipped place is reached once by going down from the provinces`() throws {
        let table = try RegionTable.shipped()
        var seen: Set<RegionCode> = []
        var open = table.children(of: nil)
        while let region = open.popLast() {
            #expect(seen.insert(region.code).inserted && table.name(of: region.code) == region.name)
            open.append(contentsOf: table.children(of: region.code))
        }
        #expect(seen.count == table.count)
    }

    @Test func `an imported table may come in any order and names its faulty line`() throws {
        let table = try RegionTable(text: "\u{FEFF}# Source: a: b \r\n\r\n110105\t朝阳区\r\n110000\t北京市\r\n")
        #expect(table.source == "a: b" && table.children(of: nil).map(\.name) == ["北京市"])
        #expect(try table.name(of: code("110100")) == nil && table.fullName(of: code("110101")) == nil)
        func fault(_ text: String) -> RegionTableError? {
            #expect(throws: RegionTableError.self) { _ = try RegionTable(text: text) }
        }
        #expect(fault("# x\n110000 北京市") == .columns(line: 2) && fault("110000\t") == .columns(line: 1))
        #expect(fault("11000\t北京市") == .code(line: 1) && fault("") == .empty)
        #expect(fault("110000\t北京市\n\n110000000000\t北京") == .duplicate(line: 3))
    }

    private func code(_ text: String) throws -> RegionCode {
        try #require(RegionCode(text))
    }
}
