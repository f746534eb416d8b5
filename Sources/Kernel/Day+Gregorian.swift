extension Day {
    /// Whether the proleptic Gregorian calendar has this day, in any year from 1.
    static func exists(year: Int, month: Int, day: Int) -> Bool {
        year >= 1 && 1...12 ~= month && day >= 1 && day <= length(year: year, month: month)
    }

    /// The number of days of a month 1 to 12.
    static func length(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a date that exists, by counting years from March in eras of 400 years.
    static func count(year: Int, month: Int, day: Int) -> Int32 {
        let march = month > 2 ? year : year &- 1
        let era = march / 400
        let yearOfEra = march &- era &* 400
        let dayOfYear = (153 &* (month &+ (month > 2 ? -3 : 9)) &+ 2) / 5 &+ day &- 1
        let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
        return Int32(clamping: era &* 146_097 &+ dayOfEra &- 719_468)
    }

    /// The date, by the same count backwards.
    var parts: (year: Int, month: Int, day: Int) {
        let shifted = Int(days) &+ 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let shiftedMonth = (5 &* dayOfYear &+ 2) / 153
        let month = shiftedMonth &+ (shiftedMonth < 10 ? 3 : -9)
        let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear &- (153 &* shiftedMonth &+ 2) / 5 &+ 1)
    }
}
