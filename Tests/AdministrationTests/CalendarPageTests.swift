import Casefile
import Casework
import Database
import Entrance
import Foundation
import Kernel
import Site
import Testing
import WorkingDays

@testable import Administration

extension Visitor {
    /// Sends a form with a file, as a browser does.
    func upload(_ path: String, _ fields: [(String, String)], file: Data? = nil) async throws -> (Int, String) {
        let fields = [("csrf", cookie.map(FormToken.derive(from:)) ?? "")] + fields
        var parts = fields.flatMap { ["--form-string", "\($0.0)=\($0.1)"] }
        if let file {
            let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try file.write(to: place)
            parts += ["--form", "file=@\(place.path);filename=a.csv"]
        }
        let answer = try await send("POST", path, parts: parts)
        return (answer.status, answer.body)
    }
}

struct CalendarPageTests {
    @Test func `the province's administrator sees what a notice changes, then imports it; others only read`()
        async throws
    {
        try await PageTests.run { house, port, _ in
            let root = Visitor(port: port)
            try await root.signIn("yl.admin1")
            let page = try await root.get("/admin/calendar?year=2026")
            #expect(page.status == 200 && page.body.contains("2026-10-10") && page.body.contains("2004–2026"))
            let forecast = "/admin/calendar/forecast"
            let lines = "2027-01-01,元旦,true\n2027-01-03,元旦,false"
            #expect(try await root.upload(forecast, [("text", lines)]).0 == 422, "no year")
            let wrong = try await root.upload(forecast, [("text", lines + "\n2027-01-09,元旦,maybe"), ("years", "2027")])
            #expect(wrong.0 == 422 && wrong.1.contains("3") && wrong.1.contains("2027-01-09"))
            let foreign = Data([0xD4, 0xAA, 0xB5, 0xA9])
            #expect(try await root.upload(forecast, [], file: foreign).0 == 422)
            let shown = try await root.upload(
                forecast, [("text", ""), ("years", "2027"), ("source", "国办\n# years: 2030")], file: Data(lines.utf8))
            #expect(shown.0 == 200 && shown.1.contains("2027-01-03"))
            #expect(try await house.casefile.calendarInForce().years.max() == 2026)

            let notice = lines + "\n# years: 2027\n# source: 国办"
            let county = Visitor(port: port)
            try await county.signIn("qt.admin1")
            let seen = try await county.get("/admin/calendar")
            #expect(seen.status == 200 && !seen.body.contains("/admin/calendar/forecast"))
            #expect(try await county.post("/admin/calendar/import", [("notice", notice)]).status == 403)
            #expect(try await county.upload(forecast, [("text", notice)]).0 == 403)
            #expect(try await root.send("POST", "/admin/calendar/import", [("notice", notice)]).status == 403)

            let done = try await root.post("/admin/calendar/import", [("notice", notice)])
            #expect(done.status == 303 && done.location == "/admin/calendar?done=calendar")
            #expect(try await house.casefile.calendarInForce().years.max() == 2027)
            let after = try await root.get("/admin/calendar?year=2027")
            #expect(after.body.contains("2027-01-03") && after.body.contains("国办"))
            #expect(try await !county.get("/admin/calendar").body.contains("yl.admin1"))
            let clerk = Visitor(port: port)
            try await clerk.signIn("qt.letters1")
            #expect(try await clerk.get("/admin/calendar").status == 403)
        }
    }

    @Test func `every name in the calendar's templates is known`() async throws {
        try await House.whileFull(.sqlite) { house in
            let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
            let texts = shell.texts[.zhHans]
            let notice = "# years: 2027\n2027-01-01,元旦,true\n"
            let forecast = try await house.casefile.forecastCalendar(notice)
            try await house.casefile.importCalendar(notice, by: nil)
            let table = try await house.casefile.calendarInForce()
            let summary = ErrorSummary([try CalendarEntry.fault(WorkingDayTableError.years)], texts)
            let world = try await house.casefile.world()
            let page = CalendarPage(
                table, year: 2027, today: house.casefile.clock.now().day.adding(days: 3000),
                history: try await house.casefile.calendarImports(), world: world, entry: CalendarEntry(),
                summary: summary, texts: texts)
            let field: Set = ["linked", "href", "lines", "message", "chosen", "numeric", "isOn", "optionType", "rows"]
            #expect(
                shell.templates.unknownNames(in: "administration/calendar", sample: page)
                    .filter { !field.contains($0) } == [])
            #expect(
                shell.templates.unknownNames(
                    in: "administration/calendar-forecast",
                    sample: CalendarForecastPage(forecast, notice: notice, texts: texts)) == [])
            for kind in ["added", "removed", "changed"] {
                #expect(texts.has("administration.calendar.changes.\(kind)"))
            }
        }
    }
}
