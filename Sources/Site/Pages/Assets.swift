import Crypto
import HTTPTypes
import Hummingbird
import Mustache

/// The style sheets, scripts and drawings that ship with the program, held in memory.
///
/// An asset's address carries a hash of its content (`/assets/site-1a2b3c4d5e6f.css`), so it may be cached for good.
package struct Assets: Sendable {
    private struct Asset: Sendable {
        let bytes: ByteBuffer
        let type: String
    }

    private let files: [String: Asset]
    private let addresses: [String: String]
    let tree: AssetTree

    /// Loads `assets/*` below each folder of resources: css, js, svg, png, ico, webmanifest.
    package init(folders: [String]) throws {
        let types = [
            "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
            "png": "image/png", "ico": "image/vnd.microsoft.icon",
        ]
        var files: [String: Asset] = [:]
        var addresses: [String: String] = [:]
        var tree: [String: [String: String]] = [:]
        for folder in folders {
            for file in try Files.list(folder + "/assets", ending: "") {
                guard let dot = file.name.lastIndex(of: "."), !file.name.contains("/"),
                    let type = types[String(file.name[file.name.index(after: dot)...])]
                else { continue }
                let stem = String(file.name[..<dot])
                let ending = String(file.name[file.name.index(after: dot)...])
                let bytes = try Files.bytes(file.path)
                let hash = SHA256.hash(data: bytes).prefix(6).map {
                    String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
                }
                let name = stem + "-" + hash.joined() + "." + ending
                files[name] = Asset(bytes: ByteBuffer(bytes: bytes), type: type)
                addresses[file.name] = "/assets/" + name
                tree[stem, default: [:]][ending] = "/assets/" + name
            }
        }
        self.files = files
        self.addresses = addresses
        self.tree = AssetTree(addresses: tree)
    }

    /// The address of an asset by its file name; the bare name's address, which is not found, where there is none.
    package func address(_ name: String) -> String { addresses[name] ?? "/assets/" + name }

    func response(for name: String) throws(SiteError) -> Response {
        guard let asset = files[name] else { throw .notFound }
        return Response(
            status: .ok,
            headers: [
                .contentType: asset.type, .contentLength: String(asset.bytes.readableBytes),
                .cacheControl: "public, max-age=31536000, immutable",
            ], body: .init(byteBuffer: asset.bytes))
    }
}

/// What templates see as `assets`: `{{assets.site.css}}` is the address of `site.css`.
struct AssetTree: MustacheParent {
    let addresses: [String: [String: String]]
    func child(named name: String) -> Any? { addresses[name] }
}
