import Crypto
import Foundation
import Kernel
import Testing

@testable import Sealing

struct BreachedListTests {
    private func list(_ text: String) throws -> (list: BreachedList, path: String) {
        let path = NSTemporaryDirectory() + "breached-" + UUID().uuidString
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return (try BreachedList(path: path), path)
    }

    private func hash(_ password: String) -> String {
        Hex.encode(Insecure.SHA1.hash(data: Array(password.utf8))).uppercased()
    }

    @Test(arguments: [40, 20, 10])
    func `every password of a sorted list of hashes is found, and no other`(digits: Int) throws {
        let words = (0..<1000).map { "word number \($0)" } + ["长的中文密码一二三四五六"]
        let lines = words.map { hash($0).prefix(digits) + (digits == 20 ? "" : ":\($0.count * 7)") }.sorted()
        for end in ["\n", "\r\n"] {
            let list = try list(lines.joined(separator: end) + end).list
            for word in words { #expect(try list.contains(word)) }
            for other in 0..<1000 { #expect(try !list.contains("another \(other)")) }
        }
        let last = try list(lines.joined(separator: "\n")).list
        for word in words { #expect(try last.contains(word)) }
    }

    @Test func `a plain list is read through, whatever the case of the password`() throws {
        let list = try list("first of all words\r\nsecond of all words\nthe last one, without an end").list
        for word in ["first of all words", "Second of ALL words", "the last one, without an end"] {
            #expect(try list.contains(word))
        }
        for word in ["first of all word", "irst of all words", "", "words\r\nsecond"] {
            #expect(try !list.contains(word))
        }
    }

    @Test func `a list in which nothing would be found is refused, with the reason`() throws {
        let hashes = (0..<50).map { hash("word \($0)") }
        func refusal(_ lines: [String]) -> String? {
            do {
                _ = try list(lines.joined(separator: "\n"))
                return nil
            } catch { return "\(error)" }
        }
        #expect(refusal(hashes)?.contains("not in their own order") == true)
        #expect(refusal(hashes.map { String($0.prefix(32)) }.sorted())?.contains("NTLM") == true)
        #expect(refusal([])?.contains("is empty") == true)
        var broken = hashes.sorted()
        broken[40] = "<html>"
        #expect(refusal(broken)?.contains("no SHA-1 hash") == true)
        #expect(throws: (any Error).self) { try BreachedList(path: "/nowhere/at-all") }
    }

    @Test func `a gate with a list refuses what stands in it`() async throws {
        let gate = PasswordGate(breached: try list("a sentence that leaked\n").list)
        await #expect(throws: SealingError.weakPassword(.breached)) {
            try await gate.check("a sentence that leaked", least: 15)
        }
        await #expect(throws: SealingError.weakPassword(.short)) { try await gate.check("a short one.", least: 15) }
        try await gate.check("a sentence that did not", least: 15)
    }

    @Test(arguments: [
        ("qt.letters1-2026", true), ("Zhou-Li-Zhou-Li", true), ("清棠县纪委监委周立2026年", false),
        ("清棠纪委周立清棠纪委周立", true), ("mingjian-admin-2026", true), ("zhou li sells seven shells", false),
        ("letters 8461 0275 9913 3", false),
    ])
    func `what is made of the names of a person or a house is refused`(password: String, isRefused: Bool) throws {
        let context = ["qt.letters1", "周立", "Zhou Li", "清棠县纪律检查委员会", "清棠纪委"]
        if isRefused {
            #expect(throws: SealingError.weakPassword(.context)) {
                try PasswordPolicy.check(password, context: context)
            }
        } else {
            try PasswordPolicy.check(password, context: context)
        }
    }
}
