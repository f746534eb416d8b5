import Foundation

/// Where fingerprints are kept, and which texts bear a mark. A database implements it with one table
/// `(mark, text)` whose primary key is both; see ``MemoryMarks`` for one in memory.
package protocol MarkStore<ID> {
    /// How texts are named there.
    associatedtype ID: Hashable & Sendable
    /// How many texts have a fingerprint; an estimate does.
    func count() throws -> Int
    /// Those that bear the mark, at most `limit`, in any order that stays the same.
    func bearers(of mark: Int32, limit: Int) throws -> [ID]
}

/// A text that shares marks with the one asked for.
package struct Candidate<ID: Hashable & Sendable>: Sendable, Hashable {
    package let id: ID
    /// How many marks both have.
    package let shared: Int
    /// The bits by which the shared marks are rarer in the store than chance: what candidates are ordered by.
    package let bits: Double
}

/// What a search found, and what it passed over.
package struct CandidateList<ID: Hashable & Sendable>: Sendable {
    /// The best first.
    package let candidates: [Candidate<ID>]
    /// How many of the text's marks are borne by more texts than ``CandidateSearch/cap`` and were looked at in part only.
    package let cappedMarks: Int
}

/// Finds the texts that share the most, and the rarest, marks with a fingerprint. Time is bounded by marks × cap.
package struct CandidateSearch: Sendable {
    /// A mark that more texts bear says little: no more of them are read.
    package let cap: Int
    /// Candidates that share fewer marks are left out.
    package let minimumShared: Int

    package init(cap: Int = 200, minimumShared: Int = 1) {
        self.cap = max(cap, 1)
        self.minimumShared = max(minimumShared, 1)
    }

    /// At most `limit` candidates, the best first, ties in the order in which they were found. `isOpen` leaves out what the
    /// asker is not to learn of; it sees a text once.
    package func candidates<Store: MarkStore>(
        of fingerprint: Fingerprint, in store: Store, limit: Int,
        where isOpen: (Store.ID) throws -> Bool = { _ in true }
    ) throws -> CandidateList<Store.ID> {
        let all = Double(max(try store.count(), 1))
        var found: [Store.ID: Int] = [:]
        var tallies: [(id: Store.ID, shared: Int, bits: Double)] = []
        var capped = 0
        for mark in fingerprint.marks {
            let bearers = try store.bearers(of: mark, limit: cap &+ 1)
            if bearers.count > cap { capped &+= 1 }
            let bits = max(log2((all + 1) / Double(max(bearers.count, 1))), 0.1)
            for id in bearers.prefix(cap) {
                if let place = found[id] {
                    tallies[place].shared &+= 1
                    tallies[place].bits += bits
                } else {
                    found[id] = tallies.count
                    tallies.append((id, 1, bits))
                }
            }
        }
        let ordered = tallies.enumerated().filter { $0.element.shared >= minimumShared }.sorted {
            ($1.element.bits, $0.offset) < ($0.element.bits, $1.offset)
        }
        var open: [Candidate<Store.ID>] = []
        for (_, tally) in ordered where open.count < limit {
            guard try isOpen(tally.id) else { continue }
            open.append(Candidate(id: tally.id, shared: tally.shared, bits: tally.bits))
        }
        return CandidateList(candidates: open, cappedMarks: capped)
    }
}

/// Fingerprints in memory.
package struct MemoryMarks<ID: Hashable & Sendable>: MarkStore, Sendable {
    private var bearers: [Int32: [ID]] = [:]
    private var texts = 0

    package init() {}

    /// Adds a text that is not there yet.
    package mutating func add(_ id: ID, _ fingerprint: Fingerprint) {
        texts &+= 1
        for mark in fingerprint.marks { bearers[mark, default: []].append(id) }
    }

    package func count() -> Int { texts }

    package func bearers(of mark: Int32, limit: Int) -> [ID] { Array((bearers[mark] ?? []).prefix(max(limit, 0))) }
}
