import Casework
import Kernel
import Sealing
import Similarity

/// Makes the marks by which letters that say the same are found, under a key of the keys folder. Made where a letter passes
/// anyway: at filing, at a correction, or in the session of somebody who may read it.
struct LetterMarks: Sendable {
    private let key: SecretKey

    init(_ keys: KeysFolder) { key = keys.index.derived(for: "marks of letters") }

    /// Of what was told and what is asked for; `nil` for a letter without a word.
    func marks(of letter: Letter) throws -> Fingerprint? {
        try marks(of: Self.text(of: letter))
    }

    func marks(of text: NormalText) throws -> Fingerprint? {
        guard let key = FingerprintKey(secret: key.bytes) else { return nil }
        let marks = try Fingerprinter(key: key, rarity: .shipped())(text)
        return marks.marks.isEmpty ? nil : marks
    }

    /// The open marks that lists show of what the words are a sign of, until somebody has judged the letter.
    static func signs(in text: NormalText) throws -> [String] {
        try TextSigns.shipped().words(of: .danger, in: text).isEmpty ? [] : ["danger"]
    }

    /// What is compared of a letter.
    static func text(of letter: Letter) throws -> NormalText {
        try Normaliser.shipped()(letter.words)
    }
}

extension Fingerprint {
    /// Four bytes a mark, as they wait for the index.
    var bytes: [UInt8] {
        marks.flatMap { mark in (0..<4).map { UInt8(truncatingIfNeeded: UInt32(bitPattern: mark) >> (24 - 8 * $0)) } }
    }

    /// The marks of such bytes, in their order.
    static func marks(in bytes: [UInt8]) -> [Int32] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map { Int32(bigEndian: raw.loadUnaligned(fromByteOffset: 4 &* $0, as: Int32.self)) }
        }
    }
}
