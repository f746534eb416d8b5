import Kernel

/// Seals a stream of bytes in the layout of ``SealedFile`` and hands on what is to be written, piece by piece.
package struct SealedChunks: Sendable {
    private let stream: SealedFile.Stream
    private var pending: [UInt8] = []
    private var index: UInt32 = 0
    private var length: Int64 = 0

    /// Hands on the header at once.
    package init(
        under key: SecretKey, keyID: KeyID, binding: Binding, algorithm: SealingAlgorithm = .present,
        _ put: ([UInt8]) throws -> Void
    ) throws {
        try self.init(
            under: key, keyID: keyID, binding: binding, algorithm: algorithm,
            prefix: Array(SecretKey.random().bytes.prefix(7)), put)
    }

    /// `prefix`: seven bytes that no other file under this key has.
    init(
        under key: SecretKey, keyID: KeyID, binding: Binding, algorithm: SealingAlgorithm, prefix: [UInt8],
        _ put: ([UInt8]) throws -> Void
    ) throws {
        let header = [Format.file.rawValue, algorithm.rawValue] + keyID.bytes + prefix
        stream = try SealedFile.Stream(header: header, key: key, binding: binding)
        try put(header)
    }

    /// Takes the next bytes from a buffer that need not outlive the call.
    package mutating func append(_ bytes: UnsafeRawBufferPointer, _ put: ([UInt8]) throws -> Void) throws {
        let (sum, overflow) = length.addingReportingOverflow(Int64(bytes.count))
        guard !overflow else { throw SealingError.tooLarge }
        length = sum
        try take(bytes, put)
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, _ put: ([UInt8]) throws -> Void) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if pending.count == SealedFile.chunkLength { try flush(last: false, put) }
            let part = rest.prefix(SealedFile.chunkLength &- pending.count)
            pending.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Takes the next bytes.
    package mutating func append(_ bytes: [UInt8], _ put: ([UInt8]) throws -> Void) throws {
        try bytes.withUnsafeBytes { try append($0, put) }
    }

    /// Fills up to the size class and hands on what is left; nothing may follow.
    package mutating func finish(_ put: ([UInt8]) throws -> Void) throws {
        try FilePadding.fill(length) { piece in try piece.withUnsafeBytes { try take($0, put) } }
        try flush(last: true, put)
    }

    private mutating func flush(last: Bool, _ put: ([UInt8]) throws -> Void) throws {
        try put(stream.seal(pending, index: index, last: last))
        pending.removeAll(keepingCapacity: true)
        guard last || index < .max else { throw SealingError.tooLarge }
        if !last { index &+= 1 }
    }
}
