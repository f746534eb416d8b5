import Testing

@testable import Drawing

struct QRCodeTests {
    @Test func `a symbol is square, has its three finder patterns and grows with its text`() throws {
        let small = try QRCode.matrix("1234")
        #expect(small.count == 21 && small.allSatisfy { $0.count == 21 })
        for (x, y) in [(0, 0), (14, 0), (0, 14)] {
            #expect((0..<7).allSatisfy { small[y][x + $0] && small[y + 6][x + $0] && small[y + $0][x] })
            #expect(small[y + 3][x + 3] && !small[y + 1][x + 1])
        }
        #expect(try QRCode.matrix(String(repeating: "举报", count: 40)).count > 21)
    }

    @Test func `a text that does not fit is refused by name and an empty one too`() {
        #expect(throws: QRCodeError.tooLong(bytes: 2332)) { try QRCode.matrix(String(repeating: "a", count: 2332)) }
        #expect(throws: QRCodeError.empty) { try QRCode.matrix("") }
        #expect(throws: Never.self) { try QRCode.matrix(String(repeating: "a", count: 2331)) }
    }

    @Test func `the drawing names itself and its title cannot become markup`() throws {
        let svg = try QRCode.svg("https://example.cn/?o=1", title: "<script>&\"")
        #expect(svg.hasPrefix("<svg xmlns=") && svg.contains("role=\"img\""))
        #expect(svg.contains("<title>&lt;script&gt;&amp;&quot;</title>") && !svg.contains("<script"))
    }
}
