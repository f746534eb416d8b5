import ArgumentParser
import Casefile
import Kernel
import WorkingDays

struct Workdays: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Counts working days with the calendar of the installation, or the shipped one where there is none.",
        subcommands: [Count.self, Add.self])

    static func day(_ text: String) throws -> Day {
        guard let day = Day(text) else { throw ValidationError("\(text) is not a date like 2026-03-15.") }
        return day
    }

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Working days after FROM up to and with TO.")
        @OptionGroup var place: PlaceOptions
        @Argument var from: String
        @Argument var to: String

        func run() async throws {
            try await WorkdaysCommand(from: Workdays.day(from), to: Workdays.day(to), number: nil)
                .answer(at: place.place)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The N-th working day after FROM.")
        @OptionGroup var place: PlaceOptions
        @Argument var from: String
        @Argument var number: Int

        func run() async throws {
            try await WorkdaysCommand(from: Workdays.day(from), to: nil, number: number).answer(at: place.place)
        }
    }
}

/// Counts up to a day, or adds a number.
struct WorkdaysCommand: InstallationCommand {
    static let name = "workdays"
    var from: Day
    var to: Day?
    var number: Int?

    func run(_ installation: Installation) async throws -> CommandAnswer {
        CommandAnswer(text: try text(try await installation.casefile.calendarInForce()))
    }

    /// With the calendar of the place; a place without an installation counts with the shipped one.
    func answer(at place: Place) async throws {
        do {
            try await execute(at: place)
        } catch PlaceError.noInstallation {
            print(try text(WorkingDayTable.shipped()))
        }
    }

    private func text(_ table: WorkingDayTable) throws -> String {
        if let to {
            let count = try table.count(from: from, to: to)
            return Self.text(String(count.days), count.exceptions, provisional: count.provisional)
        }
        let sum = try table.add(number ?? 0, to: from)
        return Self.text(sum.day.text, sum.exceptions, provisional: sum.provisional)
    }

    private static func text(_ first: String, _ exceptions: [DayException], provisional: Bool) -> String {
        var lines = [first]
        lines += exceptions.map { "\($0.day.text) \($0.name) \($0.isOffDay ? "off" : "worked")" }
        if provisional { lines.append("provisional: a year in between has no holiday table yet") }
        return lines.joined(separator: "\n")
    }
}
