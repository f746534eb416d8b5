/// A language that every page and message exists in.
package enum Language: String, Sendable, Hashable, CaseIterable {
    case zhHans = "zh-Hans"
    case en

    /// What the switch at the top of a page calls this language, in that language.
    package var ownName: String {
        switch self {
        case .zhHans: "中文"
        case .en: "English"
        }
    }

    /// The language that a tag such as `zh`, `zh-CN` or `en-GB` asks for; nil for one that is not spoken here.
    package init?(tag: some StringProtocol) {
        let primary = tag.split(separator: "-", maxSplits: 1).first?.lowercased()
        switch primary {
        case "zh": self = .zhHans
        case "en": self = .en
        default: return nil
        }
    }

    /// The best language for an `Accept-Language` field (RFC 9110 §12.5.4); Chinese where nothing fits.
    ///
    /// At most 20 ranges are looked at, so that a long field costs nothing.
    package static func preferred(by acceptLanguage: String?) -> Language {
        guard let acceptLanguage else { return .zhHans }
        var best: (language: Language, weight: Double)?
        for range in acceptLanguage.split(separator: ",", maxSplits: 20).prefix(20) {
            let pieces = range.split(separator: ";").map(trimmed)
            guard let tag = pieces.first, let language = Language(tag: tag) else { continue }
            var weight = 1.0
            for piece in pieces.dropFirst() where piece.hasPrefix("q=") {
                weight = Double(piece.dropFirst(2)) ?? 0
            }
            if weight > 0, weight > (best?.weight ?? 0) { best = (language, weight) }
        }
        return best?.language ?? .zhHans
    }
}

/// The text without the spaces and tabs around it.
func trimmed(_ text: some StringProtocol) -> String {
    var rest = Substring(text)
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
}
