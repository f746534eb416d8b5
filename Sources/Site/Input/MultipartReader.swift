package import Hummingbird

/// Reads a form with files as it arrives: never more than one piece of a file is in memory.
///
/// ```swift
/// var parts = try MultipartReader(request, limits: .upload(maximumSize: 50 << 20))
/// while let part = try await parts.next() {
///     while let bytes = try await parts.bytes() { try writer.append(bytes) }
/// }
/// ```
/// A body that is cut off throws from ``next()`` or ``bytes()``; what was written by then must be abandoned.
package struct MultipartReader {
    private var body: BodyReader
    private var parser: MultipartParser
    private var events: ArraySlice<MultipartParser.Event> = []
    private var isInsidePart = false
    private var isFinished = false

    /// - Throws: 415 where the request is no form with files, ``MultipartError/noBoundary``, 413.
    package init(_ request: Request, limits: BodyLimits, maximumParts: Int = 100) throws {
        guard request.isMultipart, let type = request.headers[.contentType] else {
            throw SiteError.unsupportedMedia
        }
        guard let boundary = MultipartParser.boundary(in: type) else { throw MultipartError.noBoundary }
        parser = MultipartParser(boundary: boundary, maximumParts: maximumParts)
        body = try BodyReader(request, limits: limits)
    }

    /// The next part, nil after the last; what was not read of the one before is passed over.
    package mutating func next() async throws -> PartHeader? {
        while let event = try await event() {
            switch event {
            case .begin(let header):
                isInsidePart = true
                return header
            case .end: isInsidePart = false
            case .data, .finished: break
            }
        }
        return nil
    }

    /// The next piece of the current part, nil at its end.
    package mutating func bytes() async throws -> [UInt8]? {
        while isInsidePart, let event = try await event() {
            if case .data(let bytes) = event { return bytes }
            if case .end = event { isInsidePart = false }
        }
        return nil
    }

    /// The current part as text, line ends as `\n`.
    ///
    /// - Throws: `.fieldTooLarge` beyond `limit` bytes, ``FormError`` where it is no UTF-8 or holds NUL.
    package mutating func text(limit: Int = 64 * 1024) async throws -> String {
        var collected: [UInt8] = []
        while let bytes = try await bytes() {
            guard collected.count + bytes.count <= limit else { throw MultipartError.fieldTooLarge }
            collected += bytes
        }
        return try Form.text(collected)
    }

    private mutating func event() async throws -> MultipartParser.Event? {
        while events.isEmpty {
            guard !isFinished else { return nil }
            if let piece = try await body.next() {
                events = try parser.feed(piece.readableBytesView)[...]
            } else {
                isFinished = true
                try parser.finish()
            }
        }
        return events.popFirst()
    }
}
