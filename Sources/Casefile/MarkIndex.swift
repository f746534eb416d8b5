import Casework
import Database
import Kernel
import Similarity

/// The index of marks in one transaction. Nothing here says who may learn what: ``Casefile/candidates(of:for:)`` does.
struct MarkIndex: MarkStore {
    let tx: any Transaction
    /// What waits to be put into the index, read once.
    private let waiting: [Int32: [Int32]]
    private let found: [Int32: [Int32]]

    /// So much waits at most to be looked through one by one; what is beyond is found a moment later.
    static let mostWaiting = 2000
    /// Of a mark that more letters bear so many are looked at. That many copies elsewhere hide nothing here.
    static let mostBearers = 1000

    /// For one question.
    init(_ tx: any Transaction, for fingerprint: Fingerprint) throws {
        self.tx = tx
        var waiting: [Int32: [Int32]] = [:]
        let wanted = Set(fingerprint.marks)
        for row in try tx.rows("SELECT no, marks FROM mark_waiting LIMIT \(Self.mostWaiting)") {
            let no = Int32(truncatingIfNeeded: try row.get("no", as: Int.self))
            let marks = Fingerprint(bytes: try row.get("marks"))?.marks ?? []
            for mark in marks where wanted.contains(mark) { waiting[mark, default: []].append(no) }
        }
        self.waiting = waiting
        found = try Self.look(up: fingerprint.marks, limit: Self.mostBearers + 1, tx)
    }

    func count() throws -> Int {
        // Numbers are drawn evenly out of 2^32: a thousandth of them tells how many there are.
        let (low, high) = (-2_147_484, 2_147_483)
        let some: Int =
            try tx.scalar("SELECT COUNT(*) FROM report WHERE mark_no BETWEEN \(low) AND \(high)") ?? 0
        return max(some * 1000, 1)
    }

    func bearers(of mark: Int32, limit: Int) -> [Int32] {
        Array(((found[mark] ?? []) + (waiting[mark] ?? [])).prefix(limit))
    }

    /// All marks in one question; at most `limit` bearers of each.
    private static func look(up marks: [Int32], limit: Int, _ tx: any Transaction) throws -> [Int32: [Int32]] {
        var found: [Int32: [Int32]] = [:]
        guard !marks.isEmpty else { return found }
        let parts: [SQL] = marks.map { mark in
            "SELECT * FROM (SELECT mark, no FROM report_mark WHERE mark = \(Int(mark)) LIMIT \(limit)) AS m"
        }
        var question = parts[0]
        for part in parts.dropFirst() { question += " UNION ALL " + part }
        for row in try tx.rows(question) {
            let mark = Int32(truncatingIfNeeded: try row.get("mark", as: Int.self))
            found[mark, default: []].append(Int32(truncatingIfNeeded: try row.get("no", as: Int.self)))
        }
        return found
    }

    /// Other marks for a report: under another number, so that none of the earlier ones leads to it.
    static func renew(_ report: ReportID, _ marks: [UInt8], _ tx: any Transaction) throws {
        try forget(report, tx)
        let no = try draw(tx)
        try tx.run("UPDATE report SET mark_no = \(no) WHERE id = \(report)")
        guard !marks.isEmpty else { return }
        try tx.run("INSERT INTO mark_waiting (no, marks) VALUES (\(no), \(marks))")
    }

    /// Nothing leads to a report any more. What stands in the index is taken out later, with that of others.
    static func forget(_ report: ReportID, _ tx: any Transaction) throws {
        guard let no: Int = try tx.scalar("SELECT mark_no FROM report WHERE id = \(report) AND mark_no IS NOT NULL")
        else { return }
        try tx.run("UPDATE report SET mark_no = NULL WHERE id = \(report)")
        guard try tx.run("DELETE FROM mark_waiting WHERE no = \(no)") == 0 else { return }
        try tx.run("INSERT INTO mark_gone (no) VALUES (\(no)) ON CONFLICT (no) DO NOTHING")
    }

    /// Draws a number that no report has.
    static func draw(_ tx: any Transaction) throws -> Int {
        while true {
            let no = Int(Int32.random(in: .min ... .max))
            if try !tx.exists(
                "SELECT 1 FROM report WHERE mark_no = \(no) UNION ALL SELECT 1 FROM mark_gone WHERE no = \(no)")
            {
                return no
            }
        }
    }
}

extension Casefile {
    /// Takes the marks out of the index that lead to no report any more. The index is read a part at a time, and nobody who
    /// writes waits for that.
    package func sweepMarks() async throws {
        let gone = try await database.read { tx in
            try tx.rows("SELECT no FROM mark_gone ORDER BY no LIMIT 1000").map { try $0.get("no", as: Int.self) }
        }
        guard !gone.isEmpty else { return }
        let width = 1 << 26
        for start in stride(from: Int(Int32.min), through: Int(Int32.max), by: width) {
            let marks = try await database.read { tx in
                try tx.rows(
                    """
                    SELECT DISTINCT mark FROM report_mark WHERE mark BETWEEN \(start) AND \(start + width - 1)
                      AND no IN \(list: gone)
                    """
                ).map { try $0.get("mark", as: Int.self) }
            }
            for part in stride(from: 0, to: marks.count, by: 1000).map({ marks[$0..<min($0 + 1000, marks.count)] }) {
                try await database.write { tx in
                    for mark in part {
                        try tx.run("DELETE FROM report_mark WHERE mark = \(mark) AND no IN \(list: gone)")
                    }
                }
            }
        }
        try await database.write { tx in try tx.run("DELETE FROM mark_gone WHERE no IN \(list: gone)") }
    }

    /// Puts the marks of a part of what waits where they are found. Answers how many reports' they were; it holds up no
    /// filing for longer than that takes.
    @discardableResult
    package func putMarks(most: Int = 50) async throws -> Int { try await MarkIndex.put(most: most, into: database) }
}

extension MarkIndex {
    /// Rows of one statement.
    private static let rowsAtOnce = 200

    static func put(most: Int, into database: any Database) async throws -> Int {
        let isWaiting = try await database.read { try $0.exists("SELECT 1 FROM mark_waiting") }
        guard isWaiting else { return 0 }
        return try await database.write { tx in
            let rows = try tx.rows("SELECT no, marks FROM mark_waiting ORDER BY no LIMIT \(most)")
            var pairs: [(mark: Int32, no: Int)] = []
            for row in rows {
                let no: Int = try row.get("no")
                for mark in Fingerprint(bytes: try row.get("marks"))?.marks ?? [] { pairs.append((mark, no)) }
            }
            // In the order of the index: neighbours lie on one page.
            pairs.sort { ($0.mark, $0.no) < ($1.mark, $1.no) }
            for start in stride(from: 0, to: pairs.count, by: rowsAtOnce) {
                let part = pairs[start..<min(start + rowsAtOnce, pairs.count)]
                let values = SQL.joined(part.map { "(\(Int($0.mark)), \($0.no))" }, by: ", ")
                try tx.run("INSERT INTO report_mark (mark, no) VALUES \(values) ON CONFLICT (mark, no) DO NOTHING")
            }
            if let last = rows.last {
                try tx.run("DELETE FROM mark_waiting WHERE no <= \(try last.get("no", as: Int.self))")
            }
            return rows.count
        }
    }
}
