import HTTPTypes
package import Hummingbird
package import NIOCore

/// How much of a body is taken, and how slowly it may come.
package struct BodyLimits: Sendable {
    /// The most bytes that are read.
    package var maximumSize: Int
    /// The longest that the whole body may take.
    package var deadline: Duration
    /// Bytes a second on average, asked for after the first ten seconds; 0 asks for none.
    package var minimumRate: Int

    package init(maximumSize: Int, deadline: Duration, minimumRate: Int = 0) {
        self.maximumSize = maximumSize
        self.deadline = deadline
        self.minimumRate = minimumRate
    }

    /// A form or a JSON document: 1 MiB in 30 seconds.
    package static let form = BodyLimits(maximumSize: 1 << 20, deadline: .seconds(30))

    /// A report as JSON, where every character may have been escaped: 4 MiB in 60 seconds.
    package static let report = BodyLimits(maximumSize: 4 << 20, deadline: .seconds(60))

    /// Files: so many bytes in 15 minutes, no slower than 4 KiB a second.
    package static func upload(maximumSize: Int) -> BodyLimits {
        BodyLimits(maximumSize: maximumSize, deadline: .seconds(900), minimumRate: 4096)
    }
}

/// Reads a request's body piece by piece within its limits. Rooms never read `request.body` themselves.
///
/// The clock is looked at whenever bytes come; a connection on which none come is closed by the idle timeout. What
/// falls short of the announced length is an error, so a cut upload never looks complete.
package struct BodyReader {
    private var iterator: RequestBody.AsyncIterator
    private let limits: BodyLimits
    private let announced: Int?
    private let start = ContinuousClock.now
    /// The bytes that have come so far.
    package private(set) var received = 0

    /// - Throws: `.tooLarge` where the announced length is beyond the limit, before anything is read.
    package init(_ request: Request, limits: BodyLimits) throws(SiteError) {
        announced = request.headers[.contentLength].flatMap { Int($0) }
        guard (announced ?? 0) <= limits.maximumSize else { throw .tooLarge }
        self.limits = limits
        iterator = request.body.makeAsyncIterator()
    }

    /// The next piece, nil at the end.
    ///
    /// - Throws: ``SiteError``: `.tooLarge`, `.timeout`, or `.malformed` where the connection was cut.
    package mutating func next() async throws -> ByteBuffer? {
        let piece: ByteBuffer?
        do { piece = try await iterator.next() } catch { throw SiteError.malformed("errors.body.cut") }
        guard let piece else {
            guard announced == nil || announced == received else { throw SiteError.malformed("errors.body.cut") }
            return nil
        }
        received &+= piece.readableBytes
        guard received <= limits.maximumSize else { throw SiteError.tooLarge }
        let elapsed = ContinuousClock.now - start
        guard elapsed <= limits.deadline else { throw SiteError.timeout }
        if elapsed > .seconds(10), received / Int(elapsed.components.seconds) < limits.minimumRate {
            throw SiteError.timeout
        }
        return piece
    }

    /// The whole body; for small ones only.
    package mutating func collect() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() { bytes += piece.readableBytesView }
        return bytes
    }
}

extension Request {
    /// The media type of the body without parameters, in lower case.
    var mediaType: String? {
        headers[.contentType].map { trimmed($0.prefix { $0 != ";" }).lowercased() }
    }

    /// Whether the body is a form with files.
    package var isMultipart: Bool { mediaType == "multipart/form-data" }

    /// Reads a form and checks its token.
    ///
    /// - Throws: 415 for another media type, ``FormError``, ``SiteError`` from the limits or the token.
    package func form(_ context: SiteContext, limits: BodyLimits = .form) async throws -> Form {
        guard mediaType == "application/x-www-form-urlencoded" else { throw SiteError.unsupportedMedia }
        var reader = try BodyReader(self, limits: limits)
        let form = try Form(parsing: try await reader.collect())
        try context.check(token: form["csrf"])
        return form
    }
}

/// Refuses compressed bodies, so that nothing small can become large in here.
struct EncodingCheck: RouterMiddleware {
    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let coding = request.headers[.contentEncoding].map { trimmed($0).lowercased() }
        guard coding == nil || coding == "identity" || coding == "" else {
            throw SiteError.unsupportedMedia("errors.body.encoding")
        }
        return try await next(request, context)
    }
}
