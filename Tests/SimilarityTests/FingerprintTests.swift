import FuzzTesting
import Similarity
import Testing

struct FingerprintTests {
    let normaliser: Normaliser
    let fingerprinter: Fingerprinter

    init() throws {
        normaliser = try .shipped()
        let key = try #require(FingerprintKey(secret: Array(repeating: 7, count: 32)))
        fingerprinter = Fingerprinter(key: key, rarity: try .shipped())
    }

    func fingerprint(_ text: String) throws -> Fingerprint { fingerprinter(try normaliser(text)) }

    @Test func `the same letter has the same fingerprint, under another key another`() throws {
        let text = "河口乡民政所干事骆家富在办理低保时收受好处"
        let other = Fingerprinter(
            key: try #require(FingerprintKey(secret: Array(repeating: 8, count: 32))), rarity: try .shipped())
        let marks = Set(try fingerprint(text).marks)
        #expect(try marks == Set(fingerprint("河口鄉民政所幹事　駱家富，在辦理低保時收受好處。").marks))
        #expect(marks.isDisjoint(with: other(try normaliser(text)).marks))
        #expect(FingerprintKey(secret: Array(repeating: 1, count: 15)) == nil)
    }

    @Test func `a fingerprint holds few small numbers, each once`() throws {
        for text in [
            "", "查", "查办", "查办员", String(repeating: "村", count: 700_000), "🙏", String(repeating: "🙏村a1 ", count: 9000),
        ] {
            let marks = try fingerprint(text).marks
            #expect(marks.count <= Fingerprinter.marks && marks == Set(marks).sorted())
            #expect(marks.isEmpty == text.isEmpty)
        }
        #expect(try fingerprint(String(repeating: "村", count: 700_000)).marks.count == 2)
        #expect(try fingerprint("查").marks != fingerprint("办").marks)
    }

    @Test func `a name that two letters share is kept by both before turns of phrase`() throws {
        let one = "尊敬的领导您好我要反映的情况是这样的骆家富收钱希望有关部门调查处理"
        let two = "有关部门的领导同志你们好现在向你们反映一个问题就是骆家富的事情请处理"
        let shared = Set(try fingerprint(one).marks).intersection(try fingerprint(two).marks)
        #expect(!shared.isEmpty)
    }

    @Test func `a mark that everybody bears is read in part and said to be`() throws {
        var store = MemoryMarks<Int>()
        for number in 0..<500 { store.add(number, Fingerprint(marks: [1, Int32(number) + 10])) }
        let search = CandidateSearch(cap: 50)
        let found = try search.candidates(of: Fingerprint(marks: [1, 77]), in: store, limit: 10)
        #expect(found.cappedMarks == 1 && found.candidates.count == 10)
        #expect(found.candidates.first?.id == 67)
        let open = try search.candidates(of: Fingerprint(marks: [1, 77]), in: store, limit: 10, where: { $0 != 67 })
        #expect(open.candidates.allSatisfy { $0.id != 67 && $0.shared == 1 })
    }

    @Test func `no bytes, however they are mixed, stop the comparison`() throws {
        let seeds = ["三万五千元的水渠", "a🙏村\u{301}", "１，０００．５亿", ""].map { Array($0.utf8) }
        let inserts = ["万", "亿", ".", ",", "〇", "十", "\u{FDFA}", "年", "月", "元"].map { Array($0.utf8) }
        let difference = "三万元的水渠塌了"
        let names = try PartyNames.shipped()
        let rounds = try fuzz(seeds, with: inserts) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            let normal = try normaliser(text)
            #expect(fingerprinter(normal).marks.count <= Fingerprinter.marks)
            _ = names.persons(in: normal)
            _ = try names.units([text], [difference])
            let parts = TextDifference(from: difference, to: text).parts
            #expect(parts.compactMap(\.new).joined() == text && parts.compactMap(\.old).joined() == difference)
        }
        #expect(rounds >= 1000)
    }
}
