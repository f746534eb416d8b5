import Foundation
import Kernel
import Testing

struct SearchFoldTests {
    private let fold: SearchFold
    init() throws { fold = try SearchFold.shipped() }

    @Test(arguments: [
        ("張　三", "张三"), ("ＡＢＣ１２３", "abc123"), ("阿依古丽 · 买买提", "阿依古丽・買買提"), ("Café", "cafe\u{301}"),
        ("㈱", "(株)"), ("「縣」紀委 。", "县纪委"), ("ﬁle", "FILE"), ("\u{F9B4}", "领"), ("於", "于"),
    ])
    func `two spellings of one thing compare equal`(_ one: String, _ other: String) {
        #expect(fold.folded(one) == fold.folded(other) && !fold.folded(one).isEmpty, "\(one) \(other)")
    }

    @Test func `what differs stays different`() {
        #expect(fold.folded("张三") != fold.folded("张四"))
        #expect(fold.folded("") == "" && fold.folded(" 　,。\u{0}\u{200B}") == "")
    }

    @Test func `the table is OpenCC's and says so`() throws {
        let table = try SimplifiedCharacters.shipped()
        #expect(table.source.contains("OpenCC") && table.licence.contains("Apache"))
        #expect(throws: SimplifiedCharacters.Failure.line(2)) { try SimplifiedCharacters(text: "張\t张\n三") }
    }

    @Test func `folding fuzzed text in pieces is folding the whole, twice is once, and no bytes stop it`() {
        var random = SystemRandomNumberGenerator()
        let seconds = Double(ProcessInfo.processInfo.environment["MINGJIAN_FUZZ_SECONDS"] ?? "") ?? 2
        let end = Date().addingTimeInterval(min(seconds, 10))
        var rounds = 0
        while rounds < 500 || Date() < end {
            rounds += 1
            let scalars = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...(Bool.random() ? 0x10FFFF : 0xFFFF), using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let whole = fold.folded(text)
            // Joined by code points: what stands side by side never becomes something else.
            let pieces = scalars.map { fold.folded(String($0)) }.joined()
            #expect(Array(whole.utf8) == Array(pieces.utf8), "\(scalars.map(\.value))")
            #expect(fold.folded(whole) == whole, "\(scalars.map(\.value))")
            let junk = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255) }
            var folded: [UInt8] = []
            fold.append(junk, in: junk.indices, to: &folded)
            fold.append(junk, in: 0..<(junk.count + 9), to: &folded)
            #expect(String(validating: folded, as: UTF8.self) != nil, "\(junk)")
        }
    }
}
