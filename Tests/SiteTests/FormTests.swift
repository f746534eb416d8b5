import FuzzTesting
import Testing

@testable import Site

struct FormTests {
    private struct Person: Decodable { let name: String }
    private struct Report: Decodable {
        let title: String
        let reported: [Person]
    }

    private func form(_ text: String) throws(FormError) -> Form { try Form(parsing: Array(text.utf8)) }

    @Test func `fields are decoded, repeated names keep their order and line ends become one kind`() throws {
        let form = try form("a=1+2&b=%E4%B8%BE%E6%8A%A5&a=x%0D%0Ay%0Dz&empty&=&c=%20%20")
        #expect(form["a"] == "1 2")
        #expect(form.all("a") == ["1 2", "x\ny\nz"])
        #expect(form["b"] == "举报")
        #expect(form["empty"] == "" && form["missing"] == nil)
        #expect(form.filled("c") == nil && form.filled("a") == "1 2")
    }

    @Test func `a repeated group comes in the order of its numbers`() throws {
        let form = try form("reported-10-name=z&reported-2-name=a&reported-2-unit=u&reported-x-name=n&reported-2=v")
        let group = form.group("reported")
        #expect(group.map(\.number) == [2, 10])
        #expect(group[0].fields["name"] == "a" && group[0].fields["unit"] == "u" && group[1].fields["name"] == "z")
    }

    @Test func `broken escapes, wrong UTF-8, NUL and too many fields are told apart`() {
        #expect(throws: FormError.brokenEscape) { try form("a=%4") }
        #expect(throws: FormError.brokenEscape) { try form("a=%zz") }
        #expect(throws: FormError.notUTF8) { try form("a=%C3%28") }
        #expect(throws: FormError.nul) { try form("a=%00") }
        #expect(throws: FormError.tooManyFields) { try form(String(repeating: "a=1&", count: 1001)) }
    }

    @Test func `no fuzzed bytes stop the parser, and what it takes it would take again`() {
        let seeds = ["a=1&b=2", "x=%E4%B8%BE&x=+", "reported-0-name=%41&&=&&k", ""].map { Array($0.utf8) }
        let rounds = fuzz(seeds, with: ["%", "%E4", "&", "=", "%00", "+", "\u{0}"].map { Array($0.utf8) }) { bytes, _ in
            guard let form = try? Form(parsing: bytes) else { return }
            let again = form.pairs.map { Percent.encode($0.name) + "=" + Percent.encode($0.value) }
            #expect((try? Form(parsing: Array(again.joined(separator: "&").utf8))) == form)
        }
        #expect(rounds >= 1000)
    }

    @Test func `JSON that is nested too deeply or has the wrong shape is refused by its path`() {
        func refusal(_ text: String) -> SiteError? {
            let decoded = Result { () throws(SiteError) in try JSONBody.decode(Report.self, from: Array(text.utf8)) }
            if case .failure(let error) = decoded { return error }
            return nil
        }
        let missing = refusal(#"{"title":"t","reported":[{"name":"a"},{}]}"#)
        #expect(missing?.fields == [FieldError("reported.1.name", "errors.field.missing")])
        let wrong = refusal(#"{"title":3,"reported":[]}"#)
        #expect(wrong?.fields == [FieldError("title", "errors.field.type")])
        #expect(refusal("{")?.kind == .malformed)
        #expect(refusal(String(repeating: "[", count: 100_000))?.messageKey == "errors.json.depth")
        #expect(JSONBody.depth(of: Array(#"{"a":"[[[[\"[["}"#.utf8)) == 1)
    }
}
