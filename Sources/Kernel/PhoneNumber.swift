/// A telephone number of mainland China, as people write it. It says who somebody is, so its description hides it.
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    /// What sort of line it reaches.
    package enum Kind: Hashable, Sendable {
        /// Eleven digits from 13 to 19.
        case mobile
        /// Area code, seven or eight digits, possibly an extension.
        case landline
        /// A service: 110, 12388, 95588, 400-810-8888, also behind an area code.
        case service
    }

    /// What is wrong with a number as typed.
    package enum Fault: Error, Hashable {
        /// It has so many digits, which no kind of number has.
        case length(Int)
        /// The character at this position (from 1) belongs in no number.
        case character(position: Int)
        /// It is a landline number without its area code.
        case areaCode
        /// It has the length of a number but begins like none.
        case prefix
    }

    /// What sort of line it reaches.
    package let kind: Kind
    /// Digits, with a hyphen after the area code and before an extension: `13800138000`, `0731-84220000-801`, `12388`.
    package let text: String

    /// Checks a number as typed: full-width forms, spaces, hyphens, dots, brackets, +86 and 转 for an extension
    /// are accepted.
    package init(validating typed: String) throws(Fault) {
        let (main, last) = try Self.digits(typed)
        if let number = Self.national(main) {
            (kind, text) = number
        } else if let last, 1...6 ~= last.count, let number = Self.national(String(main.dropLast(last.count))),
            number.kind == .landline
        {
            (kind, text) = (.landline, "\(number.text)-\(last)")
        } else {
            throw Self.fault(main)
        }
    }

    /// A constant, so that no log or error shows the number.
    package var description: String { "PhoneNumber(…)" }

    /// All digits without the country code, and the last group of them where there are several.
    private static func digits(_ typed: String) throws(Fault) -> (all: String, last: String?) {
        var groups = [""]
        var international = false
        for (index, character) in Digits.folded(typed).enumerated() {
            switch character {
            case "0"..."9": groups[groups.count &- 1].append(character)
            case "+" where groups == [""] && !international: international = true
            case " ", "\t", "-", ".", "(", ")", "（", "）", "/", "转", "#": groups.append("")
            default: throw .character(position: index &+ 1)
            }
        }
        groups.removeAll(where: \.isEmpty)
        var all = groups.joined()
        let country = international ? "86" : all.hasPrefix("0086") ? "0086" : all.hasPrefix("861") ? "86" : ""
        guard all.hasPrefix(country) else { throw .prefix }
        if all.count &- country.count >= 10 || international { all.removeFirst(country.count) }
        // Abroad the area code is dialled without its zero.
        if !country.isEmpty, all.count >= 10, !all.hasPrefix("0"), !isHotline(all),
            !all.hasPrefix("1") || all.count == 10
        {
            all = "0" + all
        }
        return (all, groups.count > 1 ? groups.last : nil)
    }

    /// The kind and spelling of a number without extension, or nil.
    private static func national(_ digits: String) -> (kind: Kind, text: String)? {
        let count = digits.count
        if isService(digits) { return (.service, digits) }
        if isHotline(digits) {
            return (.service, "\(digits.prefix(3))-\(digits.dropFirst(3).prefix(3))-\(digits.dropFirst(6))")
        }
        guard let first = digits.first, let second = digits.dropFirst().first else { return nil }
        if first == "1" { return count == 11 && "3"..."9" ~= second ? (.mobile, digits) : nil }
        guard first == "0", second != "0" else { return nil }
        let area = digits.prefix(second == "1" || second == "2" ? 3 : 4)
        let rest = String(digits.dropFirst(area.count))
        if isService(rest) { return (.service, "\(area)-\(rest)") }
        guard 7...8 ~= rest.count, let start = rest.first, "2"..."8" ~= start else { return nil }
        return (.landline, "\(area)-\(rest)")
    }

    /// 110, 12388, 95588, 96110.
    private static func isService(_ digits: String) -> Bool {
        digits.count == 3 && digits.hasPrefix("1")
            || digits.count == 5 && (digits.hasPrefix("1") || digits.hasPrefix("95") || digits.hasPrefix("96"))
    }

    /// 400 and 800 numbers.
    private static func isHotline(_ digits: String) -> Bool {
        digits.count == 10 && (digits.hasPrefix("400") || digits.hasPrefix("800"))
    }

    private static func fault(_ digits: String) -> Fault {
        switch digits.count {
        case 7, 8: digits.hasPrefix("0") || digits.hasPrefix("1") ? .prefix : .areaCode
        case 3, 5, 10...12: .prefix
        default: .length(digits.count)
        }
    }
}
