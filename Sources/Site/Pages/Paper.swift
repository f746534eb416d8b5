import Crypto
import Foundation
package import Hummingbird

/// A page that stands alone, to be printed or kept as a file: its own style, no script, nothing from anywhere.
package struct Paper: Sendable {
    package let html: String

    /// `body` is the drawn inside of the page; `title` stands in the browser's history and names nothing.
    package init(title: String, language: Language, style: String, body: String) {
        html = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy(style))">
            <title>\(EscapedText.escaped(title))</title><style>\(style)</style></head>
            <body>
            \(body)</body>
            </html>

            """
    }

    /// What may happen on the page, also where it lies as a file: its style, and nothing else.
    private static func policy(_ style: String) -> String {
        let hash = Data(SHA256.hash(data: Array(style.utf8))).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
    }

    /// Shown in the browser, as it was drawn before with this style: the policy lets in that style and nothing else.
    package static func shown(_ html: [UInt8], style: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentLength: String(html.count),
                .contentDisposition: "inline",
                .contentSecurityPolicy: policy(style) + "; frame-ancestors 'none'",
            ], body: .init(byteBuffer: ByteBuffer(bytes: html)))
    }
}
