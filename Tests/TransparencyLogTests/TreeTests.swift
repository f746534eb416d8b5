import Foundation
import Testing

@testable import TransparencyLog

/// RFC 6962 §2.1 word for word, slow and without tiles.
enum Plain {
    static func head(_ entries: ArraySlice<[UInt8]>) -> TreeHash {
        guard entries.count > 1, let first = entries.indices.first else {
            return entries.first.map { .leaf($0) } ?? .empty
        }
        var half = 1
        while half * 2 < entries.count { half *= 2 }
        return .node(head(entries[first..<first + half]), head(entries[(first + half)...]))
    }

    static func entries(_ count: Int) -> [[UInt8]] { (0..<count).map { Array("entry \($0)".utf8) } }

    /// Hashes of complete subtrees straight from the entries.
    static func node(_ entries: [[UInt8]]) -> NodeSource {
        { height, index in head(entries[(Int(index) << height)..<(Int(index + 1) << height)]) }
    }
}

@Suite struct `A Merkle tree` {
    /// The entries and heads that certificate-transparency's own tests have used since 2013.
    private static let known: [(entry: String, head: String)] = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ]

    @Test func `has the heads that other people's tests have`() throws {
        var entries: [[UInt8]] = []
        #expect(Hex.text(TreeHash.empty.bytes) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for (entry, head) in Self.known {
            entries.append(try #require(Hex.bytes(entry)))
            #expect(Hex.text(TreeHash.head(of: entries.map { .leaf($0) }).bytes) == head)
            #expect(Hex.text(Plain.head(entries[...]).bytes) == head)
        }
    }

    @Test func `proves every entry of every size, and that each grew out of each before it`() throws {
        let entries = Plain.entries(70)
        for size in 0...entries.count {
            let part = Array(entries.prefix(size))
            let head = TreeHead(size: UInt64(size), root: Plain.head(part[...]))
            let node = Plain.node(part)
            for index in 0..<size {
                let path = try #require(try Proof.inclusion(of: UInt64(index), in: head.size, node))
                #expect(Proof.includes(.leaf(entries[index]), at: UInt64(index), path: path, in: head))
                #expect(!Proof.includes(.leaf(entries[index] + [0]), at: UInt64(index), path: path, in: head))
            }
            #expect(try Proof.inclusion(of: UInt64(size), in: head.size, node) == nil)
            for old in 0...size {
                let before = TreeHead(size: UInt64(old), root: Plain.head(entries[..<old]))
                let path = try #require(try Proof.consistency(from: before.size, to: head.size, node))
                #expect(Proof.isConsistent(before, with: head, path: path), "\(old) of \(size)")
            }
            #expect(try Proof.consistency(from: head.size + 1, to: head.size, node) == nil)
        }
    }

    @Test func `lets no other proof pass`() throws {
        let entries = Plain.entries(37)
        let head = TreeHead(size: 37, root: Plain.head(entries[...]))
        let node = Plain.node(entries)
        let other = TreeHash.leaf(Array("another".utf8))
        for index in 0..<UInt64(37) {
            let leaf = TreeHash.leaf(entries[Int(index)])
            let path = try #require(try Proof.inclusion(of: index, in: 37, node))
            for wrong in 0..<UInt64(80) where wrong != index {
                #expect(!Proof.includes(leaf, at: wrong, path: path, in: head))
            }
            for place in path.indices {
                var changed = path
                changed[place] = other
                #expect(!Proof.includes(leaf, at: index, path: changed, in: head))
                changed = path
                changed.remove(at: place)
                #expect(!Proof.includes(leaf, at: index, path: changed, in: head))
            }
            #expect(!Proof.includes(leaf, at: index, path: path + [other], in: head))
        }
        for old in 1..<UInt64(37) {
            let before = TreeHead(size: old, root: Plain.head(entries[..<Int(old)]))
            let path = try #require(try Proof.consistency(from: old, to: 37, node))
            for place in path.indices {
                var changed = path
                changed[place] = other
                #expect(!Proof.isConsistent(before, with: head, path: changed))
            }
            #expect(!Proof.isConsistent(before, with: head, path: path + [other]))
            #expect(!Proof.isConsistent(before, with: head, path: Array(path.dropLast())))
            #expect(!Proof.isConsistent(TreeHead(size: old, root: other), with: head, path: path))
            #expect(!Proof.isConsistent(before, with: TreeHead(size: 37, root: other), path: path))
            #expect(!Proof.isConsistent(head, with: before, path: path))
        }
        let most = TreeHead(size: .max, root: other)
        #expect(!Proof.includes(other, at: .max - 1, path: Array(repeating: other, count: 64), in: most))
        #expect(!Proof.isConsistent(TreeHead(size: .max - 1, root: other), with: most, path: [other]))
    }
}

enum Hex {
    static func text(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
