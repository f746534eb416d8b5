import Kernel
import Testing
import WorkingDays

struct WorkingDayTableTests {
    let table: WorkingDayTable

    init() throws {
        table = try WorkingDayTable.shipped()
    }

    @Test func `the shipped calendar covers 2004 to 2026 and holds only exceptions`() throws {
        #expect(table.years == Set(2004...2026) && table.exceptions.count > 500)
        #expect(table.exceptions.allSatisfy { ($0.day.weekday < 6) == $0.isOffDay && !$0.name.isEmpty })
        #expect(!table.source.isEmpty && table.licence == "MIT" && table.date != nil)
        #expect(try table.exception(on: day("2026-10-10"))?.isOffDay == false)
    }

    @Test func `a limit over National Day explains itself`() throws {
        let sum = try table.add(4, to: day("2026-09-29"))
        #expect(sum.day.text == "2026-10-10" && !sum.provisional)
        #expect(
            sum.exceptions.map(\.day.text) == [
                "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-10",
            ])
        #expect(try table.count(from: day("2026-09-29"), to: day("2026-10-10")).days == 4)
        #expect(try table.nextWorkingDay(onOrAfter: day("2026-10-01")).text == "2026-10-08")
    }

    @Test func `counting agrees with walking day by day`() throws {
        let (low, high) = (try day("2003-06-01").days, try day("2027-06-30").days)
        for _ in 0..<10_000 {
            let from = Day(clamping: Int32.random(in: low...high))
            let span = Int.random(in: 0...400)
            var (walked, last) = (0, from)
            var passed: [DayException] = []
            for step in 1...401 where step <= span {
                let day = from.adding(days: step)
                if let exception = table.exception(on: day) { passed.append(exception) }
                if table.isWorkingDay(day) { (walked, last) = (walked + 1, day) }
            }
            let to = from.adding(days: span)
            let count = try table.count(from: from, to: to)
            #expect(count.days == walked && count.exceptions == passed)
            let touched = span > 0 && (from.adding(days: 1).year < 2004 || to.year > 2026)
            #expect(count.provisional == touched)
            let sum = try table.add(walked, to: from)
            #expect(sum.day == last && sum.exceptions == passed.filter { $0.day <= last })
        }
    }

    @Test func `a year without its notice makes the answer provisional`() throws {
        let late = try day("2026-12-30")
        #expect(try !table.add(1, to: late).provisional && table.add(2, to: late).provisional)
        #expect(try !table.count(from: day("2003-12-31"), to: day("2004-01-05")).provisional)
        #expect(try !table.count(from: day("2030-01-01"), to: day("2030-01-01")).provisional)
    }

    @Test func `an imported notice replaces its year and changes single days of others`() throws {
        let notice = "# years: 2027\ndate,name,isOffDay\r\n2026-12-31,元旦,true\n2027-01-01,元旦,TRUE\n2027-01-02,元旦,true\n"
        let merged = try table.merging(csv: notice)
        #expect(merged.years.contains(2027) && merged.exceptions.count == table.exceptions.count + 2)
        #expect(try merged.add(1, to: day("2026-12-30")).day.text == "2027-01-04")
        #expect(try !merged.add(1, to: day("2026-12-30")).provisional)
        let corrected = try merged.merging(csv: "# years: 2027\n2027-01-04,元旦,true")
        #expect(try corrected.isWorkingDay(day("2027-01-01")) && !corrected.isWorkingDay(day("2027-01-04")))
        #expect(try !corrected.isWorkingDay(day("2026-12-31")))
    }

    @Test func `a faulty notice names its line and changes nothing`() {
        func fault(_ csv: String) -> WorkingDayTableError? {
            #expect(throws: WorkingDayTableError.self) { _ = try table.merging(csv: csv) }
        }
        for years in [
            "", "# years: ", "# years: x", "# years: 2027-2026", "# years: 1-9223372036854775807", "# years: -1",
        ] {
            #expect(fault(years + "\n2027-01-01,元旦,true") == .years)
        }
        #expect(fault("# years: 2027\n2027-01-01,元旦") == .columns(line: 2))
        #expect(fault("# years: 2027\n2027-02-30,元旦,true") == .date(line: 2))
        #expect(fault("# years: 2027\n\n2027-01-01,元旦,maybe") == .flag(line: 3))
        #expect(fault("# years: 2027\n2027-01-01,元旦,true\n2027/1/1,元旦,true") == .duplicate(line: 3))
    }

    @Test func `questions without an answer are refused, at the ends of the calendar too`() throws {
        let today = try day("2026-11-21")
        #expect(throws: WorkingDayError.backwards) { try table.count(from: today, to: today.adding(days: -1)) }
        #expect(throws: WorkingDayError.tooMany(-1)) { try table.add(-1, to: today) }
        #expect(throws: WorkingDayError.tooMany(.max)) { try table.add(.max, to: today) }
        #expect(throws: WorkingDayError.beyondCalendar) { try table.add(10, to: .last) }
        #expect(try table.add(0, to: today).day == today && table.add(10_000, to: .first).provisional)
        #expect(try table.count(from: .first, to: .last).days > 78_000)
        #expect(table.nextWorkingDay(onOrAfter: .last) == .last)
    }

    private func day(_ text: String) throws -> Day {
        try #require(Day(text))
    }
}
