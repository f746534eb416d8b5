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
    static let mostWaiting = 10_000
    /// Of a mark that more letters bear so many are looked at. That many copies elsewhere hide nothing here.
    static let mostBearers = 1000

    /// For one question.
    init(_ tx: any Transaction, for fingerprint: Fingerprint) throws {
        self.tx = tx
        let found = try Self.look(up: fingerprint.marks, limit: Self.mostBearers + 1, tx)
        self.found = found
        waiting = try Self.waiting(with: fingerprint.marks, besides: found, tx)
    }

    /// Which of those that wait bear some marks. What is on its way into the index stands in both for a moment.
    private static func waiting(
        with marks: [Int32], besides found: [Int32: [Int32]], _ tx: any Transaction
    ) throws -> [Int32: [Int32]] {
        var waiting: [Int32: [Int32]] = [:]
        // Most marks are none of those that are asked for: a bit each of their last twelve says so.
        var wanted = [Bool](repeating: false, count: 4096)
        for mark in marks { wanted[Int(mark & 0xFFF)] = true }
        let asked = Set(marks)
        for row in try tx.rows("SELECT no, marks FROM mark_waiting LIMIT \(mostWaiting)") {
            let bytes: [UInt8] = try row.get("marks")
            for mark in Fingerprint.marks(in: bytes) where wanted[Int(mark & 0xFFF)] && asked.contains(mark) {
                let no = Int32(truncatingIfNeeded: try row.get("no", as: Int.self))
                if found[mark]?.contains(no) != true { waiting[mark, default: []].append(no) }
            }
        }
        return waiting
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
    static func look(up marks: [Int32], limit: Int, _ tx: any Transaction) throws -> [Int32: [Int32]] {
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
        // What waits may be on its way into the index.
        try tx.run("DELETE FROM mark_waiting WHERE no = \(no)")
        try tx.run("DELETE FROM letter_group WHERE no = \(no)")
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
}
