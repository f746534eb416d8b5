/// A place of the administrative divisions: GB/T 2260 (province, prefecture, county: 2+2+2 digits) and its statistical
/// extension (township, village: 3+3). Held and written in the shortest form: 6, 9 or 12 digits.
package struct RegionCode: Hashable, Sendable, LosslessStringConvertible {
    /// The five levels, from the widest.
    package enum Level: Int, Hashable, Sendable, Comparable, CaseIterable {
        case province, prefecture, county, township, village

        /// Wider before narrower.
        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// The twelve digits as a number: codes sort by it, and everything inside a place is one run of it.
    let number: UInt64

    init(number: UInt64) {
        self.number = number
    }

    /// Reads 6, 9 or 12 ASCII digits that do not begin with 0; trailing zeros beyond the county fall away.
    package init?(_ text: String) {
        let count = text.utf8.count
        guard count == 6 || count == 9 || count == 12, let digits = Digits.number(text, length: 6...12) else {
            return nil
        }
        let scale: UInt64 = count == 6 ? 1_000_000 : count == 9 ? 1000 : 1
        let number = UInt64(digits) &* scale
        guard number >= 100_000_000_000 else { return nil }
        self.init(number: number)
    }

    /// The level, told by the trailing zeros: 110000 is a province, 110100 a prefecture, 110105 a county,
    /// 110105001 a township, 110105001002 a village.
    package var level: Level {
        if number % 1000 != 0 { return .village }
        if number % 1_000_000 != 0 { return .township }
        if number % 100_000_000 != 0 { return .county }
        if number % 10_000_000_000 != 0 { return .prefecture }
        return .province
    }

    /// The next wider place, or nil for a province. Cities without counties (441900 东莞) hold their townships directly.
    package var parent: RegionCode? {
        switch level {
        case .province: nil
        case .prefecture: rounded(to: 10_000_000_000)
        case .county: rounded(to: 100_000_000)
        case .township: rounded(to: 1_000_000)
        case .village: rounded(to: 1000)
        }
    }

    /// Whether the other place is this one or lies in it.
    package func contains(_ other: RegionCode) -> Bool {
        other.number >= number && other.number < end
    }

    /// The first six digits: all that stands open beside a report. The place itself if it is a county or wider.
    package var county: RegionCode { rounded(to: 1_000_000) }

    /// 6, 9 or 12 digits.
    package var description: String {
        switch level {
        case .village: String(number)
        case .township: String(number / 1000)
        default: String(number / 1_000_000)
        }
    }

    /// The first number after everything that lies in this place.
    var end: UInt64 {
        switch level {
        case .province: number &+ 10_000_000_000
        case .prefecture: number &+ 100_000_000
        case .county: number &+ 1_000_000
        case .township: number &+ 1000
        case .village: number &+ 1
        }
    }

    private func rounded(to unit: UInt64) -> RegionCode {
        RegionCode(number: number / unit &* unit)
    }
}

extension RegionCode: Comparable {
    /// The order of the codes, a place before what lies in it.
    package static func < (left: RegionCode, right: RegionCode) -> Bool { left.number < right.number }
}

extension RegionCode: Codable {
    /// Decodes the digits.
    package init(from decoder: any Decoder) throws {
        self = try decoder.lossless("a region code")
    }

    /// Encodes the digits in their shortest form.
    package func encode(to encoder: any Encoder) throws {
        try encoder.lossless(self)
    }
}
