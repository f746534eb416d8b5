/// Reads a tree of a known size out of its tiles, and makes proofs. A tile that was read is kept, so one reader is for one
/// question or for one walk.
package final class TileReader {
    package let folder: TileFolder
    package let size: UInt64
    private var tiles: [TilePath: [TreeHash]] = [:]
    /// So many tiles of 8 KiB at once; older ones are let go.
    private static let most = 512

    package init(_ folder: TileFolder, size: UInt64) {
        self.folder = folder
        self.size = size
    }

    package func inclusion(of index: UInt64) throws -> [TreeHash]? {
        try Proof.inclusion(of: index, in: size, node)
    }

    /// That the tree of `old` entries is the beginning of this one.
    package func consistency(from old: UInt64) throws -> [TreeHash]? {
        try Proof.consistency(from: old, to: size, node)
    }

    /// The head, computed from the tiles.
    package func head() throws -> TreeHead { TreeHead(size: size, root: try Proof.head(0, size, node)) }

    /// The head of the tree as it was with fewer entries, computed from the tiles.
    package func head(of beginning: UInt64) throws -> TreeHead {
        TreeHead(size: beginning, root: try Proof.head(0, min(beginning, size), node))
    }

    /// The hash of an entry, as the tile of level 0 has it.
    package func leaf(_ index: UInt64) throws -> TreeHash { try node(height: 0, index: index) }

    /// The entries of one bundle, each checked against its hash.
    package func entries(bundle: UInt64) throws -> [[UInt8]] {
        guard let path = TilePath.holding(bundle &* UInt64(TilePath.width), level: nil, size: size) else { return [] }
        let entries = try EntryBundle.read(path, in: folder)
        let first = bundle * UInt64(TilePath.width)
        for (offset, entry) in entries.enumerated() {
            guard try leaf(first + UInt64(offset)) == .leaf(entry) else { throw LogFault.wrongHash(path.text) }
        }
        return entries
    }

    /// Checks every bundle against its tile and every tile against those above it, and answers the head. `progress` is
    /// told how many entries were done, and throws to stop.
    package func check(_ progress: (UInt64) throws -> Void = { _ in }) throws -> TreeHead {
        var bundle: UInt64 = 0
        while bundle * UInt64(TilePath.width) < size {
            _ = try entries(bundle: bundle)
            bundle += 1
            try progress(min(bundle * UInt64(TilePath.width), size))
        }
        for level in 1..<8 {
            let count = size >> UInt64(8 * level)
            for place in 0..<count {
                let above = try hash(level: level, place: place)
                guard let below = TilePath.holding(place * UInt64(TilePath.width), level: level - 1, size: size),
                    try TreeHash.head(of: tile(below)) == above
                else { throw LogFault.wrongHash("tile/\(level) at \(place)") }
            }
        }
        return try head()
    }

    /// The complete subtree with `2^height` leaves whose first is `index * 2^height`.
    private func node(height: Int, index: UInt64) throws -> TreeHash {
        let (level, rest) = height.quotientAndRemainder(dividingBy: 8)
        let first = index << UInt64(rest)
        let count = 1 << rest
        guard let path = TilePath.holding(first, level: level, size: size) else {
            throw LogFault.missing("tile/\(level) at \(first)")
        }
        let hashes = try tile(path)
        let offset = Int(first % UInt64(TilePath.width))
        guard offset + count <= hashes.count else { throw LogFault.torn(path.text) }
        return .head(of: hashes[offset..<offset + count])
    }

    private func hash(level: Int, place: UInt64) throws -> TreeHash { try node(height: level * 8, index: place) }

    private func tile(_ path: TilePath) throws -> [TreeHash] {
        if let known = tiles[path] { return known }
        let hashes = try Self.hashes(path, in: folder)
        if tiles.count >= Self.most { tiles.removeAll(keepingCapacity: true) }
        tiles[path] = hashes
        return hashes
    }

    /// The hashes of a tile. Where a partial one is asked for, a full one will do.
    static func hashes(_ path: TilePath, in folder: TileFolder) throws -> [TreeHash] {
        let full = TilePath(level: path.level, index: path.index)
        let length = path.width * TreeHash.length
        var found = try folder.read(path.text, most: length)
        if found == nil, path.isPartial {
            found = try folder.read(full.text, most: TilePath.width * TreeHash.length).map { Array($0.prefix(length)) }
        }
        guard let bytes = found else { throw LogFault.missing(path.text) }
        guard bytes.count == length else { throw LogFault.torn(path.text) }
        return stride(from: 0, to: length, by: TreeHash.length).compactMap {
            TreeHash(bytes: bytes[$0..<$0 + TreeHash.length])
        }
    }
}

/// Entries one after the other, each after its length in two bytes (C2SP tlog-tiles, "Log entries").
package enum EntryBundle {
    /// The most bytes of one entry.
    package static let longest = 65_535

    package static func bytes(_ entries: some Sequence<[UInt8]>) -> [UInt8] {
        entries.reduce(into: []) { bytes, entry in
            let length = UInt16(truncatingIfNeeded: min(entry.count, longest))
            bytes += [UInt8(length >> 8), UInt8(length & 255)]
            bytes += entry.prefix(longest)
        }
    }

    /// `nil` for bytes that end in the middle of an entry.
    package static func entries(_ bytes: [UInt8]) -> [[UInt8]]? {
        var entries: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 2 else { return nil }
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            guard rest.count >= 2 + length else { return nil }
            entries.append(Array(rest.dropFirst(2).prefix(length)))
            rest = rest.dropFirst(2 + length)
        }
        return entries
    }

    /// Where a partial bundle is asked for, a full one will do.
    static func read(_ path: TilePath, in folder: TileFolder) throws -> [[UInt8]] {
        let most = TilePath.width * (longest + 2)
        let full = TilePath(level: nil, index: path.index)
        guard
            let bytes = try folder.read(path.text, most: most)
                ?? (path.isPartial ? folder.read(full.text, most: most) : nil)
        else { throw LogFault.missing(path.text) }
        guard let entries = entries(bytes), entries.count >= path.width else { throw LogFault.torn(path.text) }
        return Array(entries.prefix(path.width))
    }
}
