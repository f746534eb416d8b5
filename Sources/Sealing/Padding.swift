/// How the length of a text is blurred before it is sealed. Files have classes of their own: ``FilePadding``.
package enum Padding: Sendable {
    /// Up to 256 bytes, 1 KiB, 4 KiB, 16 KiB, then whole multiples of 16 KiB; four bytes of it hold the true length.
    case classes
    /// Not at all: for keys and other values whose length everyone knows.
    case none

    /// The true length in four bytes, the text, and zeros up to the size class.
    func applied(to plain: [UInt8]) throws -> [UInt8] {
        guard let length = UInt32(exactly: plain.count) else { throw SealingError.tooLarge }
        let size = plain.count &+ 4
        var padded: [UInt8] = []
        padded.reserveCapacity(sizeClass(of: size))
        padded.append(bigEndian: length)
        padded.append(contentsOf: plain)
        padded.append(contentsOf: repeatElement(0, count: sizeClass(of: size) &- size))
        return padded
    }

    private func sizeClass(of size: Int) -> Int {
        switch self {
        case .none: size
        case .classes:
            [256, 1024, 4096].first { size <= $0 } ?? (size &+ 16383) / 16384 &* 16384
        }
    }

    /// The text inside either form of padding.
    static func removed(from padded: [UInt8]) throws -> [UInt8] {
        let length = padded.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard padded.count >= 4, length <= padded.count &- 4 else { throw SealingError.malformed }
        return Array(padded.dropFirst(4).prefix(length))
    }
}
