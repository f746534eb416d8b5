import Kernel
import Testing

struct RegionSearchTests {
    let table: RegionTable

    init() throws {
        table = try RegionTable(
            text: """
                990000\t云澜省
                990100\t望川市
                990101\t清棠县
                990101100\t棠漪镇
                990102\t栎山县
                990102100\t棠漪镇
                990102101\t小棠漪镇
                """)
    }

    private func found(_ words: String, near: String? = nil, limit: Int = 10) -> [String] {
        table.search(words, near: near.flatMap { RegionCode($0) }, limit: limit).map(\.code.description)
    }

    @Test func `a place is found by its name, those nearby first`() {
        #expect(found("棠漪镇") == ["990101100", "990102100", "990102101"])
        #expect(found("棠漪镇", near: "990102") == ["990102100", "990102101", "990101100"])
        #expect(found("棠漪", limit: 1) == ["990101100"])
    }

    @Test func `a name with the places around it finds that one, and a code its place`() {
        #expect(found("清棠县棠漪镇") == ["990101100"])
        #expect(found("栎山县 棠漪镇") == ["990102100"])
        #expect(found("990102100") == ["990102100"] && found("９９０１０１") == ["990101"])
    }

    @Test(arguments: ["", "镇", "霜桥镇", "990103", "清棠县霜桥镇", String(repeating: "镇", count: 400)])
    func `what is too short, unknown or absurd finds nothing`(words: String) {
        #expect(found(words).isEmpty)
    }
}
