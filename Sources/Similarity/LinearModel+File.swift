import Foundation

/// Why a file is no model.
package enum ModelFileError: Error, Hashable {
    /// It begins otherwise, or is of a version that this program does not know.
    case notAModel
    /// Its parts do not fit together.
    case damaged
}

/// A line `mingjian-suggest 1`, a line of JSON, and the numbers, least significant byte first: for each place its rarity
/// (32-bit float), for each label its step (32-bit float) and by place its weight in steps (16 bits).
extension LinearModel {
    private static let magic = Array("mingjian-suggest 1\n".utf8)

    private struct Head: Codable {
        var bits: Int
        var labels: [String]
        var measured: Measure?
        var texts: Int
    }

    /// The model as a file; the same model, the same bytes.
    package func fileBytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let head = try encoder.encode(Head(bits: Features.bits, labels: labels, measured: measured, texts: texts))
        var bytes = Self.magic + Array(head) + [10]
        for value in rarity { Self.append(value.bitPattern, to: &bytes) }
        for weights in weights {
            let widest = weights.reduce(Float(0)) { max($0, abs($1)) }
            let step = widest > 0 ? widest / 32_767 : 1
            Self.append(step.bitPattern, to: &bytes)
            for weight in weights { Self.append(Int16(exactly: (weight / step).rounded()) ?? 0, to: &bytes) }
        }
        return bytes
    }

    /// Reads what ``fileBytes()`` wrote; never stops the program, whatever the bytes are.
    package init(fileBytes bytes: [UInt8]) throws(ModelFileError) {
        guard bytes.starts(with: Self.magic) else { throw .notAModel }
        let rest = bytes.dropFirst(Self.magic.count)
        guard let end = rest.firstIndex(of: 10),
            let head = try? JSONDecoder().decode(Head.self, from: Data(rest[..<end])), head.bits == Features.bits,
            (2...Self.maximumLabels).contains(head.labels.count), Set(head.labels).count == head.labels.count,
            head.texts >= 0
        else { throw .damaged }
        let places = Features.places
        let labelBytes = 4 + 2 * (places + 1)
        guard bytes.count == end + 1 + 4 * places + head.labels.count * labelBytes else { throw .damaged }
        // The length was checked above: every place read here lies within.
        func word<Word: FixedWidthInteger & BitwiseCopyable>(_ place: Int, as type: Word.Type) -> Word {
            Word(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: type) })
        }
        let rarity = (0..<places).map { Float(bitPattern: word(end + 1 + 4 * $0, as: UInt32.self)) }
        guard rarity.allSatisfy({ $0.isFinite && $0 >= 0 }) else { throw .damaged }
        var weights: [[Float]] = []
        for label in head.labels.indices {
            let start = end + 1 + 4 * places + label * labelBytes
            let step = Float(bitPattern: word(start, as: UInt32.self))
            guard step.isFinite, step > 0 else { throw .damaged }
            weights.append((0...places).map { Float(word(start + 4 + 2 * $0, as: Int16.self)) * step })
        }
        self.init(
            labels: head.labels, texts: head.texts, measured: head.measured, rarity: rarity, weights: weights)
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
