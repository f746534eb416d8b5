package import Casework
import Database
import Kernel
package import WorkingDays

/// What importing a notice would do, worked out before anything is written.
package struct CalendarForecast: Sendable {
    /// The notice alone.
    package var notice: WorkingDayTable
    /// The calendar as it would stand afterwards.
    package var table: WorkingDayTable
    package var changes: [CalendarChange]
    /// Years that had no table before.
    package var newYears: [Int]
    /// Open limits of all reports.
    package var open: Int
    /// Those whose last day moves.
    package var moved: Int
    /// Those that are provisional now and would be settled.
    package var settled: Int

    /// How many days change in one way.
    package func count(_ kind: CalendarChange.Kind) -> Int { changes.count { $0.kind == kind } }
}

/// Why a notice that can be read was not taken; nothing was changed.
package enum CalendarImportError: Error, Hashable, Sendable {
    /// With these years the table would have gaps; the years between are needed first.
    case gapInYears
    /// The notice says that it covers this year and names no day of it.
    case emptyYear(Int)
    /// More than ``Casefile/longestNotice`` bytes.
    case tooLong
}

extension Casefile {
    /// 256 KiB: a notice has some two kilobytes, a table of all years some twenty.
    package static let longestNotice = 256 << 10

    /// The calendar in force.
    package func calendarInForce() async throws -> WorkingDayTable { try await picture().calendar }

    /// The notices that were imported, latest first.
    package func calendarImports() async throws -> [CalendarImport] {
        try await database.read { tx in try CalendarStore.history(tx) }
    }

    /// Reads a notice, `date,name,isOffDay` under `# years: 2027`, and works out what it would change.
    ///
    /// Its years replace those there are; days of other years, such as the December before, are added or replaced one
    /// by one. Throws ``WorkingDayTableError`` with the line at fault, or ``CalendarImportError``.
    package func forecastCalendar(_ csv: String) async throws -> CalendarForecast {
        let (notice, now) = (try Self.notice(csv), try await calendarInForce())
        let table = try Self.merge(notice, into: now)
        var forecast = CalendarForecast(
            notice: notice, table: table, changes: CalendarChange.between(now, table),
            newYears: table.years.subtracting(now.years).sorted(), open: 0, moved: 0, settled: 0)
        let casefile = self
        let ids = try await database.read { tx in
            try tx.rows("SELECT id FROM report WHERE due_day IS NOT NULL ORDER BY id")
                .map { try $0.get("id", as: ReportID.self) }
        }
        for part in ids.batches(of: 200) {
            let moves = try await database.read { tx in
                let picture = try casefile.pictures.current(tx)
                return try part.flatMap { try casefile.moves(of: $0, to: table, picture: picture, tx) }
            }
            forecast.open += moves.count
            forecast.moved += moves.count { $0.before.due != $0.after.due }
            forecast.settled += moves.count { $0.before.provisional && !$0.after.provisional }
        }
        return forecast
    }

    /// Takes a notice: the calendar changes at once for every process, the history keeps what was done, and the due
    /// days of all open reports are worked out again. Errors as ``forecastCalendar(_:)``.
    @discardableResult
    package func importCalendar(
        _ csv: String, by staff: StaffID?, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> CalendarForecast {
        let forecast = try await forecastCalendar(csv)
        let (shipped, now) = (calendar, clock.now())
        try await database.write { tx in
            // Once more, for somebody else may have imported another year in between.
            let table = try Self.merge(forecast.notice, into: CalendarStore.load(tx, shipped: shipped))
            try CalendarStore.save(tx, table, at: now)
            try CalendarStore.note(tx, forecast, notice: csv, by: staff, at: now)
            try Self.markStale(tx)
            try Self.touchWorld(tx)
        }
        try await finishRecomputing(progress: progress)
        return forecast
    }

    /// Works projections out again where a change of the calendar was stored and its work was cut off.
    package func finishRecomputing(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) async throws {
        let mark: String? = try await database.read { tx in
            try tx.scalar("SELECT value FROM setting WHERE name = 'projections'")
        }
        guard let mark else { return }
        _ = try await recompute(progress: progress)
        try await database.write { tx in
            try tx.run("DELETE FROM setting WHERE name = 'projections' AND value = \(mark)")
        }
    }

    /// Notes that projections are older than the rules or the calendar; each time with a mark of its own.
    static func markStale(_ tx: any Transaction) throws {
        let mark = Identifier<CalendarImportTag>.random().description
        try tx.run(
            """
            INSERT INTO setting (name, value) VALUES ('projections', \(mark))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """)
    }

    private static func notice(_ csv: String) throws -> WorkingDayTable {
        guard csv.utf8.count <= longestNotice else { throw CalendarImportError.tooLong }
        return try WorkingDayTable(csv: csv)
    }

    private static func merge(_ notice: WorkingDayTable, into table: WorkingDayTable) throws -> WorkingDayTable {
        let merged = table.merging(notice)
        guard merged.isContiguous else { throw CalendarImportError.gapInYears }
        let named = Set(notice.exceptions.map(\.day.year))
        if let empty = notice.years.subtracting(named).min() { throw CalendarImportError.emptyYear(empty) }
        return merged
    }

    private struct Move: Sendable {
        var before: LimitState
        var after: LimitState
    }

    private func moves(
        of id: ReportID, to table: WorkingDayTable, picture: Picture, _ tx: any Transaction
    ) throws -> [Move] {
        guard let stored = try StoredReport.load(tx, id) else { return [] }
        let workflow = rules(of: stored, in: picture)
        func open(_ calendar: WorkingDayTable) throws -> [LimitState] {
            try workflow.limitStates(of: stored.standing.done, standing: stored.standing, calendar: calendar)
                .filter { $0.met == nil }
        }
        return zip(try open(picture.calendar), try open(table)).map { Move(before: $0, after: $1) }
    }
}

extension Array {
    /// The elements in runs of at most `size`.
    func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 &+ size, count)]) }
    }
}
