import CQREncode

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a text could not be drawn.
package enum QRCodeError: Error, Equatable {
    /// The text is empty.
    case empty
    /// The text has more bytes than the largest symbol holds at level M (2331).
    case tooLong(bytes: Int)
    /// libqrencode gave up, for want of memory.
    case failed
}

/// QR codes (ISO/IEC 18004), byte mode in UTF-8, error correction level M.
package enum QRCode {
    /// The modules of a symbol: true is dark. Square, without the quiet zone.
    package static func matrix(_ text: String) throws(QRCodeError) -> [[Bool]] {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= 2331 else { throw .tooLong(bytes: bytes.count) }
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else {
            throw errno == ERANGE ? .tooLong(bytes: bytes.count) : .failed
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard width > 0, let data = code.pointee.data else { throw .failed }
        let modules = UnsafeBufferPointer(start: data, count: width * width)
        return (0..<width).map { row in (0..<width).map { modules[row * width + $0] & 1 == 1 } }
    }

    /// The symbol as an SVG with its quiet zone of four modules, black on white, named by `title` for those who do not
    /// see it. Scales to the size that the page gives it; holds no script, no style and no address.
    package static func svg(_ text: String, title: String) throws(QRCodeError) -> String {
        let modules = try matrix(text)
        let size = modules.count + 8
        var path = ""
        for (y, row) in modules.enumerated() {
            var x = 0
            while x < row.count {
                let end = row[x...].firstIndex(of: !row[x]) ?? row.count
                if row[x] { path += "M\(x + 4) \(y + 4)h\(end - x)v1h-\(end - x)z" }
                x = end
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" role="img" \
            shape-rendering="crispEdges"><title>\(escaped(title))</title>\
            <path d="M0 0h\(size)v\(size)h-\(size)z" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
            """
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            default: if scalar.value >= 0x20 { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }
}
