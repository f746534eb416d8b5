package import Casefile
import Database
import Kernel
package import WorkingDays

/// Replaces the open data that comes with the software: region codes and working days. What is imported is read in
/// full before anything is written, and is in force when the server starts the next time.
package enum OpenDataImport {
    /// Why a notice of working days was not taken.
    package enum Failure: Error, Hashable {
        /// With these years the table would have gaps; the years between are needed first.
        case gapInYears
    }

    /// Takes a table of `code`, tab, `name` in place of all region codes. Answers the number of places.
    /// Throws ``RegionTableError`` with the line at fault.
    @discardableResult
    package static func regions(text: String, into casefile: Casefile) async throws -> Int {
        let table = try RegionTable(text: text)
        try await store("regions", source: table.source, body: text, casefile: casefile)
        return table.count
    }

    /// Takes a notice, `date,name,isOffDay` under `# years: 2027`: its years replace those there are, others stay.
    /// Answers the table as it stands then. Throws ``WorkingDayTableError`` with the line at fault.
    @discardableResult
    package static func workingDays(text: String, into casefile: Casefile) async throws -> WorkingDayTable {
        let notice = try WorkingDayTable(csv: text)
        let stored: String? = try await casefile.database.read { tx in
            try tx.scalar("SELECT body FROM dataset WHERE name = 'working-days'")
        }
        let table = try (stored.map { try WorkingDayTable(csv: $0) } ?? .shipped()).merging(notice)
        let body = try Self.text(of: table)
        try await store("working-days", source: table.source, body: body, casefile: casefile)
        return try WorkingDayTable(csv: body)
    }

    private static func store(_ name: String, source: String, body: String, casefile: Casefile) async throws {
        let now = casefile.clock.now()
        try await casefile.database.write { tx in
            try tx.run(
                """
                INSERT INTO dataset (name, source, body, loaded_at) VALUES (\(name), \(source), \(body), \(now))
                ON CONFLICT (name) DO UPDATE SET source = excluded.source, body = excluded.body,
                  loaded_at = excluded.loaded_at
                """)
        }
    }

    /// The table in the form in which it is read.
    private static func text(of table: WorkingDayTable) throws(Failure) -> String {
        guard let first = table.years.min(), let last = table.years.max(), last &- first &+ 1 == table.years.count
        else {
            throw .gapInYears
        }
        var lines = ["# source: \(table.source)", "# licence: \(table.licence)"]
        if let date = table.date { lines.append("# date: \(date)") }
        lines.append("# years: \(first)-\(last)")
        lines += table.exceptions.map { "\($0.day),\($0.name),\($0.isOffDay)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
