import Casefile
import Casework
import Kernel
import Mustache
import Site
import WorkingDays

/// A row of a table of the calendar; every name is answered.
struct CalendarRow: MustacheParent {
    let values: [String: Any]

    init(_ values: [String: Any?]) { self.values = values.mapValues { here($0) } }

    init(_ exception: DayException, _ texts: Catalogue, change: CalendarChange.Kind? = nil) {
        self.init([
            "day": exception.day.text, "name": texts.holiday(exception.name),
            "weekday": texts.text("administration.calendar.weekdays.d\(exception.day.weekday)"),
            "state": Mark(
                exception.isOffDay ? .plain : .warn,
                texts.text("administration.calendar.\(exception.isOffDay ? "off" : "worked")")),
            "change": change.map { texts.text("administration.calendar.changes.\($0.rawValue)") },
        ])
    }

    func child(named name: String) -> Any? { values[name] }
}

/// The calendar in force: what it covers, one year of it, and for whom it is theirs the import and its history.
struct CalendarPage: MustacheParent {
    let facts: [CalendarRow]
    let missing: String?
    let chooser: FormField
    let year: String
    let days: [CalendarRow]
    /// `nil`: not for this administrator.
    let history: [CalendarRow]?
    let fields: [FormField]
    let summary: ErrorSummary

    init(
        _ table: WorkingDayTable, year: Int, today: Day, history: [CalendarImport]?, world: World,
        entry: CalendarEntry, summary: ErrorSummary, texts: Catalogue
    ) {
        func text(_ key: String, _ values: [String: String] = [:]) -> String {
            texts.format("administration.calendar." + key, values)
        }
        func fact(_ key: String, _ value: String) -> CalendarRow {
            CalendarRow(["label": text("facts." + key), "value": value])
        }
        let (first, last) = (table.years.min() ?? 0, table.years.max() ?? 0)
        facts =
            [fact("years", "\(first)–\(last)"), fact("days", String(table.exceptions.count))]
            + (table.source.isEmpty ? [] : [fact("source", table.source)])
            + (table.date.map { [fact("date", $0.text)] } ?? [])
        // From October on a limit of three months reaches into the next year.
        let next = table.years.contains(today.year) ? today.adding(days: 92).year : today.year
        missing = table.years.contains(next) ? nil : text("missing", ["year": String(next)])
        self.year = String(year)
        chooser = FormField(
            "year", text("year"), .select,
            options: table.years.sorted(by: >).map { FieldOption(String($0), String($0), isChosen: $0 == year) },
            isRequired: true)
        days = table.exceptions.filter { $0.day.year == year }.map { CalendarRow($0, texts) }
        self.history = history?.map { one in
            CalendarRow([
                "at": one.at.shortText, "years": one.years.map { String($0) }.joined(separator: " "),
                "source": one.source,
                "who": one.staff.flatMap { world.staff[$0] }.map { texts.name($0) } ?? text("command"),
                "days": text(
                    "counts",
                    ["added": String(one.added), "removed": String(one.removed), "changed": String(one.changed)]),
                "moved": String(one.moved),
            ])
        }
        self.summary = summary
        fields = [
            FormField(
                "file", text("file"), .file(accept: ".csv,text/csv,text/plain", multiple: false),
                hint: text("file-hint"), error: summary["file"]),
            FormField(
                "text", text("text"), .area(rows: 8), value: entry.text, hint: text("text-hint"),
                error: summary["text"]),
            FormField("years", text("years"), value: entry.years, hint: text("years-hint"), error: summary["years"]),
            FormField(
                "source", text("source"), value: entry.source, hint: text("source-hint"), maximumLength: 200),
        ]
    }

    func child(named name: String) -> Any? {
        switch name {
        case "facts": facts
        case "missing": here(missing)
        case "chooser": chooser
        case "year": year
        case "days": days
        case "mayImport": history != nil
        case "history": history ?? []
        case "hasHistory": history?.isEmpty == false
        case "fields": fields
        case "summary": here(summary.isEmpty ? nil : summary)
        default: nil
        }
    }
}

/// What a notice would change, to be confirmed.
struct CalendarForecastPage: MustacheParent {
    let years: String
    let counts: String
    let limits: String
    let settled: String
    let rows: [CalendarRow]
    let notice: String

    init(_ forecast: CalendarForecast, notice: String, texts: Catalogue) {
        func text(_ key: String, _ values: [String: String]) -> String {
            texts.format("administration.calendar." + key, values)
        }
        let all = forecast.notice.years.sorted().map { String($0) }.joined(separator: " ")
        years = text(
            forecast.newYears.isEmpty ? "forecast.known-years" : "forecast.new-years", ["years": all])
        counts = text(
            "counts",
            [
                "added": String(forecast.count(.added)), "removed": String(forecast.count(.removed)),
                "changed": String(forecast.count(.changed)),
            ])
        limits = text("forecast.moved", ["n": String(forecast.moved), "open": String(forecast.open)])
        settled = text("forecast.settled", ["n": String(forecast.settled)])
        rows = forecast.changes.map { CalendarRow($0.day, texts, change: $0.kind) }
        self.notice = notice
    }

    func child(named name: String) -> Any? {
        switch name {
        case "years": years
        case "counts": counts
        case "limits": limits
        case "settled": settled
        case "rows": rows
        case "hasRows": !rows.isEmpty
        case "notice": notice
        default: nil
        }
    }
}
