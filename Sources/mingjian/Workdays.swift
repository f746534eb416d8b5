import ArgumentParser
import Kernel
import WorkingDays

struct Workdays: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Counts working days with the shipped calendar.", subcommands: [Count.self, Add.self])

    static func day(_ text: String) throws -> Day {
        guard let day = Day(text) else { throw ValidationError("\(text) is not a date like 2026-03-15.") }
        return day
    }

    static func show(_ exceptions: [DayException], provisional: Bool) {
        for exception in exceptions {
            print("\(exception.day.text) \(exception.name) \(exception.isOffDay ? "off" : "worked")")
        }
        if provisional { print("provisional: a year in between has no holiday table yet") }
    }

    struct Count: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Working days after FROM up to and with TO.")
        @Argument var from: String
        @Argument var to: String

        func run() throws {
            let count = try WorkingDayTable.shipped().count(from: Workdays.day(from), to: Workdays.day(to))
            print(count.days)
            Workdays.show(count.exceptions, provisional: count.provisional)
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The N-th working day after FROM.")
        @Argument var from: String
        @Argument var number: Int

        func run() throws {
            let sum = try WorkingDayTable.shipped().add(number, to: Workdays.day(from))
            print(sum.day.text)
            Workdays.show(sum.exceptions, provisional: sum.provisional)
        }
    }
}
