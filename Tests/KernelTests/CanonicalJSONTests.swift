import Foundation
import Kernel
import Testing

struct `What is hashed as JSON` {
    @Test func `has the one form of RFC 8785`() {
        // §3.2.3: keys by UTF-16 code units, which puts 😀 (a surrogate pair) before דּ (U+FB33).
        let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"]
        let object = CanonicalJSON.object(Dictionary(uniqueKeysWithValues: keys.map { ($0, .null) }))
        #expect(
            object.string
                == "{\"\\r\":null,\"1\":null,\"\u{80}\":null,\"\u{f6}\":null,\"\u{20ac}\":null,\"\u{1f600}\":null,\"\u{fb33}\":null}"
        )
        // §3.2.2.2: the example of the text.
        #expect(
            CanonicalJSON.text("\u{20ac}$\u{f}\nA'B\"\\\\\"/").string == "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")
        #expect(CanonicalJSON.list([.number(-7), .flag(true), .flag(false), .null]).string == "[-7,true,false,null]")
        #expect(CanonicalJSON.number(9_007_199_254_740_991).string == "9007199254740991")
    }

    @Test func `is what other readers of JSON read`() throws {
        for scalar in (0..<0x300).compactMap(Unicode.Scalar.init) {
            let value = CanonicalJSON.object(["k": .text("a\(scalar)b")])
            let read = try JSONSerialization.jsonObject(with: Data(value.bytes)) as? [String: String]
            #expect(read == ["k": "a\(scalar)b"])
        }
    }
}
