/// Where a tile or a bundle of entries lies: `tile/0/x001/x234/067.p/12` (C2SP tlog-tiles).
package struct TilePath: Hashable, Sendable {
    /// How many hashes or entries a full one holds.
    package static let width = 256

    /// The level of hashes, from 0 to 63; `nil`: a bundle of entries.
    package let level: Int?
    package let index: UInt64
    /// How many it holds: 1 to 256; below that it is partial.
    package let width: Int

    package init(level: Int?, index: UInt64, width: Int = Self.width) {
        self.level = level
        self.index = index
        self.width = width
    }

    package var isPartial: Bool { width < Self.width }

    /// The path below the log's prefix.
    package var text: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let group = String(rest % 1000)
            groups.append(String(repeating: "0", count: 3 - group.count) + group)
            rest /= 1000
        } while rest > 0
        let number = groups.enumerated().reversed().map { ($0.offset == 0 ? "" : "x") + $0.element }
        return "tile/\(level.map(String.init) ?? "entries")/" + number.joined(separator: "/")
            + (isPartial ? ".p/\(width)" : "")
    }

    /// Reads such a path; `nil` for any that ``text`` would have written otherwise.
    package init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        var parts = text.split(separator: Character("/"), omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let kind = parts.removeFirst()
        var width = Self.width
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            guard let given = Int(parts.removeLast()), 1..<Self.width ~= given else { return nil }
            width = given
            parts[parts.count - 1].removeLast(2)
        }
        var index: UInt64 = 0
        for (place, part) in parts.enumerated() {
            let digits = place == parts.count - 1 ? part[...] : part.dropFirst()
            guard digits.utf8.count == 3, let group = UInt64(digits) else { return nil }
            let (product, isTooLarge) = index.multipliedReportingOverflow(by: 1000)
            let (sum, overflows) = product.addingReportingOverflow(group)
            guard !isTooLarge, !overflows else { return nil }
            index = sum
        }
        let level = kind == "entries" ? nil : Int(kind)
        guard kind == "entries" || level.map({ 0...63 ~= $0 }) == true else { return nil }
        self.init(level: level, index: index, width: width)
        guard self.text == text else { return nil }
    }

    /// The tile of a level that holds the hash at `place`, in a tree of `size` entries; `nil` where there is none yet.
    package static func holding(_ place: UInt64, level: Int?, size: UInt64) -> TilePath? {
        let shift = UInt64(8 * (level ?? 0))
        let count = shift < 64 ? size >> shift : 0
        guard place < count else { return nil }
        let index = place / UInt64(width)
        let rest = count - index * UInt64(width)
        return TilePath(level: level, index: index, width: Int(min(rest, UInt64(width))))
    }
}
