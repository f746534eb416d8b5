import Crypto
package import Kernel

/// What an authenticator app and the server share: from it both make the code of the moment (TOTP, RFC 6238, on HOTP,
/// RFC 4226). Printing it, or anything that holds it, shows nothing.
package struct Authenticator: Sendable {
    /// The hash of the HMAC. Apps understand SHA-1 everywhere, and as an HMAC it is sound (RFC 6238 §1.2).
    enum Hash: Sendable { case sha1, sha256, sha512 }

    /// How long one code is shown (RFC 6238 §4.1).
    package static let stepSeconds: Int64 = 30
    /// How many digits a code has: what every app shows.
    package static let digits = 6
    /// 160 bits, as RFC 4226 §4 recommends.
    private static let secretLength = 20
    /// How many steps a clock may be off, either way (RFC 6238 §5.2).
    private static let tolerance: Int64 = 1

    private let secret: [UInt8]

    private init(secret: [UInt8]) { self.secret = secret }

    /// A fresh secret, from the system's generator.
    package static func random() -> Authenticator {
        Authenticator(secret: SymmetricKey(size: .init(bitCount: secretLength * 8)).withUnsafeBytes { Array($0) })
    }

    /// Takes exactly the bytes of ``bytes``.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.secretLength else { return nil }
        secret = bytes
    }

    /// The 20 bytes, to be sealed and nothing else.
    package var bytes: [UInt8] { secret }

    /// The secret as it is typed into an app: base32 in groups of four.
    package var text: String {
        let letters = Array(Base32.encode(secret))
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 &+ 4, letters.count)]) }.joined(separator: " ")
    }

    /// The address that a QR code shows to an app. `issuer` and `account` are what the app lists it under.
    package func address(issuer: String, account: String) -> String {
        let (issuer, account) = (Self.escaped(issuer), Self.escaped(account))
        return "otpauth://totp/\(issuer):\(account)?secret=\(Base32.encode(secret))&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(Self.digits)&period=\(Self.stepSeconds)"
    }

    /// The step whose code was typed, of those that may be shown at this moment and come after `last`; `nil` for every
    /// other text. Spaces and full-width digits are taken. Takes the same time whichever digits are wrong.
    package func step(of typed: String, at now: Instant, after last: Int64?) -> Int64? {
        guard typed.utf8.count <= 200 else { return nil }
        let typed = Array(Digits.folded(typed).filter { !$0.isWhitespace }.utf8)
        let present = Self.step(at: now)
        var found: Int64?
        for step in (present &- Self.tolerance)...(present &+ Self.tolerance) {
            let isEqual = ConstantTime.isEqual(typed, Array(code(step: step).utf8))
            if isEqual, found == nil, last.map({ step > $0 }) ?? true { found = step }
        }
        return found
    }

    /// The number of a moment's step since 1970.
    static func step(at now: Instant) -> Int64 { now.milliseconds / 1000 / stepSeconds }

    /// What an app shows at a moment.
    package func code(at now: Instant) -> String { code(step: Self.step(at: now)) }

    private func code(step: Int64) -> String {
        Self.code(secret: secret, step: UInt64(clamping: step), digits: Self.digits, hash: .sha1)
    }

    /// HOTP of the step (RFC 4226 §5.3): four bytes of the HMAC, from the place that its last four bits name.
    static func code(secret: [UInt8], step: UInt64, digits: Int, hash: Hash) -> String {
        var counter: [UInt8] = []
        counter.append(bigEndian: step)
        let key = SymmetricKey(data: secret)
        let mac: [UInt8] =
            switch hash {
            case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
            case .sha256: Array(HMAC<SHA256>.authenticationCode(for: counter, using: key))
            case .sha512: Array(HMAC<SHA512>.authenticationCode(for: counter, using: key))
            }
        let offset = Int((mac.last ?? 0) & 0x0F)
        let number = mac.dropFirst(offset).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<min(digits, 9)).reduce(UInt32(1)) { product, _ in product &* 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: max(0, digits &- text.count)) + text
    }

    /// Percent-encoded but for what never needs it (RFC 3986 §2.3).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return escaped
    }
}

extension Authenticator: CustomStringConvertible, CustomReflectable {
    /// Always the same words.
    package var description: String { "Authenticator(…)" }
    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
