import Testing

@testable import Similarity

@Suite struct `Words that somebody should see at once` {
    private func danger(_ text: String) throws -> [String] {
        try TextSigns.shipped().words(of: .danger, in: Normaliser.shipped()(text))
    }

    @Test(
        arguments: [
            ("他扬言要灭口，我们全家不敢回村。", ["灭口"]),
            ("再不解决我就不想活了，大家一起同歸於盡。", ["不想活", "同归于尽"]),
            ("教室的墙裂了，隨時會塌，娃娃們還在里面上课", ["随时会塌"]),
            ("水渠修好不到半年就坏了，请求追回工程款。", []), ("", []),
            ("他冒领危房改造款，汽油费也报两遍，为减轻生活负担请解决口粮田，游乐场的跳楼机也是他家的。", []),
            ("他说要打死我，打死不认账，又在车上吊装设备", ["打死"]),
        ])
    func `are found in either script, and where there are none nothing is`(text: String, words: [String]) throws {
        #expect(try danger(text) == words)
    }

    @Test func `of a text that repeats them without end are told once, and eight at most`() throws {
        #expect(try danger(String(repeating: "灭口", count: 500_000)) == ["灭口"])
        let all = "自杀跳楼喝农药服毒上吊割腕轻生灭口追杀绑架持刀爆炸"
        #expect(try danger(all).count == TextSigns.mostWords)
    }

    @Test(
        arguments: [
            ("局长贪污受贿，是黑恶势力保护伞，欺压百姓！", true), ("局长贪污了修渠的八万元。", false),
            ("去年三月起局长受贿。", false), ("局长以权谋私，他家住304室。", false), ("请问图书馆几点开门", false), ("", false),
            ("贪污。" + String(repeating: "他把水渠包给了妻弟，又把林地给了表哥。", count: 20), false),
        ])
    func `a letter of nothing but names of offences is told from one that could be looked into`(
        text: String, isEmpty: Bool
    ) throws {
        #expect(try TextSigns.shipped().isLabelOnly(Normaliser.shipped()(text)) == isEmpty)
    }
}
