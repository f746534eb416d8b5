package import HTTPTypes

/// One field that a person has to look at again.
package struct FieldError: Sendable, Equatable {
    /// The field's name as in the form or the JSON, such as `reported-0-name` or `reported.0.name`.
    package let field: String
    /// The key of the sentence in the catalogues.
    package let messageKey: String
    /// What the sentence's `{placeholders}` stand for.
    package let arguments: [String: String]

    package init(_ field: String, _ messageKey: String, _ arguments: [String: String] = [:]) {
        self.field = field
        self.messageKey = messageKey
        self.arguments = arguments
    }
}

/// Why a request was not done, in terms that a person or a program can act on.
///
/// Rooms map their own typed errors to one of these once (``SiteErrorConvertible``); ``ErrorPages`` turns it into a
/// page or into `application/problem+json` (RFC 9457).
package struct SiteError: Error, Sendable, Equatable {
    /// What kind of refusal it is; decides the status.
    package enum Kind: String, Sendable, CaseIterable {
        case malformed, unauthenticated, forbidden, conflict, invalid, unavailable, timeout, fault
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case tooLarge = "too-large"
        case unsupportedMedia = "unsupported-media"
        case tooMany = "too-many"

        /// The HTTP status (RFC 9110 §15).
        package var status: HTTPResponse.Status {
            switch self {
            case .malformed: .badRequest
            case .unauthenticated: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .timeout: .requestTimeout
            case .conflict: .conflict
            case .tooLarge: .contentTooLarge
            case .unsupportedMedia: .unsupportedMediaType
            case .invalid: .unprocessableContent
            case .tooMany: .tooManyRequests
            case .unavailable: .serviceUnavailable
            case .fault: .internalServerError
            }
        }
    }

    package let kind: Kind
    /// The problem's type as programs read it, such as `above-this-platform`; the kind's own name by default.
    package var type: String
    /// A more exact sentence than the kind's own, as a catalogue key.
    package var messageKey: String?
    /// What the sentence's `{placeholders}` stand for.
    package var arguments: [String: String] = [:]
    /// What stands for more of them in each language, such as the name of a rule.
    package var ownWords: [Language: [String: String]] = [:]
    /// The fields at fault, in the order of the form.
    package var fields: [FieldError] = []
    /// Fields of the answer, such as `Retry-After` and `Allow`.
    package var headers = HTTPFields()

    private init(_ kind: Kind, type: String? = nil, _ messageKey: String? = nil, _ arguments: [String: String] = [:]) {
        self.kind = kind
        self.type = type ?? kind.rawValue
        self.messageKey = messageKey
        self.arguments = arguments
    }
}

extension SiteError {
    /// What fills the sentence in a language.
    func arguments(in language: Language) -> [String: String] {
        arguments.merging(ownWords[language] ?? [:]) { $1 }
    }

    /// 404: there is nothing here, or nothing that this person may know of.
    package static let notFound = SiteError(.notFound)
    /// 403: readable, but not this person's to do.
    package static let forbidden = SiteError(.forbidden)
    /// 401: nobody is signed in.
    package static let unauthenticated = SiteError(.unauthenticated)
    /// 413: more than is taken.
    package static let tooLarge = SiteError(.tooLarge)
    /// 415: not a kind that is taken.
    package static let unsupportedMedia = SiteError(.unsupportedMedia)
    /// 503: try again later.
    package static let unavailable = SiteError(.unavailable)
    /// 408: the body did not arrive in time.
    package static let timeout = SiteError(.timeout)

    /// 422: these fields are at fault; `type` where programs must tell the reason, such as `above-this-platform`.
    package static func invalid(
        _ fields: [FieldError], type: String? = nil, _ messageKey: String? = nil
    ) -> SiteError {
        var error = SiteError(.invalid, type: type, messageKey)
        error.fields = fields
        return error
    }

    /// 403 with its own reason.
    package static func forbidden(type: String, _ messageKey: String? = nil) -> SiteError {
        SiteError(.forbidden, type: type, messageKey)
    }

    /// 401 with its own reason, such as `second-factor`.
    package static func unauthenticated(type: String, _ messageKey: String? = nil) -> SiteError {
        SiteError(.unauthenticated, type: type, messageKey)
    }

    /// 409: not now, not like this; `type` as in `hand-up`.
    package static func conflict(
        type: String = "conflict", _ messageKey: String? = nil, _ arguments: [String: String] = [:]
    ) -> SiteError {
        SiteError(.conflict, type: type, messageKey, arguments)
    }

    /// 413 with its own sentence, such as the largest size that is taken.
    package static func tooLarge(_ messageKey: String, _ arguments: [String: String] = [:]) -> SiteError {
        SiteError(.tooLarge, nil, messageKey, arguments)
    }

    /// 415 with its own sentence, such as the kinds of file that are taken.
    package static func unsupportedMedia(_ messageKey: String, _ arguments: [String: String] = [:]) -> SiteError {
        SiteError(.unsupportedMedia, nil, messageKey, arguments)
    }

    /// 400: the request itself could not be understood.
    package static func malformed(_ messageKey: String, _ arguments: [String: String] = [:]) -> SiteError {
        SiteError(.malformed, nil, messageKey, arguments)
    }

    /// 429 with `Retry-After` in whole seconds, at least 1.
    package static func tooMany(retryAfter seconds: Int) -> SiteError {
        var error = SiteError(.tooMany)
        let wait = String(max(1, seconds))
        error.headers[.retryAfter] = wait
        error.arguments = ["seconds": wait]
        return error
    }

    /// 405 with the methods that are allowed here.
    static func methodNotAllowed(_ allowed: [String]) -> SiteError {
        var error = SiteError(.methodNotAllowed)
        error.headers[.allow] = allowed.joined(separator: ", ")
        return error
    }

    /// The kind without further reason.
    static func plain(_ kind: Kind) -> SiteError { SiteError(kind) }

    /// 500: our fault; the log knows more.
    static let fault = SiteError(.fault)
    /// A fault of the program: the answer names no more than the request's number.
    package static let plainFault = SiteError(.fault)

    private init(_ kind: Kind, _ type: String?, _ messageKey: String, _ arguments: [String: String]) {
        self.init(kind, type: type, messageKey, arguments)
    }
}

/// An error of a room or of a parser that knows what it means to the person at the other end.
package protocol SiteErrorConvertible: Error {
    /// The refusal to show.
    var siteError: SiteError { get }
}
