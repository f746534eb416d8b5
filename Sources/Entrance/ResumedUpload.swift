package import Casefile
import HTTPTypes
package import Hummingbird
import NIOCore
package import Site

/// Uploads that go on where they were cut: `PUT` with `Content-Range: bytes a-b/total` (RFC 9110 §14.4). Nothing of the
/// file is seen by anybody before it is whole.
package enum ResumedUpload {
    /// A part of a file as its header says; `nil` for a request without the header.
    struct Range: Equatable {
        var first: Int64
        var last: Int64
        var total: Int64

        init?(_ text: String) {
            let words = text.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
            let sides = words[1].split(separator: "/", omittingEmptySubsequences: false)
            let ends = sides.first?.split(separator: "-", omittingEmptySubsequences: false) ?? []
            guard sides.count == 2, ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]),
                let total = Self.number(sides[1]), first <= last, last < total
            else { return nil }
            self.first = first
            self.last = last
            self.total = total
        }

        private static func number(_ text: Substring) -> Int64? {
            guard !text.isEmpty, text.count <= 15, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            return Int64(text)
        }
    }

    /// What came of a request.
    package enum Outcome: Sendable {
        /// It carries no `Content-Range`: an upload in one piece.
        case plain
        /// This part is kept; others are to follow.
        case kept(KeptUpload)
        case whole(StagedFile)
    }

    /// Whether a request brings a whole file or the beginning of one, and no later part.
    package static func begins(_ request: Request) -> Bool {
        request.headers[.contentRange].flatMap(Range.init).map { $0.first == 0 } ?? true
    }

    /// Takes one part. What has come before the connection is cut is kept as well.
    package static func receive(
        _ request: Request, name: String, of owner: UploadOwner, into casefile: Casefile
    ) async throws -> Outcome {
        guard let text = request.headers[.contentRange] else { return .plain }
        guard let range = Range(text) else { throw SiteError.malformed("uploads.range") }
        let most = Int(range.last - range.first + 1)
        let piece = try await casefile.goOn(name, of: owner, from: range.first, total: range.total, by: Int64(most))
        do {
            var body = try BodyReader(request, limits: .upload(maximumSize: most))
            while let bytes = try await body.next() { try piece.append(Array(bytes.readableBytesView)) }
        } catch {
            // The request is over, and perhaps cancelled; what came with it is not.
            _ = try? await Task.detached { try await casefile.keep(piece) }.value
            throw error
        }
        let state = try await Task.detached { try await casefile.keep(piece) }.value
        guard state.isWhole else { return .kept(state) }
        return .whole(try await casefile.assemble(name, of: owner))
    }

    private struct State: Encodable { var kept, total: Int64 }

    /// 202: so much is kept.
    package static func answer(_ state: KeptUpload, status: HTTPResponse.Status) throws -> Response {
        try Response.json(State(kept: state.kept, total: state.total), status: status)
    }

    /// What is kept of a file, for whoever goes on with it; 404 where nothing is.
    package static func state(_ name: String, of owner: UploadOwner, in casefile: Casefile) async throws -> Response {
        guard let state = try await casefile.kept(name, of: owner) else { throw SiteError.notFound }
        return try answer(state, status: .ok)
    }
}

extension CutUploadError: SiteErrorConvertible {
    package var siteError: SiteError {
        switch self {
        case .offset(let state):
            .conflict(
                type: "upload-offset", "uploads.offset", ["kept": String(state.kept), "total": String(state.total)])
        case .full: .unavailable
        }
    }
}
