import Testing

@testable import Cleaning

@Suite("Rules of cleaning") struct RuleTests {
    @Test func `the rules that come with the software hold`() throws {
        let rules = try CleaningRules.shipped()
        #expect(rules.kind(type: "image/jpeg", name: "a")?.recipe == "picture")
        #expect(
            rules.kind(type: "application/vnd.openxmlformats-officedocument", name: "信.DOCX")?.arguments == ["docx"])
        #expect(rules.kind(type: "application/vnd.openxmlformats-officedocument", name: "a.docm") == nil)
        #expect(rules.kind(type: "application/x-ole-storage", name: "a.doc") == nil)
    }
}
