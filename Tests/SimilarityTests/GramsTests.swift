import Similarity
import Testing

struct GramsTests {
    let normaliser: Normaliser

    init() throws {
        normaliser = try .shipped()
    }

    func grams(_ text: String, size: Int = 3) throws -> Grams { Grams(try normaliser(text), size: size) }

    @Test func `the share that two letters have in common is counted exactly`() throws {
        // 甲乙丙 乙丙丁 丙丁戊 · 乙丙丁 丙丁戊 丁戊己
        #expect(try grams("甲乙丙丁戊").jaccard(grams("乙丙丁戊己")) == 0.5)
        #expect(try grams("甲乙丙").jaccard(grams("甲乙丙")) == 1)
        #expect(try grams("").jaccard(grams("")) == 0)
        #expect(try grams("").jaccard(grams("甲乙丙")) == 0)
        #expect(try grams("甲甲甲甲甲").values.count == 1)
    }

    @Test func `a letter of one or two characters is like itself and like no longer one`() throws {
        #expect(try grams("查").jaccard(grams("查")) == 1)
        #expect(try grams("查").jaccard(grams("查办")) == 0)
        #expect(try grams("查办").jaccard(grams("查办员")) == 0)
        #expect(try grams("查办").values.map(Grams.text) == ["查办"])
        #expect(try grams("查办员").values.map(Grams.text) == ["查办员"])
    }

    @Test func `likeness is the same from both sides and falls with each character changed`() throws {
        let text = "石桥镇柳湾村村支书把修水渠的工程包给了他妻弟没有开会也没有公示"
        var characters = Array(text)
        var last = 1.0
        for place in stride(from: 0, to: characters.count, by: 5) {
            characters[place] = "某"
            let (one, two) = (try grams(text), try grams(String(characters)))
            #expect(one.jaccard(two) == two.jaccard(one))
            #expect(one.jaccard(two) < last)
            last = one.jaccard(two)
        }
    }
}
