import Foundation
import Testing

@testable import TransparencyLog

/// A log in a folder that is gone afterwards.
final class Shelf {
    let folder: TileFolder

    init() throws {
        folder = TileFolder(NSTemporaryDirectory() + "log-" + UUID().uuidString)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    func url(_ name: String) -> URL { URL(fileURLWithPath: folder.path + "/" + name) }

    /// A tree of that many entries, published.
    func grown(to count: Int) throws -> LogTree {
        var tree = LogTree(folder)
        try tree.append(Plain.entries(count))
        try tree.writeEdge()
        return tree
    }
}

@Suite struct `A log in tiles` {
    @Test(arguments: [
        (TilePath(level: 0, index: 0), "tile/0/000"), (TilePath(level: 3, index: 999, width: 7), "tile/3/999.p/7"),
        (TilePath(level: 0, index: 1_234_067), "tile/0/x001/x234/067"),
        (TilePath(level: nil, index: 1000, width: 255), "tile/entries/x001/000.p/255"),
        (TilePath(level: 63, index: .max), "tile/63/x018/x446/x744/x073/x709/x551/615"),
    ])
    func `has the paths of the specification`(path: TilePath, text: String) {
        #expect(path.text == text)
        #expect(TilePath(text) == path)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/00", "tile/0/0000", "tile/0/x000/000", "tile/0/001/002",
        "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/0/000.p", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/../000", "tile/0/x001/../067",
        "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/entries", "tile/entrie/000", "/tile/0/000", "tile/0/0٠٠",
    ])
    func `takes no path that is written otherwise`(text: String) { #expect(TilePath(text) == nil) }

    @Test func `of 70,000 entries lies in the tiles that the specification names`() throws {
        let shelf = try Shelf()
        _ = try shelf.grown(to: 70_000)
        let names = try FileManager.default.subpathsOfDirectory(atPath: shelf.folder.path)
            .filter { TilePath($0) != nil }
        #expect(names.filter { $0.hasPrefix("tile/0/") }.count == 274)
        #expect(names.contains("tile/0/273.p/112") && names.contains("tile/1/001.p/17"))
        #expect(names.contains("tile/1/000") && names.contains("tile/2/000.p/1"))
        #expect(names.filter { $0.hasPrefix("tile/entries/") }.count == 274)
        #expect(names.filter { !$0.hasPrefix("tile/0/") && !$0.hasPrefix("tile/entries/") }.count == 3)
    }

    @Test func `is the same whether it grew by ones or by thousands, and goes on after each stop`() throws {
        let entries = Plain.entries(1500)
        let (shelf, other) = (try Shelf(), try Shelf())
        var tree = LogTree(shelf.folder)
        var at = 0
        for step in [1, 1, 253, 1, 1, 300, 211, 256, 1, 475] {
            try tree.append(entries[at..<at + step])
            at += step
            #expect(tree.head == TreeHead(size: UInt64(at), root: Plain.head(entries[..<at])))
            try tree.writeEdge()
            let reader = TileReader(shelf.folder, size: tree.size)
            #expect(try reader.check() == tree.head)
            for index in [0, at / 2, at - 1] {
                let path = try #require(try reader.inclusion(of: UInt64(index)))
                #expect(Proof.includes(.leaf(entries[index]), at: UInt64(index), path: path, in: tree.head))
            }
            tree = try LogTree(shelf.folder, goingOnFrom: tree.head)
        }
        let whole = try other.grown(to: 1500)
        #expect(whole.head == tree.head)
        #expect(try TileReader(other.folder, size: 1500).entries(bundle: 5) == Array(entries[1280...]))
    }

    @Test func `written again after a crash is the same, and refuses to become another`() throws {
        let shelf = try Shelf()
        var tree = try shelf.grown(to: 300)
        let before = tree
        try tree.append(Plain.entries(900))
        var again = before
        #expect(try again.append(Plain.entries(900)) == 0, "all of it lay there")
        #expect(again.head == tree.head)
        var other = before
        #expect(throws: LogFault.different("tile/0/001")) { try other.append(Plain.entries(900).reversed()) }
        #expect(other.head == before.head, "what failed changed nothing")
    }

    @Test func `needs its disk less than 25 times for a thousand entries`() throws {
        let shelf = try Shelf()
        var tree = LogTree(shelf.folder)
        for round in 0..<5 {
            let syncs = try tree.append(Plain.entries(1000)) + tree.writeEdge()
            #expect(syncs <= 25, "round \(round)")
        }
    }

    @Test(arguments: ["tile/0/001", "tile/0/004.p/76", "tile/1/000.p/4", "tile/entries/002", "tile/entries/004.p/76"])
    func `names the file that was torn, changed or taken away`(name: String) throws {
        let shelf = try Shelf()
        let head = try shelf.grown(to: 1100).head
        let url = shelf.url(name)
        let whole = try Data(contentsOf: url)
        func fault() -> LogFault? { #expect(throws: LogFault.self) { try Self.audit(shelf.folder, head) } }
        try whole.dropLast(40).write(to: url)
        #expect(fault() == .torn(name))
        var flipped = whole
        flipped[whole.count / 2] ^= 4
        try flipped.write(to: url)
        switch fault() {
        case .wrongHash, .torn(name): break
        case let other: Issue.record("a flipped bit in \(name) was called \(String(describing: other))")
        }
        try FileManager.default.removeItem(at: url)
        #expect(fault() == .missing(name))
        try whole.write(to: url)
        try Self.audit(shelf.folder, head)
    }

    /// What start-up and an audit do.
    private static func audit(_ folder: TileFolder, _ head: TreeHead) throws {
        guard try TileReader(folder, size: head.size).check() == head else { throw LogFault.wrongHash("head") }
        _ = try LogTree(folder, goingOnFrom: head)
    }

    @Test func `goes on from no head but its own`() throws {
        let shelf = try Shelf()
        let head = try shelf.grown(to: 1100).head
        #expect(throws: LogFault.self) {
            try LogTree(shelf.folder, goingOnFrom: TreeHead(size: 1100, root: .leaf([1])))
        }
        #expect(throws: LogFault.self) { try LogTree(shelf.folder, goingOnFrom: TreeHead(size: 1101, root: head.root)) }
    }

    @Test func `gives a full tile to whoever wants a partial one that is gone`() throws {
        let shelf = try Shelf()
        var tree = try shelf.grown(to: 300)
        let old = tree.head
        try tree.append(Plain.entries(700))
        try FileManager.default.removeItem(at: shelf.url("tile/0/001.p"))
        try FileManager.default.removeItem(at: shelf.url("tile/entries/001.p"))
        #expect(try TileReader(shelf.folder, size: 300).check() == old)
    }
}
