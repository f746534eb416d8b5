/// The writing end of a tree: it holds its right edge alone, at most 255 hashes a level and 255 entries.
///
/// Full tiles are written as they fill up. Partial ones are written for a size that is to be published; until then the
/// last entries are nowhere but here, and come again from where they came from.
package struct LogTree: Sendable {
    package let folder: TileFolder
    package private(set) var size: UInt64 = 0
    /// For each level the hashes of its tile that is not full yet.
    private var edge: [[TreeHash]] = [[]]
    private var entries: [[UInt8]] = []

    /// An empty tree.
    package init(_ folder: TileFolder) { self.folder = folder }

    /// Goes on from a tree whose tiles were written for that size. Throws a ``LogFault`` where they are not there, or
    /// have another head.
    package init(_ folder: TileFolder, goingOnFrom head: TreeHead) throws {
        self.folder = folder
        size = head.size
        edge = []
        var level = 0
        while level < 8, level == 0 || size >> UInt64(8 * level) > 0 {
            let count = size >> UInt64(8 * level)
            let width = Int(count % UInt64(TilePath.width))
            let path = TilePath(level: level, index: count / UInt64(TilePath.width), width: width)
            edge.append(width == 0 ? [] : try TileReader.hashes(path, in: folder))
            level += 1
        }
        let width = Int(size % UInt64(TilePath.width))
        if width > 0 {
            let path = TilePath(level: nil, index: size / UInt64(TilePath.width), width: width)
            entries = try EntryBundle.read(path, in: folder)
            guard entries.map({ TreeHash.leaf($0) }) == edge[0] else { throw LogFault.wrongHash(path.text) }
        }
        guard root == head.root else { throw LogFault.wrongHash("the head of \(head.size) entries") }
    }

    package var head: TreeHead { TreeHead(size: size, root: root) }

    private var root: TreeHash {
        var head: TreeHash?
        for hashes in edge {
            let row = hashes + (head.map { [$0] } ?? [])
            if !row.isEmpty { head = .head(of: row) }
        }
        return head ?? .empty
    }

    /// Puts entries behind the others and writes the tiles that they fill. Answers how many times the disk was waited
    /// for. Where it throws, the tree is as before, and files that it wrote are those that the same entries write again.
    @discardableResult
    package mutating func append(_ new: some Sequence<[UInt8]>) throws -> Int {
        var next = self
        var files: [(name: String, bytes: [UInt8])] = []
        for entry in new {
            next.entries.append(entry)
            next.edge[0].append(.leaf(entry))
            next.size += 1
            next.fold(&files)
        }
        let syncs = try folder.write(files)
        self = next
        return syncs
    }

    /// Takes tiles that are full off the edge, from level 0 up.
    private mutating func fold(_ files: inout [(name: String, bytes: [UInt8])]) {
        var level = 0
        while edge[level].count == TilePath.width {
            let hashes = edge[level]
            let index = size >> UInt64(8 * (level + 1)) - 1
            files.append((TilePath(level: level, index: index).text, hashes.flatMap(\.bytes)))
            if level == 0 {
                files.append((TilePath(level: nil, index: index).text, EntryBundle.bytes(entries)))
                entries = []
            }
            edge[level] = []
            if edge.count == level + 1 { edge.append([]) }
            edge[level + 1].append(.head(of: hashes))
            level += 1
        }
    }

    /// Writes the partial tiles that belong to this size, as must be before its head is published.
    @discardableResult
    package func writeEdge() throws -> Int {
        var files: [(name: String, bytes: [UInt8])] = []
        for (level, hashes) in edge.enumerated() where !hashes.isEmpty {
            let index = size >> UInt64(8 * (level + 1))
            files.append((TilePath(level: level, index: index, width: hashes.count).text, hashes.flatMap(\.bytes)))
        }
        if !entries.isEmpty {
            let path = TilePath(level: nil, index: size / UInt64(TilePath.width), width: entries.count)
            files.append((path.text, EntryBundle.bytes(entries)))
        }
        return try folder.write(files)
    }
}
