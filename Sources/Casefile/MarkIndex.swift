import Casework
import Database
import Kernel
import Similarity

/// The index of marks. Nothing here says who may learn what: ``Casefile/candidates(of:for:)`` does.
enum MarkIndex {
    /// So much waits at most to be looked through one by one; what is beyond is found a moment later.
    static let mostWaiting = 10_000
    /// Of a mark that more letters bear so many are looked at. That many copies elsewhere hide nothing here.
    static let mostBearers = 1000

    /// The numbers of those that share marks with a letter, those that share the most first, ascending where they share as
    /// many; and how many of its marks were read in part. Those that share fewer than `least` are left out.
    static func nearest(
        to fingerprint: Fingerprint, sharing least: Int = 1, _ tx: any Transaction
    ) throws -> (numbers: [Int32], capped: Int) {
        let marks = fingerprint.marks
        var shared = try bearers(of: marks, limit: mostBearers, tx)
        var counts = [Int](repeating: 0, count: marks.count)
        for one in shared { counts[place(of: one)] += 1 }
        shared += try waiting(with: marks, tx)
        shared.sort()
        // What is on its way into the index stands in both places for a moment.
        var (found, last): ([[Int32]], Int64?) = (Array(repeating: [], count: marks.count + 1), nil)
        var (number, count): (Int32?, Int) = (nil, 0)
        for one in shared where one != last {
            last = one
            if number != self.number(of: one) {
                if let number { found[count].append(number) }
                (number, count) = (self.number(of: one), 0)
            }
            count += 1
        }
        if let number { found[count].append(number) }
        return (found.dropFirst(least).reversed().flatMap { $0 }, counts.filter { $0 >= mostBearers }.count)
    }

    // A report that bears a mark is one number: above its own, below which of the marks.
    private static let places: Int64 = 1 << 32
    static func number(of shared: Int64) -> Int32 { Int32(truncatingIfNeeded: shared >> 32) }
    private static func place(of shared: Int64) -> Int { Int(shared & (places - 1)) }

    /// Who bears which of the marks, all of them in one question; at most so many of each, the lowest numbers.
    static func bearers(of marks: [Int32], limit: Int, _ tx: any Transaction) throws -> [Int64] {
        guard !marks.isEmpty else { return [] }
        let parts = marks.enumerated().map { place, mark -> SQL in
            """
            SELECT * FROM (SELECT no * \(raw: "\(places)") + \(raw: "\(place)") AS shared FROM report_mark
              WHERE mark = \(Int(mark)) LIMIT \(raw: "\(limit)")) AS m
            """
        }
        return try tx.numbers(SQL.joined(parts, by: " UNION ALL "))
    }

    /// Which of those that wait bear which of the marks.
    private static func waiting(with marks: [Int32], _ tx: any Transaction) throws -> [Int64] {
        var waiting: [Int64] = []
        // Most marks are none of those that are asked for: a bit each of their last twelve says so.
        var wanted = [Bool](repeating: false, count: 4096)
        for mark in marks { wanted[Int(mark & 0xFFF)] = true }
        let places = Dictionary(zip(marks, Int64(0)...), uniquingKeysWith: { first, _ in first })
        for row in try tx.rows("SELECT no, marks FROM mark_waiting LIMIT \(mostWaiting)") {
            let bytes: [UInt8] = try row.get(at: 1)
            for mark in Fingerprint.marks(in: bytes) where wanted[Int(mark & 0xFFF)] {
                guard let place = places[mark] else { continue }
                waiting.append(try row.get(at: 0, as: Int64.self) * Self.places + place)
            }
        }
        return waiting
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
