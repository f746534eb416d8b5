import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The first middleware: finds out language, kind of caller, address and origin, and never refuses.
struct Intake: RouterMiddleware {
    let proxies: ProxyTrust
    let secureCookies: Bool

    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let isOnion = secureCookies && request.onionHost != nil
        let request = secureCookies && !isOnion ? request.withPrefixedCookiesAlone() : request
        var context = context
        let asked = request.uri.query.flatMap { Self.languageAsked(in: $0) }
        context.language =
            asked ?? request.cookie("lang").flatMap { Language(tag: $0) }
            ?? Language.preferred(by: request.headers[.acceptLanguage])
        context.wantsJSON = request.uri.path.hasPrefix("/api/")
        context.clientAddress = proxies.client(peer: context.peer, forwarded: request.headers[values: .xForwardedFor])
        context.isSameOrigin = Origin.isSame(request)
        var response = try await next(request, context)
        if let asked {
            response.setCookie(
                "lang", asked.rawValue, secure: secureCookies, sameSite: .lax, maximumAge: 31_536_000, httpOnly: true)
        }
        if isOnion { response.dropSecureOfCookies() }
        return response
    }

    private static func languageAsked(in query: String) -> Language? {
        for pair in query.split(separator: "&") where pair.hasPrefix("lang=") {
            return Language(tag: pair.dropFirst(5))
        }
        return nil
    }
}

extension HTTPField.Name {
    static let xForwardedFor = Self.known("X-Forwarded-For")
    static let secFetchSite = Self.known("Sec-Fetch-Site")

    /// A field name that stands in the source; a mistyped one reads as `X-Unknown` rather than stop the server.
    static func known(_ name: String) -> Self { Self(name) ?? .init("X-Unknown") ?? .accept }
}

/// Which peers may say whom they speak for.
struct ProxyTrust: Sendable {
    private let blocks: [(prefix: [UInt8], bits: Int)]

    /// Addresses (`10.0.0.5`) or CIDR blocks (`10.0.0.0/8`); what is neither is passed over.
    init(_ blocks: [String]) {
        self.blocks = blocks.compactMap { text in
            let halves = text.split(separator: "/", maxSplits: 1)
            guard let first = halves.first, let bytes = Self.bytes(String(first)) else { return nil }
            let bits = halves.count > 1 ? Int(halves[1]) ?? -1 : bytes.count * 8
            return (0...bytes.count * 8).contains(bits) ? (bytes, bits) : nil
        }
    }

    /// The nearest address that is not a trusted proxy. `X-Forwarded-For` is read from its end, and only while the
    /// one who wrote it is trusted.
    func client(peer: SocketAddress?, forwarded: [String]) -> String {
        guard let peerText = peer?.ipAddress, var current = Self.bytes(peerText) else { return "local" }
        let hops = forwarded.flatMap { $0.split(separator: ",") }.suffix(10).reversed()
        for hop in hops {
            guard isTrusted(current), let next = Self.bytes(trimmed(hop)) else { break }
            current = next
        }
        return Self.text(current)
    }

    private func isTrusted(_ address: [UInt8]) -> Bool {
        blocks.contains { block in
            guard block.prefix.count == address.count else { return false }
            let whole = block.bits / 8
            guard block.prefix.prefix(whole) == address.prefix(whole) else { return false }
            let rest = block.bits % 8
            guard rest > 0, whole < address.count else { return true }
            return block.prefix[whole] >> (8 - rest) == address[whole] >> (8 - rest)
        }
    }

    /// Four or sixteen bytes; an IPv4 address inside IPv6 becomes four.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let isMapped = sixteen.prefix(10).allSatisfy { $0 == 0 } && sixteen[10..<12].allSatisfy { $0 == 0xFF }
        return isMapped ? Array(sixteen.suffix(4)) : sixteen
    }

    /// A person holds a whole /64 of IPv6, so no more than that tells people apart.
    private static func text(_ bytes: [UInt8]) -> String {
        bytes.count == 4
            ? bytes.map { String($0) }.joined(separator: ".")
            : bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
