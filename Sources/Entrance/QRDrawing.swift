import Drawing
import Mustache

/// A QR code for a template to draw inline: `<svg viewBox="0 0 {{size}} {{size}}"><path d="{{dark}}"/></svg>`.
/// Digits and letters of a path need no escaping, so the page holds no unescaped value.
package struct QRDrawing: MustacheParent {
    let size: String
    let dark: String

    /// With the quiet zone of four modules.
    package init(_ text: String) throws {
        let modules = try QRCode.matrix(text)
        size = String(modules.count + 8)
        var path = ""
        for (y, row) in modules.enumerated() {
            for (x, isDark) in row.enumerated() where isDark { path += "M\(x + 4) \(y + 4)h1v1h-1z" }
        }
        dark = path
    }

    package func child(named name: String) -> Any? {
        switch name {
        case "size": size
        case "dark": dark
        default: nil
        }
    }
}
