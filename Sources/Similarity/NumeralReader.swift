/// Reads one number, in digits, words or both, from its first character on: 35000, 3.5万, 三万五千, 35,000, 二〇一九.
struct NumeralReader {
    /// A number and how many characters it takes.
    struct Found {
        var length: Int
        var value: Double
        /// As it is written in digits: years keep theirs, amounts are multiplied out.
        var text: [UInt16]
    }

    let table: NumeralTable

    /// No number is longer; what follows is read as the next one.
    private static let longest = 32
    private static let comma = UInt16(UInt8(ascii: ","))
    private static let point = UInt16(UInt8(ascii: "."))

    /// The number that begins at a place; `nil` where what stands there is no number ("千方").
    func read(_ units: [UInt16], at start: Int) -> Found? {
        guard let first = table.parts[units[start]], first != .myriad(1e4), first != .myriad(1e8) else { return nil }
        var (total, section, digits) = (0.0, 0.0, Digits())
        var last: Double?
        var hasUnit = false
        var place = start
        let end = min(units.count, start &+ Self.longest)
        reading: while place < end {
            let unit = units[place]
            if unit == Self.comma, isThousands(units, at: place, end: end, digits) {
                place &+= 1
                continue
            }
            if unit == Self.point, digits.count > 0, !digits.hasPoint, place &+ 1 < end, isASCIIDigit(units[place &+ 1])
            {
                digits.hasPoint = true
                digits.text.append(unit)
                place &+= 1
                continue
            }
            switch table.parts[unit] {
            case .digit(let value): digits.append(value)
            case .unit(let factor):
                // Ten may stand for one ten; a hundred and a thousand need their number.
                guard digits.count > 0 || (factor == 10 && section == 0) else { break reading }
                section += (digits.count > 0 ? digits.value : 1) * factor
                (last, digits, hasUnit) = (factor, Digits(), true)
            case .myriad(let factor):
                section += digits.value
                guard section > 0 else { break reading }
                total = factor == 1e8 ? (total + section) * factor : total + section * factor
                (last, digits, section, hasUnit) = (factor, Digits(), 0, true)
            case nil: break reading
            }
            place &+= 1
        }
        guard place > start else { return nil }
        guard hasUnit else { return Found(length: place &- start, value: digits.value, text: digits.text) }
        // 一万五 is fifteen thousand; 一万零五 is not.
        let rest = digits.count == 1 && !digits.beginsWithZero ? digits.value * (last ?? 10) / 10 : digits.value
        let value = total + section + rest
        return Found(length: place &- start, value: value, text: Self.text(value))
    }

    /// Whether the comma at a place parts thousands: digits before it, and three and no more after it.
    private func isThousands(_ units: [UInt16], at place: Int, end: Int, _ digits: Digits) -> Bool {
        guard digits.count > 0, digits.count <= 15, !digits.hasPoint, place &+ 3 < end else { return false }
        let follows = place &+ 4 < units.count && isASCIIDigit(units[place &+ 4])
        return !follows && (1...3).allSatisfy { isASCIIDigit(units[place &+ $0]) }
    }

    private func isASCIIDigit(_ unit: UInt16) -> Bool { (0x30...0x39).contains(unit) }

    /// Whole, or with two places; numbers that no double holds exactly are given by their size alone.
    private static func text(_ value: Double) -> [UInt16] {
        guard value < 9e15 else { return Array("9e15".utf16) }
        let hundredths = Int64((value * 100).rounded())
        let whole = String(hundredths / 100)
        let part = hundredths % 100
        return Array((part == 0 ? whole : "\(whole).\(part < 10 ? "0" : "")\(part)").utf16)
    }

    /// Digits in a row.
    private struct Digits {
        var text: [UInt16] = []
        var count = 0
        var hasPoint = false
        var value = 0.0
        private var scale = 1.0

        var beginsWithZero: Bool { text.first == 0x30 }

        mutating func append(_ digit: Int) {
            text.append(UInt16(truncatingIfNeeded: 0x30 &+ digit))
            count &+= 1
            if hasPoint {
                scale /= 10
                value += Double(digit) * scale
            } else {
                value = value * 10 + Double(digit)
            }
        }
    }
}
