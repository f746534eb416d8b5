import Casework
import Database
import Kernel
import Similarity

/// The reports nearest to one, the best first, among those that somebody may read.
struct NearestReports {
    /// Of so many reports at a time it is asked which may be read.
    private static let asked = 200

    /// Whose lists say what may be read.
    let list: InboxSQL
    /// What is left out.
    let known: Set<ReportID>
    let tx: any Transaction
    private(set) var ids: [ReportID] = []

    init(list: InboxSQL, known: Set<ReportID> = [], tx: any Transaction) {
        self.list = list
        self.known = known
        self.tx = tx
    }

    /// Which of a few reports may be read.
    static func question(_ ids: [ReportID], _ list: InboxSQL) -> SQL {
        list.letters(limit: asked, namesFew: true) { column in "\(column) IN \(list: ids)" }
    }

    private func readable(_ ids: [ReportID]) throws -> [ReportID] {
        let found = Set(try tx.rows(Self.question(ids, list)).map { try $0.get(at: 0, as: ReportID.self) })
        return ids.filter { !known.contains($0) && found.contains($0) }
    }

    /// Adds what may be read, a part at a time, until there are so many.
    mutating func add<Found>(_ found: [Found], upTo most: Int, _ reports: ([Found]) throws -> [ReportID]) throws {
        var start = 0
        while start < found.count, ids.count < most {
            let part = Array(found[start..<min(start + Self.asked, found.count)])
            ids += try readable(try reports(part)).filter { !ids.contains($0) }
            start += Self.asked
        }
        ids = Array(ids.prefix(most))
    }

    /// Adds those that share the most marks. How rare a mark is among all reports orders nothing here: what came elsewhere
    /// would change the order, and so tell of itself.
    mutating func add(bearing marks: Fingerprint, upTo most: Int) throws {
        let tx = tx
        try add(try MarkIndex.nearest(to: marks, tx).numbers, upTo: most) { part in
            let ids = try MarkIndex.reports(of: part, tx)
            return part.compactMap { ids[$0] }
        }
    }
}

extension MarkIndex {
    /// The reports of some numbers.
    static func reports(of numbers: [Int32], _ tx: any Transaction) throws -> [Int32: ReportID] {
        guard !numbers.isEmpty else { return [:] }
        var found: [Int32: ReportID] = [:]
        for row in try tx.rows(
            "SELECT id, mark_no FROM report WHERE mark_no IN \(list: numbers.map { Int($0) }) AND stage <> \(Standing.destroyed)"
        ) {
            found[Int32(truncatingIfNeeded: try row.get("mark_no", as: Int.self))] = try row.get("id")
        }
        return found
    }
}
