import Crypto
import Foundation

/// A node of a Merkle tree as RFC 6962 §2.1 has it: 32 bytes of SHA-256.
package struct TreeHash: Hashable, Sendable {
    package static let length = 32

    /// Four words, and no vector: a value that is aligned to 32 bytes lies wrongly in the frames of asynchronous functions,
    /// which are aligned to 16 (Swift 6.3), and what lies beside it is overwritten.
    private struct Words: Hashable, Sendable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    /// The bytes in the order of memory.
    private let words: Words

    /// `nil` unless there are 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        var words = Words()
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.words = words
    }

    private init(_ digest: SHA256.Digest) {
        var words = Words()
        digest.withUnsafeBytes { digest in withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: digest) } }
        self.words = words
    }

    /// Standard base64 of 32 bytes, written as its encoder writes it and not otherwise.
    package init?(base64 text: some StringProtocol) {
        guard let data = Data(base64Encoded: String(text)), let hash = TreeHash(bytes: data), hash.base64 == text else {
            return nil
        }
        self = hash
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
    package var base64: String { Data(bytes).base64EncodedString() }

    /// The head of a tree without entries: SHA-256 of nothing.
    package static let empty = TreeHash(SHA256.hash(data: [UInt8]()))

    /// `SHA-256(0x00 || entry)`.
    package static func leaf(_ entry: [UInt8]) -> TreeHash {
        var hasher = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hasher.update(bufferPointer: $0) }
        entry.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return TreeHash(hasher.finalize())
    }

    /// `SHA-256(0x01 || left || right)`.
    package static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        var hasher = SHA256()
        withUnsafeBytes(of: UInt8(1)) { hasher.update(bufferPointer: $0) }
        withUnsafeBytes(of: left.words) { hasher.update(bufferPointer: $0) }
        withUnsafeBytes(of: right.words) { hasher.update(bufferPointer: $0) }
        return TreeHash(hasher.finalize())
    }

    /// The head over subtrees that are all complete and of one size, except that the last may be smaller. `.empty` for
    /// none.
    package static func head(of subtrees: some RandomAccessCollection<TreeHash>) -> TreeHash {
        var row = Array(subtrees)
        guard !row.isEmpty else { return .empty }
        // Pairs from the left; what is left over goes up as it is. That is the tree of RFC 6962 §2.1.
        while row.count > 1 {
            var above: [TreeHash] = []
            above.reserveCapacity(row.count / 2 + 1)
            var index = 0
            while index + 1 < row.count {
                above.append(.node(row[index], row[index + 1]))
                index += 2
            }
            if index < row.count { above.append(row[index]) }
            row = above
        }
        return row[0]
    }
}

/// How many entries a tree had, and its head then.
package struct TreeHead: Hashable, Sendable {
    package var size: UInt64
    package var root: TreeHash

    package init(size: UInt64, root: TreeHash) {
        self.size = size
        self.root = root
    }

    package static let empty = TreeHead(size: 0, root: .empty)
}
