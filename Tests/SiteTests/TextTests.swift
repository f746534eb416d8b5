import Foundation
import Mustache
import Testing

@testable import Site

struct TextTests {
    private let shell: Shell
    init() throws { shell = try Shell() }

    @Test func `both languages say the same things with the same placeholders`() {
        #expect(shell.texts.differences() == [])
    }

    @Test func `no template names what does not exist or lets anything out unescaped`() {
        #expect(shell.templates.faults(texts: shell.texts) == [])
        #expect(shell.templates.names.contains("layout"))
    }

    @Test func `every kind of error has its sentences`() {
        for kind in SiteError.Kind.allCases {
            for part in ["title", "what", "kept", "next"] {
                #expect(shell.texts[.en].has("errors.\(kind.rawValue).\(part)"), "\(kind) \(part)")
            }
        }
    }

    @Test func `placeholders are filled once and plurals follow the number`() {
        let texts = Catalogue(
            language: .en,
            entries: ["a": .text("{x} and {y} {z}"), "n": .plural(one: "{n} file", other: "{n} files")])
        #expect(texts.format("a", ["x": "{y}", "y": "1"]) == "{y} and 1 {z}")
        #expect(texts.format("n", ["n": "1"]) == "1 file" && texts.format("n", ["n": "2"]) == "2 files")
        #expect(texts.text("missing.key") == "missing.key")
    }

    @Test func `what a person wrote is escaped and keeps its own lines and spaces`() throws {
        let told = "  <b>first</b>\n    second & \"third\""
        var field = FormField(
            "told", "What happened?", .area(rows: 4), value: told, hint: "h", error: "e", isRequired: true)
        let scope = PageScope(
            model: field, page: PageFrame(title: "t", language: .en, area: .public, address: "/"),
            texts: shell.texts[.en].tree, assets: shell.assets.tree)
        let drawn = try shell.templates.render("field", scope)
        #expect(drawn.contains(">\n  &lt;b&gt;first&lt;/b&gt;\n    second &amp; &quot;third&quot;</textarea>"))
        #expect(drawn.contains("aria-describedby=\"f-told-hint f-told-error\"") && drawn.contains("aria-invalid"))
        field.error = nil
        #expect(field.describedBy == "f-told-hint")
    }

    @Test func `two fields that are missing are told apart, and a page's own question is not repeated`() throws {
        let texts = shell.texts[.zhHans]
        let summary = ErrorSummary(["a", "b", "c"].map { FieldError($0, "errors.field.missing") }, texts)
        let drawn = try shell.templates.render(
            "error-summary",
            PageScope(
                model: summary.naming([FormField("a", "姓名"), FormField("b", "电话", isHeading: true)]),
                page: PageFrame(title: "t", language: .zhHans, area: .public, address: "/"), texts: texts.tree,
                assets: shell.assets.tree))
        let message = texts.text("errors.field.missing")
        for line in ["#f-a\">姓名：\(message)<", "#f-b\">\(message)<", "#f-c\">\(message)<"] {
            #expect(drawn.contains(line), "\(drawn)")
        }
    }

    @Test func `a choice is a group whose options can each be reached by their label`() throws {
        let field = FormField(
            "kind", "Which?", .choice, hint: "hint of all",
            options: [FieldOption("a", "A", isChosen: true), FieldOption("b", "B", hint: "hint of b")], isRequired: true
        )
        let scope = PageScope(
            model: field, page: PageFrame(title: "t", language: .en, area: .public, address: "/"),
            texts: shell.texts[.en].tree, assets: shell.assets.tree)
        let drawn = try shell.templates.render("field", scope)
        #expect(
            drawn.contains(
                #"<input type="radio" id="f-kind" name="kind" value="a" checked><label for="f-kind">A</label>"#))
        #expect(
            drawn.contains(#"id="f-kind-1" name="kind" value="b"><label for="f-kind-1">B<span class="hint">hint of b"#))
    }

    @Test func `a name that no model answers is found`() throws {
        #expect(shell.templates.unknownNames(in: "error", sample: NoModel()).contains("what"))
        var error = SiteError.invalid([FieldError("a", "errors.field.missing")])
        error.arguments = ["seconds": "1"]
        let page = ErrorPage(error, shell.texts[.en], requestID: "1")
        #expect(shell.templates.unknownNames(in: "error", sample: page) == [])
    }
}
