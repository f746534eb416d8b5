import HTTPTypes
package import Hummingbird

extension Request {
    /// The value of a cookie that was set for this path; the first one where a name stands several times.
    package func cookie(_ name: String, path: String = "/") -> String? {
        path == "/" ? value(ofCookie: name) : value(ofCookie: CookiePrefix.secure + name) ?? value(ofCookie: name)
    }

    private func value(ofCookie name: String) -> String? {
        for piece in cookiePieces {
            let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if halves.count == 2, trimmed(halves[0]) == name { return trimmed(halves[1]) }
        }
        return nil
    }

    private var cookiePieces: [Substring] { headers[values: .cookie].flatMap { $0.split(separator: ";") } }

    /// The request as an installation reads it whose cookies are `Secure`: with the cookies alone that bear a prefix,
    /// so that no other host of the same domain can have set `session`. `__Host-` is taken off.
    func withPrefixedCookiesAlone() -> Request {
        let kept = cookiePieces.map(trimmed).compactMap { piece in
            if piece.hasPrefix(CookiePrefix.host) { return String(piece.dropFirst(CookiePrefix.host.count)) }
            return piece.hasPrefix(CookiePrefix.secure) ? piece : nil
        }
        var head = head
        head.headerFields[values: .cookie] = kept.isEmpty ? [] : [kept.joined(separator: "; ")]
        return Request(head: head, body: body)
    }
}

extension Request {
    /// The onion address by which somebody came through Tor; `nil` for every other host.
    package var onionHost: String? {
        guard let host = head.authority?.lowercased(), host.hasSuffix(".onion"),
            host.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2E })
        else { return nil }
        return host
    }
}

extension Response {
    /// Takes `Secure` and the prefixes that need it from the cookies of this answer: for an onion address, whose `http://`
    /// Tor carries sealed from end to end, and of which browsers disagree whether it is secure. No other host shares its
    /// cookies: an onion address has no neighbours.
    mutating func dropSecureOfCookies() {
        let fields = headers[values: .setCookie]
        guard !fields.isEmpty else { return }
        headers[values: .setCookie] = fields.map { field in
            var field = Substring(field)
            for prefix in [CookiePrefix.host, CookiePrefix.secure] where field.hasPrefix(prefix) {
                field = field.dropFirst(prefix.count)
            }
            return String(field.hasSuffix("; Secure") ? field.dropLast(8) : field)
        }
    }
}

/// Beginnings of a cookie's name of which browsers promise something (RFC 6265bis §4.1.3).
private enum CookiePrefix {
    /// Set by this very host, over TLS, for all its paths.
    static let host = "__Host-"
    /// Set over TLS, for some of its paths.
    static let secure = "__Secure-"
}

/// When a browser sends a cookie along with requests that other sites caused.
package enum SameSite: String, Sendable {
    /// On links that lead here.
    case lax = "Lax"
    /// Never.
    case strict = "Strict"
}

extension Response {
    /// Sets a cookie (RFC 6265bis). `value` must consist of token characters, such as base64url; any other character
    /// is dropped, so that nothing can be smuggled into the header. A secure one is named with a prefix, which
    /// ``HummingbirdCore/Request/cookie(_:path:)`` knows.
    ///
    /// - Parameters:
    ///   - secure: from ``ShellSettings/secureCookies``.
    ///   - maximumAge: in seconds; nil lives as long as the browser.
    package mutating func setCookie(
        _ name: String, _ value: String, secure: Bool, sameSite: SameSite = .lax, maximumAge: Int? = nil,
        path: String = "/", httpOnly: Bool = true
    ) {
        let inert = value.unicodeScalars.filter { scalar in
            (0x21...0x7E).contains(scalar.value) && !"\",;\\".unicodeScalars.contains(scalar)
        }
        let prefix = !secure ? "" : path == "/" ? CookiePrefix.host : CookiePrefix.secure
        var field =
            "\(prefix)\(name)=\(String(String.UnicodeScalarView(inert))); Path=\(path); SameSite=\(sameSite.rawValue)"
        if let maximumAge { field += "; Max-Age=\(maximumAge)" }
        if httpOnly { field += "; HttpOnly" }
        if secure { field += "; Secure" }
        headers.append(HTTPField(name: .setCookie, value: field))
    }

    /// Removes a cookie.
    package mutating func removeCookie(_ name: String, secure: Bool, path: String = "/") {
        setCookie(name, "", secure: secure, maximumAge: 0, path: path)
    }
}
