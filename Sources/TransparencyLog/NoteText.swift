import Foundation

/// Standard base64 (RFC 4648 §4), read only as it is written.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        Data(base64Encoded: String(text)).flatMap { $0.base64EncodedString() == text ? Array($0) : nil }
    }
}

/// Some lines, an empty one, and a signed note: what proofs and requests to witnesses are.
struct LinesAndNote {
    let lines: ArraySlice<String>
    let note: SignedNote

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let end = bytes.indices.dropLast().first(where: { bytes[$0] == 10 && bytes[$0 + 1] == 10 }),
            let note = SignedNote(String(decoding: bytes[(end + 2)...], as: UTF8.self))
        else { return nil }
        lines =
            bytes[..<end].split(separator: 10, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }[...]
        self.note = note
    }
}
