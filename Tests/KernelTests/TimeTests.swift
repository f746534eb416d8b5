import Foundation
import Kernel
import Testing

struct DayTests {
    @Test func `every day of three centuries is read back as itself and follows the day before`() throws {
        var day = Day.first
        var weekday = 1
        while day < .last {
            #expect(Day(year: day.year, month: day.month, day: day.day) == day)
            #expect(Day(day.text) == day && day.weekday == weekday)
            #expect(day.start.day == day && Instant(milliseconds: day.start.milliseconds - 1).day <= day)
            day = day.adding(days: 1)
            weekday = weekday % 7 + 1
        }
        #expect(Day.first.text == "1900-01-01" && Day.last.text == "2200-12-31")
        #expect(Day("2026-11-21")?.weekday == 6 && Day("1970-01-01")?.days == 0)
    }

    @Test func `spreadsheet dates are read and impossible ones are not`() {
        #expect(Day("2019/4/5") == Day("2019-04-05") && Day("2019/04/05") != nil && Day("2024-02-29") != nil)
        for text in [
            "", "2019-4-5", "2023-02-29", "1900-02-29", "2019-13-01", "2019-00-10", "2019-01-32", "1899-12-31",
            "2201-01-01",
            "2019-04-05 ", "2019-04-0５", "+019-04-05", "2019-04--5", "2019/4-5", "99999999999999999999-01-01",
            "2019-04",
        ] { #expect(Day(text) == nil, "\(text)") }
    }

    @Test func `months end where the shorter month ends`() throws {
        let january = try #require(Day("2024-01-31"))
        #expect(january.adding(months: 1).text == "2024-02-29" && january.adding(months: 13).text == "2025-02-28")
        #expect(january.adding(months: -2).text == "2023-11-30" && january.adding(months: 12).text == "2025-01-31")
    }

    @Test func `arithmetic stops at the ends of the calendar`() {
        for day in [Day.first, .last] {
            #expect(day.adding(days: .max) == .last && day.adding(days: .min) == .first)
            #expect(day.adding(months: .max) == .last && day.adding(months: .min) == .first)
        }
        #expect(Day(year: .max, month: .max, day: .max) == nil && Day(year: .min, month: .min, day: .min) == nil)
        #expect(Day(days: Int64.max) == nil && Day(clamping: UInt64.max) == .last && Day(clamping: Int64.min) == .first)
    }
}

struct InstantTests {
    @Test func `a moment is written in Chinese time and read from any offset`() throws {
        let moment = try #require(Instant(rfc3339: "2026-11-21T09:00:00+08:00"))
        for text in ["2026-11-21T01:00:00Z", "2026-11-21t01:00:00z", "2026-11-20T20:30:00.000-04:30"] {
            #expect(Instant(rfc3339: text) == moment)
        }
        #expect(moment.rfc3339 == "2026-11-21T09:00:00+08:00" && moment.shortText == "2026-11-21 09:00")
        #expect(Instant(rfc3339: "2026-11-20T16:00:00Z")?.day.text == "2026-11-21")
        #expect(Instant(rfc3339: "2026-11-20T15:59:59.999999Z")?.day.text == "2026-11-20")
        #expect(Instant(rfc3339: "1969-12-31T23:59:59.5Z")?.milliseconds == -500)
    }

    @Test func `a filing keeps its hour and nothing finer`() throws {
        for text in ["2026-11-21T09:59:59.999+08:00", "1969-12-31T23:45:00+08:00"] {
            let moment = try #require(Instant(rfc3339: text))
            #expect(moment.toTheHour.shortText == moment.shortText.prefix(14) + "00" && moment.toTheHour.second == 0)
            #expect(moment.toTheHour <= moment && moment.toTheHour.toTheHour == moment.toTheHour)
        }
    }

    @Test func `any number of milliseconds gives a moment that survives JSON`() throws {
        var values: [Int64] = [.min, .max, 0, -1, 1, 999, -86_400_001]
        for _ in 0..<2000 { values.append(.random(in: -2_300_000_000_000...7_400_000_000_000)) }
        for value in values {
            let moment = Instant(milliseconds: value)
            #expect(try JSONDecoder().decode(Instant.self, from: JSONEncoder().encode(moment)) == moment)
            #expect(moment.day.start <= moment && 0..<24 ~= moment.hour && 0..<60 ~= moment.minute)
            #expect(moment.adding(seconds: .max) >= moment && moment.adding(seconds: .min) <= moment)
        }
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:00:00", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:00:60Z",
        "2026-11-21T09:00:00.Z", "2026-11-21T09:00:00+0800", "2026-11-21T09:00:00+24:00", "2026-11-21T09:00:00Zx",
        "2026-02-30T09:00:00Z", "2026-11-21T-9:00:00Z", "1900-01-01T00:00:00Z+", "2200-12-31T23:00:00Z",
        "２026-11-21T09:00:00Z",
        "2026-11-21T09:00:00.99999999999999999999999", "2026/11/21T09:00:00Z", "éééééééééééééé",
    ])
    func `junk is no moment`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func `a clock set by hand is followed by those who hold it`() throws {
        let clock = SettableClock(try #require(Instant(rfc3339: "2026-02-28T12:00:00+08:00")))
        let held = clock.clock
        clock.advance(days: 1)
        #expect(held.now().shortText == "2026-03-01 12:00")
        clock.advance(days: .max)
        #expect(held.now().day == .last)
        #expect(abs(Clock.system.now().milliseconds - Int64(Date().timeIntervalSince1970 * 1000)) < 5000)
    }
}
