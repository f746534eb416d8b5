import Foundation
import Kernel
import Testing
import WorkingDays

/// Counts once more, from the lines of the shipped file and another calendar's weekdays, one day after the other.
struct IndependentCountTests {
    /// The days from 2003-01-01 to 2028-12-31 and whether each is worked.
    let days: [(text: String, isWorked: Bool)]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let file = root.appending(path: "Sources/WorkingDays/Resources/working-days.csv")
        var exceptions: [Substring: Bool] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let columns = line.split(separator: ",")
            exceptions[columns[0]] = columns[2] == "false"
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var date = try #require(calendar.date(from: DateComponents(year: 2003, month: 1, day: 1)))
        var found: [(text: String, isWorked: Bool)] = []
        while calendar.component(.year, from: date) < 2029 {
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            let text = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            // 1 is Sunday and 7 Saturday.
            let isWeekday = parts.weekday != 1 && parts.weekday != 7
            found.append((text, exceptions[Substring(text)] ?? isWeekday))
            date = try #require(calendar.date(byAdding: .day, value: 1, to: date))
        }
        days = found
    }

    @Test func `ten thousand counts and additions agree with a walk along the lines of the file`() throws {
        #expect(days.count == 9497)
        let table = try WorkingDayTable.shipped()
        var random = Seeded(state: 20_260_302)
        for _ in 0..<10_000 {
            let from = Int.random(in: 0..<days.count - 500, using: &random)
            let span = Int.random(in: 0...480, using: &random)
            let first = try #require(Day(days[from].text))
            let last = try #require(Day(days[from + span].text))
            let worked = days[from + 1..<from + 1 + span].count { $0.isWorked }
            #expect(try table.count(from: first, to: last).days == worked, "\(first) to \(last)")
            let number = Int.random(in: 1...320, using: &random)
            var (place, left) = (from, number)
            while left > 0 {
                place += 1
                if days[place].isWorked { left -= 1 }
            }
            #expect(try table.add(number, to: first).day.text == days[place].text, "\(first) and \(number)")
        }
    }
}

/// SplitMix64: the same numbers every time.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
