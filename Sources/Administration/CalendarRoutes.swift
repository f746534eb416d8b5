import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site
import WorkingDays

/// The calendar of working days: every administrator reads it; whoever looks after the highest organ imports the yearly
/// notice, for it holds for all organs, and the number of limits it moves is a number of all reports.
struct CalendarRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin/calendar") { request, context in
            try await page(CalendarEntry(), [], request, context)
        }
        routes.post("/admin/calendar/forecast") { request, context in try await forecast(request, context) }
        routes.post("/admin/calendar/import") { request, context in
            let access = try await importing(context)
            let text = try await request.form(context)["notice"] ?? ""
            do {
                try await services.casefile.importCalendar(text, by: access.me.id)
            } catch {
                let fault = try CalendarEntry.fault(error)
                return try await page(CalendarEntry(text: text), [fault], request, context)
            }
            return .seeOther("/admin/calendar?done=calendar")
        }
    }

    /// Only who looks after the highest organ.
    private func importing(_ context: SiteContext) async throws -> Access {
        let access = try await services.access(context)
        guard access.looksAfterAll else { throw SiteError.forbidden }
        return access
    }

    private func forecast(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await importing(context)
        var entry = CalendarEntry()
        do {
            entry = try await CalendarEntry.read(request, context)
            let notice = try entry.notice()
            let forecast = try await services.casefile.forecastCalendar(notice)
            let texts = services.shell.texts(context)
            let model = CalendarForecastPage(forecast, notice: notice, texts: texts)
            let title = texts.text("administration.calendar.forecast.title")
            return try await services.draw("calendar-forecast", model, title: title, request, context)
        } catch {
            return try await page(entry, [try CalendarEntry.fault(error)], request, context)
        }
    }

    private func page(
        _ entry: CalendarEntry, _ faults: [FieldError], _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let access = try await services.access(context)
        let casefile = services.casefile
        let table = try await casefile.calendarInForce()
        let today = casefile.clock.now().day
        let asked = request.method == .get ? request.query("year").flatMap { Int($0) } : nil
        let year = asked.flatMap { table.years.contains($0) ? $0 : nil } ?? min(today.year, table.years.max() ?? 0)
        let texts = services.shell.texts(context)
        let history = access.looksAfterAll ? try await casefile.calendarImports() : nil
        let model = CalendarPage(
            table, year: year, today: today, history: history, world: access.world, entry: entry,
            summary: ErrorSummary(faults, texts), texts: texts)
        return try await services.draw(
            "calendar", model, title: texts.text("administration.calendar.title"), request, context,
            status: faults.isEmpty ? .ok : .unprocessableContent)
    }
}

extension Access {
    /// Whether the highest organ is among those looked after.
    var looksAfterAll: Bool { world.root.map { reaches($0.id) } ?? false }
}

/// A notice as it is typed in, pasted or sent as a file.
struct CalendarEntry: Sendable {
    var text = ""
    var years = ""
    var source = ""

    /// Why what came in is no notice.
    enum Fault: Error { case empty, notUTF8 }

    /// Reads the form with its file, which goes before what was pasted.
    static func read(_ request: Request, _ context: SiteContext) async throws -> CalendarEntry {
        let limits = BodyLimits(maximumSize: 1 << 20, deadline: .seconds(60))
        var parts = try MultipartReader(request, limits: limits, maximumParts: 10)
        var entry = CalendarEntry()
        var isChecked = false
        var file = ""
        while let part = try await parts.next() {
            let text: String
            do {
                text = try await parts.text(limit: Casefile.longestNotice)
            } catch MultipartError.fieldTooLarge {
                throw CalendarImportError.tooLong
            } catch is FormError {
                throw Fault.notUTF8
            }
            switch part.name {
            case "csrf":
                try context.check(token: text)
                isChecked = true
            case "file": file = text
            case "text": entry.text = text
            case "years": entry.years = text.trimmed
            case "source": entry.source = text.trimmed
            default: break
            }
        }
        guard isChecked else { throw SiteError.forbidden(type: "form-token", "errors.token") }
        if !file.trimmed.isEmpty { entry.text = file }
        return entry
    }

    /// The text with what the fields say where its own header is silent. The lines stand at the end, so that faults
    /// name the lines that the person sees.
    func notice() throws -> String {
        guard !text.trimmed.isEmpty else { throw Fault.empty }
        let header = HeaderedText(text).header
        var lines = [text]
        func line(_ value: String) -> String { value.split(whereSeparator: \.isNewline).joined(separator: " ") }
        if header["years"] == nil, !years.isEmpty { lines.append("# years: \(line(years))") }
        if header["source"] == nil, !source.isEmpty { lines.append("# source: \(line(source))") }
        return lines.joined(separator: "\n")
    }

    /// What is wrong, told at its field; anything else is thrown on.
    static func fault(_ error: any Error) throws -> FieldError {
        func at(_ field: String, _ what: String, _ arguments: [String: String] = [:]) -> FieldError {
            FieldError(field, "administration.calendar.faults." + what, arguments)
        }
        switch error {
        case WorkingDayTableError.years: return at("years", "years")
        case WorkingDayTableError.columns(let line): return at("text", "columns", ["line": String(line)])
        case WorkingDayTableError.date(let line): return at("text", "date", ["line": String(line)])
        case WorkingDayTableError.flag(let line): return at("text", "flag", ["line": String(line)])
        case WorkingDayTableError.duplicate(let line): return at("text", "duplicate", ["line": String(line)])
        case CalendarImportError.gapInYears: return at("years", "gap")
        case CalendarImportError.emptyYear(let year): return at("text", "empty-year", ["year": String(year)])
        case CalendarImportError.tooLong: return at("text", "too-long")
        case Fault.empty: return at("text", "empty")
        case Fault.notUTF8: return at("file", "utf8")
        default: throw error
        }
    }
}
