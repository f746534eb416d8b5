import Database
import Similarity

extension Casefile {
    /// Puts the marks of what waits where they are found. Answers how many reports' they were. Each part is a transaction of
    /// its own, with a pause behind it: nobody who writes waits for more than one.
    @discardableResult
    package func putMarks(pause: Duration = .zero) async throws -> Int {
        let (numbers, pairs) = try await database.read { tx in try MarkIndex.taken(tx) }
        guard !numbers.isEmpty else { return 0 }
        // In the order of the index: marks lie all over it, and each page touched is written anew. So many letters at once
        // have several marks on a page, and a part touches pages that lie side by side.
        let atOnce = numbers.count > MarkIndex.many ? MarkIndex.pairsOfMany : MarkIndex.pairsAtOnce
        for start in stride(from: 0, to: pairs.count, by: atOnce) {
            let part = Array(pairs[start..<min(start + atOnce, pairs.count)])
            try await database.write { tx in try MarkIndex.insert(part, tx) }
            try await Task.sleep(for: pause)
        }
        for start in stride(from: 0, to: numbers.count, by: MarkIndex.settledAtOnce) {
            let part = Array(numbers[start..<min(start + MarkIndex.settledAtOnce, numbers.count)])
            try await group(part)
            try await database.write { tx in
                for start in stride(from: 0, to: part.count, by: MarkIndex.rowsAtOnce) {
                    try MarkIndex.settle(Array(part[start..<min(start + MarkIndex.rowsAtOnce, part.count)]), tx)
                }
            }
        }
        return numbers.count
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
    /// So many are taken at most: where a million wait, each page of the index is written four times and not a hundred.
    private static let mostTaken = 250_000
    /// More than this wait where an archive was taken over; whoever writes meanwhile waits a little longer.
    fileprivate static let many = 50_000
    /// Marks of one transaction: some milliseconds.
    fileprivate static let pairsAtOnce = 4000
    fileprivate static let pairsOfMany = 20_000
    /// Numbers of one transaction.
    fileprivate static let settledAtOnce = 1000
    /// Rows of one statement.
    fileprivate static let rowsAtOnce = 200

    fileprivate typealias Pair = (mark: Int32, no: Int32)

    /// The numbers of what waits, and all their marks in the order of the index.
    fileprivate static func taken(_ tx: any Transaction) throws -> (numbers: [Int], pairs: [Pair]) {
        var numbers: [Int] = []
        var keys: [UInt64] = []
        try tx.forEach("SELECT no, marks FROM mark_waiting ORDER BY no LIMIT \(mostTaken)") { row in
            let no: Int = try row.get(at: 0)
            let bytes: [UInt8] = try row.get(at: 1)
            numbers.append(no)
            let low = UInt64(ordered(Int32(truncatingIfNeeded: no)))
            for mark in Fingerprint.marks(in: bytes) { keys.append(UInt64(ordered(mark)) << 32 | low) }
        }
        keys.sort()
        return (numbers, keys.map { (number($0 >> 32), number($0 & 0xFFFF_FFFF)) })
    }

    /// In the order of the numbers, without a sign.
    private static func ordered(_ number: Int32) -> UInt32 { UInt32(bitPattern: number) ^ 0x8000_0000 }
    private static func number(_ ordered: UInt64) -> Int32 {
        Int32(bitPattern: UInt32(truncatingIfNeeded: ordered) ^ 0x8000_0000)
    }

    fileprivate static func insert(_ pairs: [Pair], _ tx: any Transaction) throws {
        let whole = statement(rows: rowsAtOnce)
        for start in stride(from: 0, to: pairs.count, by: rowsAtOnce) {
            let part = pairs[start..<min(start + rowsAtOnce, pairs.count)]
            let values = part.flatMap { [Value.integer(Int64($0.mark)), .integer(Int64($0.no))] }
            try tx.run(SQL(raw: part.count == rowsAtOnce ? whole : statement(rows: part.count), values: values))
        }
    }

    /// Written once for many: there are millions of rows.
    private static func statement(rows: Int) -> String {
        let values = Array(repeating: "(?, ?)", count: rows).joined(separator: ", ")
        return "INSERT INTO report_mark (mark, no) VALUES \(values) ON CONFLICT (mark, no) DO NOTHING"
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
