import Foundation

/// A name or a text made plain, so that two spellings of it compare equal.
package enum PlainName {
    /// Compatibility forms folded (NFKC), Latin in lower case, without spaces, punctuation and middle dots:
    /// 「阿依古丽 · 买买提」 and 「阿依古丽・买买提」 become one. For matching only, never for showing.
    package static func normalised(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        // Unified ideographs and ASCII are their own NFKC form, and most names have nothing else.
        if text.unicodeScalars.allSatisfy({ $0.isASCII || (0x4E00...0x9FFF).contains($0.value) }) {
            for scalar in text.unicodeScalars where isKept(scalar) {
                plain.append((0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
            }
            return String(plain)
        }
        for scalar in text.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars where isKept(scalar) {
            plain.append(scalar)
        }
        return String(plain)
    }

    static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Dots that Unicode counts as symbols or letters but people type as the middle dot of a name.
        case 0x2219, 0x22C5, 0x119E: return false
        // Fillers that take room and show nothing.
        case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format,
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .nonspacingMark, .enclosingMark, .mathSymbol, .modifierSymbol, .otherSymbol:
            return false
        default:
            return true
        }
    }
}
