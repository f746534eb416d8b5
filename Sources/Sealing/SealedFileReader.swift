import Kernel

/// Opens a sealed file piece by piece. The last chunk is opened first, so a file that was cut or extended is refused
/// before a byte of it is shown; every other chunk is checked as it is read. Calls block on the disk.
package final class SealedFileReader: Sendable {
    /// Bytes of plain text.
    package let size: Int64
    /// How many chunks of ``SealedFile/chunkLength`` hold it, the last one shorter; at least one.
    package let chunkCount: Int
    /// The key that the file was sealed under.
    package let keyID: KeyID

    private let file: FileDescriptor
    private let stream: SealedFile.Stream
    /// Chunks that lie in the file, those of padding alone among them.
    private let storedCount: Int
    private let lastLength: Int
    private let start: Int64

    /// Opens a file under the key and binding that it was sealed with; anything else is ``SealingError/tampered``.
    /// `start`: where in the file what was sealed begins, after something else.
    package init(path: String, from start: Int64 = 0, under key: SecretKey, binding: Binding) throws {
        self.start = start
        file = try FileDescriptor(reading: path)
        let header = try file.read(SealedFile.headerLength, at: start)
        stream = try SealedFile.Stream(header: header, key: key, binding: binding)
        guard let id = KeyID(bytes: header.dropFirst(2).prefix(16)) else { throw SealingError.malformed }
        keyID = id

        let sealedLength = Int64(SealedFile.chunkLength &+ SealedFile.tagLength)
        let body = try file.size() &- start &- Int64(header.count)
        // The last chunk may be empty only where it is the only one, or the text ends on a chunk's end.
        let whole = body / sealedLength
        let rest = Int(body % sealedLength)
        let count = rest == 0 ? whole : whole &+ 1
        guard body >= Int64(SealedFile.tagLength), rest == 0 || rest >= SealedFile.tagLength,
            let last = UInt32(exactly: count &- 1)
        else { throw SealingError.tampered }
        storedCount = Int(count)
        lastLength = rest == 0 ? Int(sealedLength) : rest
        let stored = Int64(last) &* Int64(SealedFile.chunkLength) &+ Int64(lastLength &- SealedFile.tagLength)
        let end = try Self.read(
            last, of: storedCount, lastLength: lastLength, file: file, start: start, stream: stream)
        size = SealedFile.isBare(header) ? stored : try FilePadding.length(from: end, padded: stored)
        let chunkLength = Int64(SealedFile.chunkLength)
        let filled = size / chunkLength &+ (size % chunkLength == 0 ? 0 : 1)
        chunkCount = max(1, Int(filled))
    }

    /// The plain text of one chunk, counted from 0; there is nothing beyond the last, so that is
    /// ``SealingError/malformed``.
    package func chunk(_ index: Int) throws -> [UInt8] {
        guard index >= 0, index < chunkCount else { throw SealingError.malformed }
        let left = size &- Int64(index) &* Int64(SealedFile.chunkLength)
        let plain = try stored(index)
        return left >= Int64(plain.count) ? plain : Array(plain.prefix(Int(left)))
    }

    /// Gives every chunk in order, and at the end opens those of padding as well: afterwards every byte of the file is
    /// known to be the writer's.
    package func forEachChunk(_ body: ([UInt8]) throws -> Void) throws {
        for index in 0..<chunkCount { try body(chunk(index)) }
        try checkPadding()
    }

    /// Opens what ``chunk(_:)`` never gives; anything that is not the writer's is ``SealingError/tampered``.
    package func checkPadding() throws {
        for index in chunkCount..<max(chunkCount, storedCount) { _ = try stored(index) }
    }

    private func stored(_ index: Int) throws -> [UInt8] {
        guard let number = UInt32(exactly: index), index < storedCount else { throw SealingError.malformed }
        return try Self.read(
            number, of: storedCount, lastLength: lastLength, file: file, start: start, stream: stream)
    }

    private static func read(
        _ number: UInt32, of count: Int, lastLength: Int, file: FileDescriptor, start: Int64,
        stream: SealedFile.Stream
    ) throws -> [UInt8] {
        let last = Int(number) == count &- 1
        let full = SealedFile.chunkLength &+ SealedFile.tagLength
        let length = last ? lastLength : full
        let offset = start &+ Int64(SealedFile.headerLength) &+ Int64(number) &* Int64(full)
        let sealed = try file.read(length, at: offset)
        guard sealed.count == length else { throw SealingError.tampered }
        return try stream.open(sealed, index: number, last: last)
    }

    /// Every chunk in order, read as it is asked for.
    package var chunks: Chunks { Chunks(reader: self) }

    /// A sealed file as a sequence that a response body can be written from.
    package struct Chunks: AsyncSequence, Sendable {
        let reader: SealedFileReader

        /// Starts at the beginning.
        package func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

        /// Remembers the next chunk.
        package struct Iterator: AsyncIteratorProtocol {
            let reader: SealedFileReader
            private var index = 0

            init(reader: SealedFileReader) { self.reader = reader }

            /// The next chunk, or nil after the last.
            package mutating func next() async throws -> [UInt8]? {
                guard index < reader.chunkCount else { return nil }
                defer { index &+= 1 }
                return try reader.chunk(index)
            }
        }
    }
}
