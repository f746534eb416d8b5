package import Casework
import Database
import Kernel
package import Similarity

/// For measuring alone: the index of marks at any size. Reports stand in it without letters: copies of the open rows of a
/// few that were filed, with numbers and marks of their own, so that what is looked up is what is looked up of any report.
package struct MarkTrial: Sendable {
    private let casefile: Casefile
    private let models: [ReportID]

    /// Rows of one statement.
    private static let rowsAtOnce = 200
    /// Statements of one transaction.
    private static let statementsAtOnce = 50

    /// Copies are made of some reports by turns.
    package init(_ casefile: Casefile, copying models: [ReportID]) {
        self.casefile = casefile
        self.models = models
    }

    /// The number in the index of a report by its place: scattered as drawn ones are, each once.
    package static func number(_ place: Int) -> Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: place) &* odd) }

    /// The place of a number; of one that was drawn, anything.
    package static func place(_ number: Int32) -> Int { Int(UInt32(bitPattern: number) &* inverse) }

    private static let odd: UInt32 = 0x9E37_79B1
    /// odd × inverse = 1 modulo 2³² (Newton).
    private static let inverse = (0..<5).reduce(odd) { found, _ in found &* (2 &- odd &* found) }

    /// Adds reports from a place on, whose marks wait to be put into the index as those of filings do.
    package func add(_ fingerprints: [Fingerprint], from first: Int) async throws {
        let trial = self
        let step = Self.rowsAtOnce * Self.statementsAtOnce
        for start in stride(from: 0, to: fingerprints.count, by: step) {
            try await casefile.database.write { tx in
                let columns = try trial.columns(tx)
                for part in stride(from: start, to: min(start + step, fingerprints.count), by: Self.rowsAtOnce) {
                    let places = part..<min(part + Self.rowsAtOnce, fingerprints.count)
                    try trial.copy(fingerprints[places], from: first + places.lowerBound, columns, tx)
                }
            }
        }
    }

    private func columns(_ tx: any Transaction) throws -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: try tx.tables().map { ($0.name, $0.columns) })
    }

    private func copy(
        _ fingerprints: ArraySlice<Fingerprint>, from first: Int, _ columns: [String: [String]], _ tx: any Transaction
    ) throws {
        guard let model = models.dropFirst(first / Self.rowsAtOnce % max(models.count, 1)).first else { return }
        var reports: [SQL] = []
        var waiting: [SQL] = []
        for (place, fingerprint) in zip(first..., fingerprints) {
            let number = Int(Self.number(place))
            reports.append("(\(ReportID.random()), \(number))")
            waiting.append("(\(number), \(fingerprint.bytes))")
        }
        try tx.run("CREATE TEMPORARY TABLE IF NOT EXISTS copied (id TEXT NOT NULL, no INTEGER NOT NULL)")
        try tx.run("DELETE FROM copied")
        try tx.run("INSERT INTO copied (id, no) VALUES \(SQL.joined(reports, by: ", "))")
        let own = ["id": "v.id", "mark_no": "v.no", "receipt_lookup": "NULL", "receipt_key": "NULL"]
        try insert("report", columns, own, where: "m.id = \(model)", tx)
        try insert("custody", columns, ["report_id": "v.id", "number": "NULL"], where: "m.report_id = \(model)", tx)
        try tx.run("INSERT INTO mark_waiting (no, marks) VALUES \(SQL.joined(waiting, by: ", "))")
    }

    /// The model's row once for each copy, with the copy's own values in some columns.
    private func insert(
        _ table: String, _ columns: [String: [String]], _ own: [String: String], where condition: SQL,
        _ tx: any Transaction
    ) throws {
        let all = columns[table] ?? []
        let (names, values) = (all.joined(separator: ", "), all.map { own[$0] ?? "m.\($0)" }.joined(separator: ", "))
        try tx.run(
            "INSERT INTO \(raw: table) (\(raw: names)) SELECT \(raw: values) FROM copied v, \(raw: table) m WHERE \(condition)"
        )
    }

    /// The places of the reports nearest to a fingerprint, the best first, and how many marks were read in part: the index
    /// by itself, whoever may read them.
    package func nearest(to marks: Fingerprint, limit: Int) async throws -> (places: [Int], capped: Int) {
        try await casefile.database.read { tx in
            let found = try MarkIndex.nearest(to: marks, tx)
            return (found.numbers.prefix(limit).map(Self.place), found.capped)
        }
    }

    /// How many reports somebody is shown of the nearest: their numbers are looked up, and it is asked of them which this
    /// person may read, until there are as many as would be opened.
    package func shown(to person: StaffID, of organ: OrganID, nearestTo marks: Fingerprint) async throws -> Int {
        let casefile = casefile
        return try await casefile.database.read { tx in
            let world = try casefile.pictures.current(tx).world
            let list = InboxSQL(person: person, organ: organ, world: world, workflow: casefile.workflow)
            var nearest = NearestReports(list: list, tx: tx)
            try nearest.add(bearing: marks, upTo: Casefile.mostOpened)
            return nearest.ids.count
        }
    }
}
