/// Answers the hash of the complete subtree with `2^height` leaves whose first is `index * 2^height`.
package typealias NodeSource = (_ height: Int, _ index: UInt64) throws -> TreeHash

/// Proofs of RFC 6962 §2.1, made from the complete subtrees of a tree.
package enum Proof {
    /// The siblings on the way from an entry to the head, the lowest first (§2.1.1); `nil` where the tree holds no such
    /// entry.
    package static func inclusion(
        of index: UInt64, in size: UInt64, _ node: NodeSource
    ) throws -> [TreeHash]? {
        guard index < size else { return nil }
        var path: [TreeHash] = []
        var (start, end) = (UInt64(0), size)
        while end - start > 1 {
            let middle = start + split(end - start)
            if index < middle {
                path.append(try head(middle, end, node))
                end = middle
            } else {
                path.append(try head(start, middle, node))
                start = middle
            }
        }
        return path.reversed()
    }

    /// That a tree of `old` entries is the beginning of one of `new` (§2.1.2); `nil` where `old` is larger. Empty where
    /// `old` is 0 or both are one.
    package static func consistency(
        from old: UInt64, to new: UInt64, _ node: NodeSource
    ) throws -> [TreeHash]? {
        guard old <= new else { return nil }
        guard old > 0, old < new else { return [] }
        var path: [TreeHash] = []
        var (start, end) = (UInt64(0), new)
        // Whether the old tree's own head is what stands at the end of the way: whoever checks knows it.
        var isWhole = true
        while old != end {
            let middle = start + split(end - start)
            if old <= middle {
                path.append(try head(middle, end, node))
                end = middle
            } else {
                path.append(try head(start, middle, node))
                start = middle
                isWhole = false
            }
        }
        if !isWhole { path.append(try head(start, end, node)) }
        return path.reversed()
    }

    /// The head of the entries from `start` up to `end`, where `start` is a multiple of the smallest power of two that
    /// is not below their number.
    package static func head(_ start: UInt64, _ end: UInt64, _ node: NodeSource) throws -> TreeHash {
        let count = end - start
        guard count > 0 else { return .empty }
        if count & (count - 1) == 0 { return try node(count.trailingZeroBitCount, start / count) }
        let middle = start + split(count)
        return .node(try head(start, middle, node), try head(middle, end, node))
    }

    /// The largest power of two below a number above 1.
    private static func split(_ count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }

    /// Whether the path leads from a leaf to the head (RFC 9162 §2.1.3.2).
    package static func includes(_ leaf: TreeHash, at index: UInt64, path: [TreeHash], in head: TreeHead) -> Bool {
        guard index < head.size, path.count <= 64 else { return false }
        var (place, last) = (index, head.size - 1)
        var hash = leaf
        for sibling in path {
            guard last != 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = .node(sibling, hash)
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                hash = .node(hash, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && hash == head.root
    }

    /// Whether `old` is the beginning of `new` (RFC 9162 §2.1.4.2). The empty tree is the beginning of every tree.
    package static func isConsistent(_ old: TreeHead, with new: TreeHead, path: [TreeHash]) -> Bool {
        guard old.size <= new.size, path.count <= 64 else { return false }
        if old.size == 0 { return path.isEmpty && old.root == .empty }
        if old.size == new.size { return path.isEmpty && old.root == new.root }
        var rest = path[...]
        var (place, last) = (old.size - 1, new.size - 1)
        while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
        // A complete old tree is itself the first of the path, and is not sent.
        var first = old.root
        if place != 0 {
            guard let sent = rest.popFirst() else { return false }
            first = sent
        }
        var (before, after) = (first, first)
        for hash in rest {
            guard last != 0 else { return false }
            if place & 1 == 1 || place == last {
                (before, after) = (.node(hash, before), .node(hash, after))
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                after = .node(after, hash)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && before == old.root && after == new.root
    }
}
