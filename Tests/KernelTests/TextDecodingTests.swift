import Foundation
import Kernel
import Testing

struct `A text in whatever encoding its writer's machine used` {
    private static let words = "验收没有通过，票据是假的。1998年，㐀𠀀"
    /// GB 18030 of "验收没有通过，票据是假的。1998年，㐀𠀀": 㐀 and 𠀀 take four bytes each.
    private static let gb18030: [UInt8] = [
        0xD1, 0xE9, 0xCA, 0xD5, 0xC3, 0xBB, 0xD3, 0xD0, 0xCD, 0xA8, 0xB9, 0xFD, 0xA3, 0xAC, 0xC6, 0xB1, 0xBE, 0xDD,
        0xCA, 0xC7, 0xBC, 0xD9, 0xB5, 0xC4, 0xA1, 0xA3, 0x31, 0x39, 0x39, 0x38, 0xC4, 0xEA, 0xA3, 0xAC, 0x81, 0x39,
        0xEE, 0x39, 0x95, 0x32, 0x82, 0x36,
    ]

    @Test func `is read as it was written`() {
        #expect(TextDecoding.decode(Array(Self.words.utf8)) == Self.words)
        #expect(TextDecoding.decode(Self.gb18030) == Self.words)
        #expect(TextDecoding.decode([]) == "")
        #expect(TextDecoding.decode([0x61, 0xD1, 0xE9]) == "a验")
    }

    @Test func `is read up to the cut, wherever it is cut`() {
        for bytes in [Array(Self.words.utf8), Self.gb18030] {
            for count in bytes.indices {
                let read = TextDecoding.decode(Array(bytes.prefix(count)))
                #expect(read.map { Self.words.hasPrefix($0) } == true, "\(count) of \(bytes.count)")
            }
        }
    }

    @Test func `is not made up of bytes that are no text`() {
        #expect(TextDecoding.decode([0x41, 0xFF, 0xFF, 0x42]) == nil)
        #expect(TextDecoding.decode([0x80, 0x20, 0x20, 0x20, 0x20, 0x20]) == nil)
    }
}
