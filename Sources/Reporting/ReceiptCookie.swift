import Casefile
import Entrance
import Hummingbird
import Kernel
import Sealing
import Site

/// Who has shown a receipt stays recognised for half an hour after the last page.
///
/// The cookie holds the digits sealed under a key of this server together with the end of that time, and not the
/// digits themselves: on a shared telephone or in a copied browser profile nobody can read the receipt from it, the
/// server and not the browser decides when it ends, and nothing of it is stored here.
struct ReceiptCookie {
    static let name = "receipt"
    static let path = "/receipt"
    static let seconds: Int64 = 1800

    private let key: SecretKey
    private let clock: Clock
    private static let binding = Binding(report: "", field: "cookie", purpose: "receipt")

    init(_ casefile: Casefile) {
        key = casefile.keys.pepper.derived(for: "receipt cookie")
        clock = casefile.clock
    }

    /// The receipt of the request's cookie; `nil` without one, and for one that is over or not ours.
    func receipt(_ request: Request) -> Receipt? {
        guard let cookie = request.cookie(Self.name, path: Self.path), cookie.utf8.count <= 512,
            let sealed = Base64URL.decode(cookie),
            let plain = try? Envelope.open(sealed, under: key, binding: Self.binding)
        else { return nil }
        let parts = String(decoding: plain, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let end = Int64(parts[1]), clock.now().milliseconds < end else { return nil }
        return try? Receipt(parsing: String(parts[0]))
    }

    func set(_ receipt: Receipt, on response: inout Response, secure: Bool) throws {
        let end = clock.now().adding(seconds: Self.seconds).milliseconds
        let sealed = try Envelope.seal(
            Array("\(receipt.digits) \(end)".utf8), under: key, keyID: .random(), binding: Self.binding, padding: .none)
        response.setCookie(
            Self.name, Base64URL.encode(sealed), secure: secure, sameSite: .strict, maximumAge: Int(Self.seconds),
            path: Self.path)
    }
}
