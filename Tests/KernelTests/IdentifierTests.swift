import Foundation
import Kernel
import Testing

private enum Report {}

struct IdentifierTests {
    @Test func `identifiers survive text, bytes and JSON`() throws {
        for _ in 0..<500 {
            let id = Identifier<Report>.random()
            #expect(Identifier(id.description) == id)
            #expect(Identifier(id.description.uppercased()) == id)
            #expect(Identifier(bytes: id.bytes) == id)
            let json = try JSONEncoder().encode([id])
            #expect(String(decoding: json, as: UTF8.self) == "[\"\(id)\"]")
            #expect(try JSONDecoder().decode([Identifier<Report>].self, from: json) == [id])
        }
    }

    @Test func `random ones are version 4 and ordered ones version 7 with their time in front`() throws {
        let instant = try #require(Instant(rfc3339: "2022-02-22T19:22:22Z"))
        let random = Identifier<Report>.random().description
        let ordered = Identifier<Report>.ordered(at: instant).description
        #expect(random.dropFirst(14).first == "4" && "89ab".contains(random.dropFirst(19).prefix(1)))
        // The time of RFC 9562 appendix A.6.
        #expect(ordered.hasPrefix("017f22e2-79b0-7") && "89ab".contains(ordered.dropFirst(19).prefix(1)))
        #expect(Identifier<Report>.ordered(at: instant) < .ordered(at: instant.adding(seconds: 1)))
        #expect(Identifier<Report>.ordered(at: Instant(milliseconds: .min)).description.hasPrefix("00000000-0000-7"))
    }

    @Test(arguments: [
        "", "-", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c0739é",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
        "------------------------------------",
        "０17f22e2-79b0-7cc3-98c4-dc0c0c0739", String(repeating: "0", count: 100_000),
    ])
    func `junk is no identifier`(text: String) {
        #expect(Identifier<Report>(text) == nil)
    }
}
