#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads a text of unknown encoding: UTF-8, or GB 18030 (with GBK and GB 2312 in it), which Chinese editors on older
/// machines still write. The C library converts (POSIX `iconv`).
package enum TextDecoding {
    /// What the bytes say; `nil` for what is neither. What is cut within the last character is taken without it.
    package static func decode(_ bytes: [UInt8]) -> String? {
        for cut in 0...min(3, bytes.count) where cut == 0 || isBeginning(bytes.suffix(cut)) {
            if let text = String(validating: bytes.dropLast(cut), as: UTF8.self) { return text }
        }
        return fromGB18030(bytes)
    }

    /// Whether these are the first bytes of a longer UTF-8 sequence (RFC 3629).
    private static func isBeginning(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let lead = bytes.first, bytes.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) else { return false }
        let length =
            switch lead {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        return length > bytes.count
    }

    private static func fromGB18030(_ bytes: [UInt8]) -> String? {
        guard let converter = iconv_open("UTF-8", "GB18030"), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // Two bytes become three at the most, four become four.
        var output = [CChar](repeating: 0, count: bytes.count * 2 + 16)
        let written = input.withUnsafeMutableBufferPointer { from -> Int? in
            output.withUnsafeMutableBufferPointer { to -> Int? in
                var (source, target) = (from.baseAddress, to.baseAddress)
                var (left, room) = (from.count, to.count)
                let isDone = iconv(converter, &source, &left, &target, &room) != -1
                // EINVAL: the input ends within a character.
                guard isDone || (errno == EINVAL && left <= 3) else { return nil }
                return to.count - room
            }
        }
        return written.flatMap { count in
            String(validating: output.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
