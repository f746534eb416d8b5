/// Walks SQL text and tells code from quoted text and comments. It knows `'…'`, `"…"`, `-- …` and `/* … */`.
package enum SQLScanner {
    /// The text with every `?` outside quotes and comments numbered, `$1`, `$2`, …, and how many there are.
    package static func numberParameters(of text: String) -> (text: String, count: Int) {
        var number = 0
        let numbered = rewrite(text) { byte, _, output in
            guard byte == UInt8(ascii: "?") else { return 0 }
            number += 1
            output += "$\(number)".utf8
            return 1
        }
        return (numbered, number)
    }

    /// The text with words outside quotes and comments replaced where `change` answers another.
    static func mapWords(of text: String, _ change: (String) -> String?) -> String {
        rewrite(text) { byte, rest, output in
            guard isWord(byte) else { return 0 }
            let word = rest.prefix(while: isWord)
            if let replacement = change(String(decoding: word, as: UTF8.self)) {
                output += replacement.utf8
            } else {
                output += word
            }
            return word.count
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    /// Copies `text`; at each byte of code, `code` may write instead and answer how many bytes it took.
    private static func rewrite(
        _ text: String, code: (UInt8, ArraySlice<UInt8>, inout [UInt8]) -> Int
    ) -> String {
        var rest = Array(text.utf8)[...]
        var output: [UInt8] = []
        output.reserveCapacity(rest.count + 16)
        while let byte = rest.first {
            let passage = quotedLength(rest)
            if passage > 0 {
                output += rest.prefix(passage)
                rest = rest.dropFirst(passage)
                continue
            }
            let taken = code(byte, rest, &output)
            if taken == 0 { output.append(byte) }
            rest = rest.dropFirst(max(taken, 1))
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The length of the quoted text or comment that starts here; 0 when code does.
    private static func quotedLength(_ rest: ArraySlice<UInt8>) -> Int {
        let next = rest.dropFirst().first
        switch rest.first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            // A doubled quote is read as the end of one passage and the start of the next.
            guard let end = rest.dropFirst().firstIndex(where: { $0 == rest.first }) else { return rest.count }
            return end - rest.startIndex + 1
        case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
            return rest.prefix { $0 != UInt8(ascii: "\n") }.count
        case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
            var length = 2
            while length < rest.count {
                let index = rest.startIndex + length
                if rest[index - 1] == UInt8(ascii: "*"), rest[index] == UInt8(ascii: "/"), length > 2 {
                    return length + 1
                }
                length += 1
            }
            return rest.count
        default:
            return 0
        }
    }
}
