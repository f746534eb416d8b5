package import Hummingbird
import Logging
import NIOCore

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What is known about one request besides the request itself.
///
/// The site's own middleware fills in language, address and origin; a room's session layer fills in ``csrf`` and its
/// typed slots. A context is a value: a middleware passes on a changed copy.
package struct SiteContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The other end of the connection; nil on a Unix socket. Never logged.
    let peer: SocketAddress?

    /// The language to answer in: `?lang=`, else the cookie `lang`, else `Accept-Language`, else Chinese.
    package var language = Language.zhHans
    /// Whether the caller is a program: errors become `application/problem+json`. True below `/api/`.
    package var wantsJSON = false
    /// The caller's address for rate limits only; IPv6 is cut to its /64, `local` on a Unix socket. Never logged.
    package var clientAddress = "local"
    /// Whether headers prove that an unsafe request comes from our own pages; otherwise only a token proves it.
    package var isSameOrigin = false
    /// The token that this visitor's forms carry; nil where there is nothing to protect yet.
    package var csrf: String?
    /// Whether the request may stand in the log by itself; shared by all copies of this context.
    package let trace = Trace()
    private var slots: [ObjectIdentifier: any Sendable] = [:]

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress
    }

    /// The number that stands in the log line and on the error page of this request; says nothing about the person.
    package var requestID: String {
        guard let id = logger[metadataKey: "hb.request.id"] else { return "-" }
        return id.description
    }

    /// JSON without escaped slashes, keys in order, so that the same answer is the same bytes.
    package var responseEncoder: JSONEncoder { Self.encoder }
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// A room's own value that travels with the request, such as the signed-in viewer.
    package subscript<Slot: ContextSlot>(_ slot: Slot.Type) -> Slot.Value? {
        get { slots[ObjectIdentifier(slot)] as? Slot.Value }
        set { slots[ObjectIdentifier(slot)] = newValue }
    }

    /// A path parameter, percent-decoded.
    ///
    /// - Throws: `.notFound` where the parameter is missing or is not UTF-8 without control characters.
    package func parameter(_ name: String) throws(SiteError) -> String {
        guard let raw = parameters.get(name), let bytes = Percent.decode(raw.utf8),
            let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { throw .notFound }
        return text
    }
}

/// Names a typed place in ``SiteContext``: `enum ViewerSlot: ContextSlot { typealias Value = Viewer }`.
package protocol ContextSlot {
    /// What stands in the slot.
    associatedtype Value: Sendable
}
