import HTTPTypes
package import Hummingbird

extension Request {
    /// The value of a cookie; the first one where a name stands several times.
    package func cookie(_ name: String) -> String? {
        for field in headers[values: .cookie] {
            for piece in field.split(separator: ";") {
                let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if halves.count == 2, trimmed(halves[0]) == name { return trimmed(halves[1]) }
            }
        }
        return nil
    }
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
    /// is dropped, so that nothing can be smuggled into the header.
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
        var field = "\(name)=\(String(String.UnicodeScalarView(inert))); Path=\(path); SameSite=\(sameSite.rawValue)"
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
