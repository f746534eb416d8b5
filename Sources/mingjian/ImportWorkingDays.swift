import ArgumentParser
import Casefile
import WorkingDays

extension Import {
    struct WorkingDays: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "working-days",
            abstract: "A year's holiday notice from a CSV file: date,name,isOffDay under a line # years: 2027.")
        @OptionGroup var place: PlaceOptions
        @Argument var file: String
        @Flag(help: "Print what would change, and change nothing.") var dryRun = false

        func run() async throws {
            try await ImportWorkingDaysCommand(text: try Import.read(file), isDry: dryRun).execute(at: place.place)
        }
    }
}

/// The same import as on the calendar page.
struct ImportWorkingDaysCommand: InstallationCommand {
    static let name = "import-working-days"
    var text: String
    var isDry: Bool

    func run(_ installation: Installation) async throws -> CommandAnswer {
        let casefile = installation.casefile
        do {
            let forecast =
                isDry
                ? try await casefile.forecastCalendar(text) : try await casefile.importCalendar(text, by: nil)
            return CommandAnswer(text: Self.text(forecast, isDry: isDry))
        } catch let error as WorkingDayTableError {
            return CommandAnswer(text: "\(Self.text(error)); nothing was changed", exitCode: 1)
        } catch let error as CalendarImportError {
            return CommandAnswer(text: "\(Self.text(error)); nothing was changed", exitCode: 1)
        }
    }

    private static func text(_ forecast: CalendarForecast, isDry: Bool) -> String {
        let years = forecast.notice.years.sorted().map { String($0) }.joined(separator: " ")
        let mark: [CalendarChange.Kind: String] = [.added: "+", .removed: "-", .changed: "~"]
        let head = [
            isDry ? "dry run: nothing was changed" : "years \(years) in force",
            "days added \(forecast.count(.added)), removed \(forecast.count(.removed)), changed \(forecast.count(.changed))",
            "open limits \(forecast.open), moved \(forecast.moved), no longer provisional \(forecast.settled)",
        ]
        return
            (head
            + forecast.changes.map {
                "\(mark[$0.kind] ?? "") \($0.day.day) \($0.day.name) \($0.day.isOffDay ? "off" : "worked")"
            }).joined(separator: "\n")
    }

    private static func text(_ error: WorkingDayTableError) -> String {
        switch error {
        case .years: "the line # years: 2027 is missing or wrong"
        case .columns(let line): "line \(line): date,name,isOffDay is expected"
        case .date(let line): "line \(line): no date like 2027-01-01"
        case .flag(let line): "line \(line): the last column is true or false"
        case .duplicate(let line): "line \(line): the day stands on an earlier line already"
        }
    }

    private static func text(_ error: CalendarImportError) -> String {
        switch error {
        case .gapInYears: "the calendar would have gaps; import the years between first"
        case .emptyYear(let year): "the notice names no day of \(year)"
        case .tooLong: "the file is longer than \(Casefile.longestNotice) bytes"
        }
    }
}
