package import Casefile
import Database
import Kernel

/// Replaces the open data that comes with the software. Working days have an import of their own,
/// ``Casefile/importCalendar(_:by:progress:)``, for they move limits.
package enum OpenDataImport {
    /// Takes a table of `code`, tab, `name` in place of all region codes. Answers the number of places.
    /// It is read in full before anything is written, and is in force when the server starts the next time.
    /// Throws ``RegionTableError`` with the line at fault.
    @discardableResult
    package static func regions(text: String, into casefile: Casefile) async throws -> Int {
        let table = try RegionTable(text: text)
        let now = casefile.clock.now()
        try await casefile.database.write { tx in
            try tx.run(
                """
                INSERT INTO dataset (name, source, body, loaded_at) VALUES ('regions', \(table.source), \(text), \(now))
                ON CONFLICT (name) DO UPDATE SET source = excluded.source, body = excluded.body,
                  loaded_at = excluded.loaded_at
                """)
        }
        return table.count
    }
}
