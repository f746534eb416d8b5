import Crypto
import Kernel

/// Why a list of breached passwords cannot be used; each says what to do.
package enum BreachedListError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The list holds nothing.
    case empty(path: String)
    /// Hashes in another order than their own: nothing would be found.
    case notSorted(path: String)
    /// Lines of 32 hexadecimal digits are NTLM hashes.
    case otherHash(path: String)
    /// The list broke off, or holds a line that is none.
    case damaged(path: String)

    package var description: String {
        switch self {
        case .empty(let path): "\(path) is empty: a list of breached passwords, one a line, is expected."
        case .notSorted(let path):
            "The hashes in \(path) are not in their own order. Take the list that is ordered by hash, or sort it."
        case .otherHash(let path): "\(path) holds NTLM hashes. Take the list of SHA-1 hashes."
        case .damaged(let path): "\(path) holds a line that is no SHA-1 hash. Fetch the list again."
        }
    }
}

/// A file of passwords that are known from breaches (SP 800-63B §3.1.1.2), as large as one likes: it is never loaded.
///
/// Either plain passwords, one a line, which are read through at each question; or SHA-1 hashes in hexadecimal digits
/// (whole, or the first 10 to 31 digits), sorted, with or without `:count` after them, in which is searched by halving.
package final class BreachedList: Sendable {
    private enum Form: Sendable {
        case plain
        case hashes(digits: Int)
    }

    private let file: FileDescriptor
    private let size: Int64
    private let form: Form

    /// Opens the list and looks whether it can be one.
    package init(path: String) throws {
        file = try FileDescriptor(reading: path)
        size = try file.size()
        guard size > 0 else { throw BreachedListError.empty(path: path) }
        guard let digits = Self.digits(of: try file.read(4096, at: 0)) else {
            form = .plain
            return
        }
        guard digits != 32 else { throw BreachedListError.otherHash(path: path) }
        form = .hashes(digits: digits)
        try checkOrder(digits)
    }

    /// How many digits the hashes have, where the first twenty lines are hashes of one length; else `nil`.
    private static func digits(of beginning: [UInt8]) -> Int? {
        let lengths = beginning.split(separator: UInt8(ascii: "\n")).prefix(20).map { line -> Int in
            let digits = line.prefix(while: isHex).count
            let isWhole = [nil, UInt8(ascii: ":"), UInt8(ascii: "\r")].contains(line.dropFirst(digits).first)
            return isWhole ? digits : 0
        }
        guard let length = lengths.first, lengths.allSatisfy({ $0 == length }) else { return nil }
        return length == 40 || 10...32 ~= length ? length : nil
    }

    /// Whether the list holds the password, as it is or in lower case.
    package func contains(_ password: String) throws -> Bool {
        let words = Set([password, PasswordPolicy.normalised(password), password.lowercased()])
        switch form {
        case .plain: return try scan(for: Set(words.map { Array($0.utf8) }))
        case .hashes(let digits):
            return try words.contains { word in
                let hash = Hex.encode(Insecure.SHA1.hash(data: Array(word.utf8)))
                return try find(Array(hash.uppercased().utf8.prefix(digits)))
            }
        }
    }

    // MARK: hashes

    /// The first line that begins at or after a place: where it begins, where the next begins, and its hash.
    private func line(from place: Int64, digits: Int) throws -> (start: Int64, next: Int64, hash: [UInt8])? {
        let from = max(0, place &- 1)
        let bytes = try file.read(512, at: from)
        var start = 0
        if place > 0 {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
                if from &+ Int64(bytes.count) >= size { return nil }
                throw BreachedListError.damaged(path: file.path)
            }
            start = end &+ 1
        }
        let line = bytes.dropFirst(start).prefix { $0 != UInt8(ascii: "\n") }
        if line.isEmpty { return nil }
        let hash = line.prefix(digits).map { $0 >= UInt8(ascii: "a") ? $0 &- 32 : $0 }
        guard hash.count == digits, hash.allSatisfy(Self.isHex) else {
            throw BreachedListError.damaged(path: file.path)
        }
        return (from &+ Int64(start), from &+ Int64(start &+ line.count &+ 1), hash)
    }

    private func find(_ wanted: [UInt8]) throws -> Bool {
        var (low, high): (Int64, Int64) = (0, size)
        while low < high {
            let middle = low &+ (high &- low) / 2
            guard let line = try line(from: middle, digits: wanted.count), line.start < high else {
                high = middle
                continue
            }
            if line.hash == wanted { return true }
            if line.hash.lexicographicallyPrecedes(wanted) { low = line.next } else { high = middle }
        }
        return false
    }

    /// Looks at lines all over the file: a list in another order would find nothing and say nothing.
    private func checkOrder(_ digits: Int) throws {
        var last: [UInt8] = []
        for part in Int64(0)..<200 {
            guard let line = try line(from: size / 200 &* part, digits: digits) else { continue }
            guard !line.hash.lexicographicallyPrecedes(last) else {
                throw BreachedListError.notSorted(path: file.path)
            }
            last = line.hash
        }
    }

    // MARK: plain

    private func scan(for words: Set<[UInt8]>) throws -> Bool {
        let longest = words.map(\.count).max() ?? 0
        var (place, line): (Int64, [UInt8]) = (0, [])
        while place < size {
            let bytes = try file.read(1 << 20, at: place)
            if bytes.isEmpty { break }
            place &+= Int64(bytes.count)
            for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
                if piece.offset > 0 {
                    if words.contains(Self.withoutReturn(line)) { return true }
                    line.removeAll(keepingCapacity: true)
                }
                if line.count <= longest { line += piece.element.prefix(longest &+ 2) }
            }
        }
        return words.contains(Self.withoutReturn(line))
    }

    private static func withoutReturn(_ line: [UInt8]) -> [UInt8] {
        line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : line
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }
}
