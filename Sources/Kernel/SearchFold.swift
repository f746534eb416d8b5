import Foundation

/// Makes what is searched and what is searched for alike: full and half width, traditional and simplified characters,
/// capitals, accents, spaces and punctuation do not count. Character by character, so that a part of a folded text is
/// the folded part. For matching only, never for showing.
package struct SearchFold: Sendable {
    /// What becomes of the characters up to U+FFFF: another, nothing, or more than one.
    private let plane: [UInt16]
    private let simplified: SimplifiedCharacters

    private static let gone: UInt16 = 0
    /// Not one character for one: asked for when it comes. (U+0001 itself is a control character and falls away.)
    private static let several: UInt16 = 1

    package init(_ simplified: SimplifiedCharacters) {
        self.simplified = simplified
        var plane = [UInt16](repeating: Self.several, count: 0x10000)
        // Han characters but those that Unicode or the table changes are themselves.
        for han in [0x3400...0x4DBF, 0x4E00...0x9FFF] {
            for value in han { plane[value] = UInt16(truncatingIfNeeded: value) }
        }
        for (from, to) in simplified.forms {
            guard let from = UInt16(exactly: from) else { continue }
            plane[Int(from)] = UInt16(exactly: to) ?? Self.several
        }
        for common in [0x0000...0x024F, 0x2000...0x206F, 0x3000...0x303F, 0xFF00...0xFFEF] {
            for value in common {
                let folded = Unicode.Scalar(UInt32(value)).map { Self.folded($0, simplified) } ?? []
                guard folded.count <= 1 else { continue }
                plane[value] = folded.first.map { UInt16(exactly: $0.value) ?? Self.several } ?? Self.gone
            }
        }
        self.plane = plane
    }

    /// The one that comes with the software; the same for all, made at the first use.
    package static func shipped() throws -> SearchFold { try loaded.get() }

    private static let loaded = Result { SearchFold(try SimplifiedCharacters.shipped()) }

    /// A text as it is compared.
    package func folded(_ text: String) -> String {
        var bytes: [UInt8] = []
        let utf8 = Array(text.utf8)
        append(utf8, in: utf8.indices, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the folded form of a stretch of UTF-8. Bytes that are no UTF-8 fall away.
    package func append(_ bytes: [UInt8], in range: Range<Int>, to folded: inout [UInt8]) {
        var place = range.lowerBound
        let end = min(range.upperBound, bytes.count)
        while place < end {
            let first = bytes[place]
            if first < 0x80 {
                append(plane[Int(first)], of: UInt32(first), to: &folded)
                place &+= 1
            } else if first >= 0xE0, first < 0xF0, place &+ 2 < end {
                let value =
                    UInt32(first & 0x0F) << 12 | UInt32(bytes[place &+ 1] & 0x3F) << 6
                    | UInt32(bytes[place &+ 2] & 0x3F)
                append(plane[Int(value)], of: value, to: &folded)
                place &+= 3
            } else if first >= 0xC0, first < 0xE0, place &+ 1 < end {
                let value = UInt32(first & 0x1F) << 6 | UInt32(bytes[place &+ 1] & 0x3F)
                append(plane[Int(value)], of: value, to: &folded)
                place &+= 2
            } else if first >= 0xF0, first < 0xF8, place &+ 3 < end {
                let high = UInt32(first & 0x07) << 18 | UInt32(bytes[place &+ 1] & 0x3F) << 12
                append(
                    Self.several,
                    of: high | UInt32(bytes[place &+ 2] & 0x3F) << 6 | UInt32(bytes[place &+ 3] & 0x3F), to: &folded)
                place &+= 4
            } else {
                place &+= 1
            }
        }
    }

    /// Appends one character, given by its number, folded.
    package func append(scalar value: UInt32, to folded: inout [UInt8]) {
        append(value < 0x10000 ? plane[Int(value)] : Self.several, of: value, to: &folded)
    }

    private func append(_ known: UInt16, of value: UInt32, to folded: inout [UInt8]) {
        switch known {
        case Self.gone: return
        case Self.several:
            guard let scalar = Unicode.Scalar(value) else { return }
            for one in Self.folded(scalar, simplified) { folded.append(contentsOf: String(one).utf8) }
        case 0..<0x80: folded.append(UInt8(truncatingIfNeeded: known))
        case 0x80..<0x800:
            folded.append(0xC0 | UInt8(truncatingIfNeeded: known >> 6))
            folded.append(0x80 | UInt8(truncatingIfNeeded: known & 0x3F))
        default:
            folded.append(0xE0 | UInt8(truncatingIfNeeded: known >> 12))
            folded.append(0x80 | UInt8(truncatingIfNeeded: known >> 6 & 0x3F))
            folded.append(0x80 | UInt8(truncatingIfNeeded: known & 0x3F))
        }
    }

    private static func folded(_ scalar: Unicode.Scalar, _ simplified: SimplifiedCharacters) -> [Unicode.Scalar] {
        let plain = String(scalar).decomposedStringWithCompatibilityMapping.lowercased()
            .decomposedStringWithCompatibilityMapping
        return plain.unicodeScalars.compactMap { one in
            guard PlainName.isKept(one) else { return nil }
            return simplified.forms[one.value].flatMap { Unicode.Scalar($0) } ?? one
        }
    }
}
