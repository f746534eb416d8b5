import Crypto

extension SealedFileReader {
    /// SHA-256 of the plain text, 32 bytes: every chunk is opened and checked on the way.
    package func sha256() throws -> [UInt8] {
        var hash = SHA256()
        try forEachChunk { hash.update(data: $0) }
        return Array(hash.finalize())
    }

    /// So many bytes of the plain text from a place in it; ``SealingError/malformed`` where there are not as many.
    package func bytes(_ count: Int, at offset: Int64) throws -> [UInt8] {
        guard count >= 0, offset >= 0, offset <= size, Int64(count) <= size &- offset else {
            throw SealingError.malformed
        }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var index = Int(offset / Int64(SealedFile.chunkLength))
        var skip = Int(offset % Int64(SealedFile.chunkLength))
        while result.count < count {
            result += try chunk(index).dropFirst(skip).prefix(count &- result.count)
            skip = 0
            index &+= 1
        }
        return result
    }
}
