/// How the length of a file is blurred: zeros fill it up to a size class, and its last eight bytes tell the true length.
///
/// The classes are those of Padmé (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford: Reducing Metadata Leakage from
/// Encrypted Files and Communication with PURBs, PoPETs 2019/4, §4): a length keeps of its binary digits as many after
/// the first as it takes to write down how many there are. That costs at most 6.5 % from
/// 4 KiB on and 3.2 % from 64 KiB on (Padmé alone: 11.1 % for a few dozen bytes), and leaves of a length of up to 50 MB some
/// 370 sizes. Below 4 KiB, a block of most disks, all are one.
enum FilePadding {
    /// The smallest class.
    static let least: Int64 = 4096
    /// What the true length takes: most significant byte first, so a chunk never splits it, as above 64 KiB all classes
    /// are multiples of 2 KiB.
    static let trailerLength = 8

    /// What so many bytes are filled up to, the eight of the length among them; nil where no number holds it.
    static func padded(_ length: Int64) -> Int64? {
        let (bytes, tooMany) = length.addingReportingOverflow(Int64(trailerLength))
        guard length >= 0, !tooMany else { return nil }
        guard bytes > least else { return least }
        let exponent = Int64.bitWidth &- 1 &- bytes.leadingZeroBitCount
        let kept = Int.bitWidth &- exponent.leadingZeroBitCount
        let mask = (Int64(1) << Int64(max(0, exponent &- kept))) &- 1
        let (sum, overflow) = bytes.addingReportingOverflow(mask)
        return overflow ? nil : sum & ~mask
    }

    /// The end of a file: zeros, handed on in pieces, and the length.
    static func fill(_ length: Int64, _ put: ([UInt8]) throws -> Void) throws {
        guard let padded = padded(length) else { throw SealingError.tooLarge }
        var zeros = padded &- length &- Int64(trailerLength)
        while zeros > 0 {
            let piece = min(zeros, Int64(SealedFile.chunkLength))
            try put([UInt8](repeating: 0, count: Int(piece)))
            zeros &-= piece
        }
        var trailer: [UInt8] = []
        trailer.append(bigEndian: UInt64(length))
        try put(trailer)
    }

    /// The true length, from the last bytes of what was filled up to `padded`.
    static func length(from last: [UInt8], padded: Int64) throws -> Int64 {
        guard last.count >= trailerLength else { throw SealingError.malformed }
        let number = last.suffix(trailerLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let length = Int64(exactly: number), length <= padded &- Int64(trailerLength) else {
            throw SealingError.malformed
        }
        return length
    }
}

extension SealedFile {
    /// Which size class so many bytes belong to: what may be told where the length may not. A length that no file has
    /// is in the class of the largest number.
    package static func sizeClass(of length: Int64) -> Int64 { FilePadding.padded(max(0, length)) ?? .max }
}
