package import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Request {
    /// Reads a JSON document.
    ///
    /// - Throws: 415 for another media type, 413 beyond the limits, 400 where it is no JSON or is nested deeper than
    ///   64, 422 with the field's path (`reported.0.name`) where it has the wrong shape.
    package func json<Value: Decodable>(_ type: Value.Type, limits: BodyLimits = .form) async throws -> Value {
        guard mediaType == "application/json" else { throw SiteError.unsupportedMedia }
        var reader = try BodyReader(self, limits: limits)
        return try JSONBody.decode(type, from: try await reader.collect())
    }
}

/// JSON from outside.
enum JSONBody {
    static let maximumDepth = 64

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(SiteError) -> Value {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed("errors.form.utf8") }
        guard depth(of: bytes) <= maximumDepth else { throw .malformed("errors.json.depth") }
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
            throw refusal(for: error)
        }
    }

    /// How deep arrays and objects are nested; brackets inside strings do not count. Looked at before decoding, since
    /// a decoder recurses.
    static func depth(of bytes: [UInt8]) -> Int {
        var depth = 0
        var deepest = 0
        var isText = false
        var isEscaped = false
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                depth &+= 1
                deepest = max(deepest, depth)
            } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                depth &-= 1
            }
        }
        return deepest
    }

    private static func refusal(for error: any Error) -> SiteError {
        guard let error = error as? DecodingError else { return .malformed("errors.json.broken") }
        switch error {
        case .keyNotFound(let key, let context):
            return .invalid([FieldError(path(context.codingPath + [key]), "errors.field.missing")])
        case .valueNotFound(_, let context):
            return .invalid([FieldError(path(context.codingPath), "errors.field.missing")])
        case .typeMismatch(_, let context):
            return .invalid([FieldError(path(context.codingPath), "errors.field.type")])
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? .malformed("errors.json.broken")
                : .invalid([FieldError(path(context.codingPath), "errors.field.type")])
        @unknown default: return .malformed("errors.json.broken")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
