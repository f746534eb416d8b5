/// Why a multipart body was refused.
package enum MultipartError: Error, Equatable, SiteErrorConvertible {
    /// The content type names no boundary of 1 to 70 allowed characters.
    case noBoundary
    case badHeaders, headersTooLarge, tooManyParts, notUTF8
    /// A field beyond the limit for fields.
    case fieldTooLarge
    /// The body ended before its last boundary.
    case truncated

    package var siteError: SiteError {
        switch self {
        case .noBoundary, .badHeaders: .malformed("errors.upload.broken")
        case .headersTooLarge, .tooManyParts: .tooLarge("errors.upload.too-many-parts")
        case .notUTF8: .malformed("errors.form.utf8")
        case .fieldTooLarge: .tooLarge
        case .truncated: .malformed("errors.body.cut")
        }
    }
}

/// What a part says about itself.
package struct PartHeader: Sendable, Equatable {
    /// The field's name.
    package let name: String
    /// The file's name, made inert by ``FileName``; nil for a plain field, empty where no file was chosen.
    package let fileName: String?
    /// What the sender says about the type; never believed.
    package let contentType: String?
}

/// Splits `multipart/form-data` (RFC 7578, RFC 2046 §5.1) as its bytes arrive.
///
/// Holds at most a boundary's length of content, or one header block. Synchronous and without input of its own.
package struct MultipartParser {
    /// What was recognised.
    package enum Event: Equatable {
        case begin(PartHeader)
        case data([UInt8])
        case end
        /// After the last boundary; the epilogue is passed over.
        case finished
    }

    private enum State { case preamble, boundary, headers, content, epilogue }

    private static let maximumHeaderBytes = 8 * 1024
    private static let maximumPreamble = 8 * 1024
    private let maximumParts: Int
    private let delimiter: [UInt8]
    private var pending: [UInt8]
    private var state = State.preamble
    private var parts = 0
    private var preamble = 0
    private var isPadded = false

    /// - Parameter boundary: as ``boundary(in:)`` found it.
    package init(boundary: [UInt8], maximumParts: Int = 100) {
        delimiter = [13, 10, 45, 45] + boundary
        self.maximumParts = maximumParts
        // The first boundary may open the body: the line end before it is given.
        pending = [13, 10]
    }

    /// Takes the next bytes. After an error or ``finish()`` nothing more may be fed.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(MultipartError) -> [Event] {
        guard state != .epilogue else { return [] }
        pending += bytes
        var events: [Event] = []
        var position = 0
        while try step(&position, &events) {}
        pending.removeFirst(min(position, pending.count))
        return events
    }

    /// Says that the body has ended.
    package func finish() throws(MultipartError) {
        guard state == .epilogue else { throw .truncated }
    }

    /// One step from `position`; false where more bytes are needed.
    private mutating func step(_ position: inout Int, _ events: inout [Event]) throws(MultipartError) -> Bool {
        switch state {
        case .preamble, .content: try passContent(&position, &events)
        case .boundary: try passBoundary(&position, &events)
        case .headers: try passHeaders(&position, &events)
        case .epilogue: passEpilogue(&position)
        }
    }

    private mutating func passContent(_ position: inout Int, _ events: inout [Event]) throws(MultipartError) -> Bool {
        let found = find(delimiter, from: position)
        // What might be the beginning of a boundary waits for more.
        let end = found ?? max(position, pending.count - delimiter.count + 1)
        if state == .preamble {
            preamble += end - position
            guard preamble <= Self.maximumPreamble else { throw .badHeaders }
        } else if end > position {
            events.append(.data(Array(pending[position..<end])))
        }
        position = end
        guard found != nil else { return false }
        if state == .content { events.append(.end) }
        position += delimiter.count
        state = .boundary
        isPadded = false
        return true
    }

    /// After a boundary: `--` ends the body, padding and a line end open a part.
    private mutating func passBoundary(_ position: inout Int, _ events: inout [Event]) throws(MultipartError) -> Bool {
        guard pending.count - position >= 2 else { return false }
        if !isPadded, pending[position] == 45, pending[position + 1] == 45 {
            events.append(.finished)
            state = .epilogue
            return true
        }
        while pending.count - position >= 2, pending[position] == 32 || pending[position] == 9 {
            isPadded = true
            position += 1
        }
        guard pending.count - position >= 2 else { return false }
        guard pending[position] == 13, pending[position + 1] == 10 else { throw .badHeaders }
        parts += 1
        guard parts <= maximumParts else { throw .tooManyParts }
        // The line end stays: with it, a block without fields ends like any other.
        state = .headers
        return true
    }

    private mutating func passHeaders(_ position: inout Int, _ events: inout [Event]) throws(MultipartError) -> Bool {
        let end = find([13, 10, 13, 10], from: position)
        guard (end ?? pending.count) - position <= Self.maximumHeaderBytes else { throw .headersTooLarge }
        guard let end else { return false }
        events.append(.begin(try PartHeader(parsing: pending[position..<end])))
        position = end + 4
        state = .content
        return true
    }

    private func passEpilogue(_ position: inout Int) -> Bool {
        position = pending.count
        return false
    }

    /// Where the pattern, which begins with a carriage return, stands at or after `start`.
    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        pending.withUnsafeBufferPointer { bytes in
            let last = bytes.count - pattern.count
            var position = start
            while position <= last {
                guard let next = bytes[position...last].firstIndex(of: 13) else { return nil }
                var length = 1
                while length < pattern.count, bytes[next + length] == pattern[length] { length += 1 }
                if length == pattern.count { return next }
                position = next + 1
            }
            return nil
        }
    }
}
