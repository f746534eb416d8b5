import Database
import Similarity

extension CasefileSchema {
    /// Letters of one wording, by the numbers under which their marks stand; most letters are in none. And that a report of
    /// one organ may be about the matter of another's: a row is all that the one is told (`RelatedHints`).
    static let letterGroups = Migration(
        id: "0100-letter-groups",
        statements: [
            "CREATE TABLE letter_group (no INT PRIMARY KEY NOT NULL, group_no INT NOT NULL) CLUSTERED",
            "CREATE INDEX letter_group_of ON letter_group (group_no)",
            """
            CREATE TABLE related_hint (
              id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id),
              organ_id TEXT NOT NULL REFERENCES organ(id), about_id TEXT NOT NULL REFERENCES report(id),
              staff_id TEXT NOT NULL REFERENCES staff(id), at INTEGER NOT NULL,
              UNIQUE (report_id, organ_id, about_id)
            ) STRICT
            """,
            "CREATE INDEX related_hint_about ON related_hint (about_id)",
        ])
}

extension Casefile {
    /// Puts letters whose marks have just been put into the index beside those of the same wording.
    func group(_ numbers: [Int]) async throws {
        let copies = try Weights.shipped().copies
        for start in stride(from: 0, to: numbers.count, by: Self.groupedAtOnce) {
            let part = Array(numbers[start..<min(start + Self.groupedAtOnce, numbers.count)])
            let found = try await database.read { tx in
                try tx.rows("SELECT no, marks FROM mark_waiting WHERE no IN \(list: part)").map { row in
                    let no: Int = try row.get(at: 0)
                    let marks = Fingerprint.marks(in: try row.get(at: 1))
                    return (no: no, copies: try MarkIndex.copies(of: no, marks, copies, tx))
                }
            }.filter { !$0.copies.isEmpty }
            guard !found.isEmpty else { continue }
            try await database.write { tx in try MarkIndex.join(found, tx) }
        }
    }

    private static let groupedAtOnce = 200
}

extension MarkIndex {
    /// So many marks of a letter are looked up, and so many bearers of each, the lowest numbers: of the rarer marks these
    /// are all, and of a text that many sent the same few stand for all.
    private static let probes = 12
    private static let probed = 33
    /// So many of those found most often are held against all marks, and the lowest of those found often: by that one the
    /// parts of a group find together.
    private static let compared = 3

    /// The numbers of some letters of the same wording.
    fileprivate static func copies(
        of no: Int, _ marks: [Int32], _ copies: Weights.Copies, _ tx: any Transaction
    ) throws -> [Int] {
        guard marks.count >= copies.marks else { return [] }
        let probes = Array(marks.prefix(probes))
        var found: [Int32: Int] = [:]
        for one in try bearers(of: probes, limit: probed, tx) { found[number(of: one), default: 0] += 1 }
        found[Int32(truncatingIfNeeded: no)] = nil
        found = found.filter { 2 * $0.value >= probes.count }
        let best = found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(compared).map(\.key)
        guard !best.isEmpty else { return [] }
        let lowest = found.keys.min()
        let asked = Set(best + (lowest.map { [$0] } ?? [])).map { Int($0) }
        return try tx.rows(
            """
            SELECT no, COUNT(*) AS n FROM report_mark WHERE mark IN \(list: marks.map { Int($0) }) AND no IN \(list: asked)
            GROUP BY no
            """
        ).filter { try copies.areCopies(marks: marks.count, shared: $0.get("n")) }.map { try $0.get("no") }
    }

    /// Each is of one group with its copies from now on, and with those of whose groups they were; what has left its number
    /// meanwhile is not. A few statements for many letters: whoever files waits for this.
    fileprivate static func join(_ found: [(no: Int, copies: [Int])], _ tx: any Transaction) throws {
        let numbers = Array(Set(found.flatMap { [$0.no] + $0.copies }))
        let there = Set(
            try tx.rows("SELECT mark_no FROM report WHERE mark_no IN \(list: numbers)").map {
                try $0.get(at: 0, as: Int.self)
            })
        var before: [Int: Int] = [:]
        for row in try tx.rows("SELECT no, group_no FROM letter_group WHERE no IN \(list: numbers)") {
            before[try row.get(at: 0)] = try row.get(at: 1, as: Int.self)
        }
        // A group bears the number of one of its letters.
        var joined = Joined<Int>()
        for (no, group) in before { joined.join(no, group) }
        for (no, copies) in found where there.contains(no) {
            for copy in copies where there.contains(copy) { joined.join(no, copy) }
        }
        let groups = Set(before.values)
        var fresh: [SQL] = []
        for members in joined.groups(of: there.union(groups)) where members.count > 1 {
            let old = members.filter(groups.contains)
            guard let group = old.min() ?? members.min() else { continue }
            for other in old where other != group {
                try tx.run("UPDATE letter_group SET group_no = \(group) WHERE group_no = \(other)")
            }
            fresh += members.filter { there.contains($0) && before[$0] == nil }.map { "(\($0), \(group))" }
        }
        guard !fresh.isEmpty else { return }
        try tx.run("INSERT INTO letter_group (no, group_no) VALUES \(SQL.joined(fresh, by: ", "))")
    }
}
