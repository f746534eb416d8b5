package import Casework
import Database
package import Kernel
package import WorkingDays

/// One import of a holiday notice, as its history keeps it.
package struct CalendarImport: Sendable {
    package var at: Instant
    /// `nil` for an import at the command line.
    package var staff: StaffID?
    package var source: String
    package var years: [Int]
    package var added: Int
    package var removed: Int
    package var changed: Int
    /// Open limits whose last day moved.
    package var moved: Int
}

/// What a notice does to one day of the calendar in force.
package struct CalendarChange: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable { case added, removed, changed }
    package var kind: Kind
    /// As it stands afterwards; for a removed day, as it stood before.
    package var day: DayException

    /// The days by which two tables differ, in order.
    static func between(_ old: WorkingDayTable, _ new: WorkingDayTable) -> [CalendarChange] {
        let before = Dictionary(old.exceptions.map { ($0.day, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.exceptions.map { ($0.day, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(before.keys).union(after.keys).sorted().compactMap { day in
            switch (before[day], after[day]) {
            case (nil, let new?): CalendarChange(kind: .added, day: new)
            case (let old?, nil): CalendarChange(kind: .removed, day: old)
            case (let old?, let new?) where old != new: CalendarChange(kind: .changed, day: new)
            default: nil
            }
        }
    }
}

/// The calendar in force as it is kept: the table that comes with the software until a notice was imported.
enum CalendarStore {
    static func load(_ tx: any Transaction, shipped: WorkingDayTable) throws -> WorkingDayTable {
        let body: String? = try tx.scalar("SELECT body FROM dataset WHERE name = 'working-days'")
        return try body.map { try WorkingDayTable(csv: $0) } ?? shipped
    }

    static func save(_ tx: any Transaction, _ table: WorkingDayTable, at now: Instant) throws {
        try tx.run(
            """
            INSERT INTO dataset (name, source, body, loaded_at)
            VALUES ('working-days', \(table.source), \(table.csv), \(now))
            ON CONFLICT (name) DO UPDATE SET source = excluded.source, body = excluded.body,
              loaded_at = excluded.loaded_at
            """)
    }

    static func note(
        _ tx: any Transaction, _ forecast: CalendarForecast, notice: String, by staff: StaffID?, at now: Instant
    ) throws {
        let id = Identifier<CalendarImportTag>.ordered(at: now)
        try tx.run(
            """
            INSERT INTO calendar_import (id, at, staff_id, source, years, notice, added, removed, changed, moved)
            VALUES (\(id), \(now), \(staff), \(forecast.notice.source),
              \(forecast.notice.years.sorted().map { String($0) }.joined(separator: " ")), \(notice),
              \(forecast.count(.added)), \(forecast.count(.removed)), \(forecast.count(.changed)), \(forecast.moved))
            """)
        try LogLeaf.append(.calendar, id.description, tx)
    }

    static func history(_ tx: any Transaction) throws -> [CalendarImport] {
        try tx.rows(
            "SELECT at, staff_id, source, years, added, removed, changed, moved FROM calendar_import ORDER BY id DESC"
        ).map { row in
            CalendarImport(
                at: try row.get("at"), staff: try row.maybe("staff_id"), source: try row.get("source"),
                years: try row.get("years", as: String.self).split(separator: " ").compactMap { Int($0) },
                added: try row.get("added"), removed: try row.get("removed"), changed: try row.get("changed"),
                moved: try row.get("moved"))
        }
    }
}

enum CalendarImportTag {}
