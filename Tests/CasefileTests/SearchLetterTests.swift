import Casework
import Foundation
import Kernel
import Testing

@testable import Casefile

/// The quick reading of a sealed letter must see what the careful one sees.
@Suite struct `A letter as searching reads it` {
    private let names: SearchNames
    init() throws { names = try SearchNames.shipped() }

    private static let pieces = [
        "张三", "\"", "\\", "/", "\n", "\t", "\u{1}", "}", "{", ":", ",", "\"name\":\"假\"", "\u{2028}", "😀", "é",
        "\\u5f20",
        "[", "]", " ", "縣", "𫝈", "\u{0}",
    ]

    private static func text(_ random: inout some RandomNumberGenerator) -> String {
        (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    @Test func `whatever a person writes, parties and words are the same as decoded`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let reported = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                ReportedParty(
                    kind: Bool.random() ? .person : .unit, name: Self.text(&random), unit: Self.text(&random),
                    unitCode: Bool.random() ? Self.text(&random) : nil, position: Self.text(&random),
                    management: .county)
            }
            let letter = Letter(
                title: Self.text(&random), content: Self.text(&random), demand: Self.text(&random), reported: reported,
                happened: Self.text(&random), location: Self.text(&random))
            let read = SearchLetter(Array(JSONText.encode(letter).utf8))
            let parties = reported.map {
                SearchLetter.Party(
                    isUnit: $0.kind == .unit, name: $0.name, unit: $0.unit, unitCode: $0.unitCode ?? "")
            }.filter { $0 != SearchLetter.Party() }
            #expect(read.parties() == parties, "\(letter)")
            let folded = read.folded(names.fold)
            let told =
                [letter.title, letter.content, letter.demand ?? "", letter.happened, letter.location]
                + reported.flatMap { [$0.name, $0.unit, $0.position, $0.unitCode ?? ""] }
            for text in told {
                #expect(Needle(Array(names.fold.folded(text).utf8)).occurs(in: folded), "\(text) in \(letter)")
            }
        }
    }

    @Test func `names of fields, codes and other fields' words are not found`() throws {
        let letter = Letter(
            title: "甲乙", content: "丙丁", reported: [ReportedParty(kind: .person, name: "戊己", management: .county)],
            dated: "2026-01-01", sourceID: "庚辛")
        let folded = SearchLetter(Array(JSONText.encode(letter).utf8)).folded(names.fold)
        for word in ["content", "person", "county", "庚辛", "2026", "乙丙", "丁甲"] {
            #expect(!Needle(Array(word.utf8)).occurs(in: folded), "\(word)")
        }
        for word in ["甲乙", "丙", "戊己"] { #expect(Needle(Array(word.utf8)).occurs(in: folded), "\(word)") }
    }

    @Test func `no bytes stop it, and looking finds what the slow way finds`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let some = #"{}:,"\u[]an"#.utf8 + [0xE4, 0xB8, 0x80, 0xFF, 0]
            let junk = (0..<Int.random(in: 0...40, using: &random)).map { _ in some.randomElement(using: &random) ?? 0 }
            let read = SearchLetter(junk)
            _ = (read.parties(), read.folded(names.fold))
            let needle = Array(junk.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
            if !needle.isEmpty {
                #expect(Needle(needle).occurs(in: junk) == (Data(junk).range(of: Data(needle)) != nil))
            }
        }
    }
}
