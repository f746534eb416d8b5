import Database
import Similarity

extension Casefile {
    /// Puts the marks of what waits where they are found. Answers how many reports' they were. Each part is a transaction of
    /// its own, with a pause behind it: nobody who writes waits for more than one.
    @discardableResult
    package func putMarks(pause: Duration = .zero) async throws -> Int {
        let rows = try await database.read { tx in
            try tx.rows("SELECT no, marks FROM mark_waiting ORDER BY no LIMIT \(MarkIndex.mostWaiting)").map { row in
                (no: try row.get("no", as: Int.self), marks: Fingerprint.marks(in: try row.get("marks")))
            }
        }
        guard !rows.isEmpty else { return 0 }
        // In the order of the index: marks lie all over it, and each page touched is written anew. So many letters at once
        // have several marks on a page, and a part touches pages that lie side by side.
        let pairs = rows.flatMap { row in row.marks.map { (mark: $0, no: row.no) } }
            .sorted { ($0.mark, $0.no) < ($1.mark, $1.no) }
        for start in stride(from: 0, to: pairs.count, by: MarkIndex.pairsAtOnce) {
            let part = Array(pairs[start..<min(start + MarkIndex.pairsAtOnce, pairs.count)])
            try await database.write { tx in try MarkIndex.insert(part, tx) }
            try await Task.sleep(for: pause)
        }
        try await group(rows, pause: pause)
        let numbers = rows.map(\.no)
        for start in stride(from: 0, to: numbers.count, by: MarkIndex.rowsAtOnce) {
            let part = Array(numbers[start..<min(start + MarkIndex.rowsAtOnce, numbers.count)])
            try await database.write { tx in try MarkIndex.settle(part, tx) }
        }
        return rows.count
    }

    /// How many letters' marks wait to be put there, and whether these are so many that they are put away although more are
    /// coming: further than that is not counted.
    package func waitingMarks() async throws -> (count: Int, areMany: Bool) {
        let count: Int = try await database.read { tx in
            try tx.scalar("SELECT COUNT(*) FROM (SELECT 1 FROM mark_waiting LIMIT \(MarkIndex.together)) AS w") ?? 0
        }
        return (count, count >= MarkIndex.together)
    }
}

extension MarkIndex {
    /// So many letters are put into the index together where they keep coming.
    static let together = 4000
    /// Marks of one transaction: some milliseconds.
    fileprivate static let pairsAtOnce = 4000
    /// Rows of one statement.
    fileprivate static let rowsAtOnce = 200

    fileprivate static func insert(_ pairs: [(mark: Int32, no: Int)], _ tx: any Transaction) throws {
        for start in stride(from: 0, to: pairs.count, by: rowsAtOnce) {
            let part = pairs[start..<min(start + rowsAtOnce, pairs.count)]
            let values = SQL.joined(part.map { "(\(Int($0.mark)), \($0.no))" }, by: ", ")
            try tx.run("INSERT INTO report_mark (mark, no) VALUES \(values) ON CONFLICT (mark, no) DO NOTHING")
        }
    }

    /// What is in the index waits no longer. A report that was corrected or destroyed meanwhile has left its number: what was
    /// put there for it is taken out with the next sweep.
    fileprivate static func settle(_ numbers: [Int], _ tx: any Transaction) throws {
        try tx.run("DELETE FROM mark_waiting WHERE no IN \(list: numbers)")
        let there = Set(
            try tx.rows("SELECT mark_no FROM report WHERE mark_no IN \(list: numbers)").map {
                try $0.get(at: 0, as: Int.self)
            })
        for no in numbers where !there.contains(no) {
            try tx.run("INSERT INTO mark_gone (no) VALUES (\(no)) ON CONFLICT (no) DO NOTHING")
        }
    }
}
